"""Client and worker of the jobs service."""

from .client import AsyncJobsClient
from .errors import (
    InvalidDataError,
    JobsError,
    LockLostError,
    NotAuthenticatedError,
    NotAuthorizedError,
    NotReplayedError,
    NotUnderstoodError,
    OutcomeUnknownError,
    OverloadedError,
    RefusedError,
    RequestConflictError,
    StoreUnavailableError,
    TimedOutError,
    TooLargeError,
    UnavailableError,
    UnknownOperationError,
)
from .http.context import correlation_id, traceparent
from .http.options import ClientOptions
from .operations.batches import Outcome
from .operations.types import UNSET
from .sync_client import JobsClient
from .wire.bulk import AuditEntry, AuditList, BulkOperation, OperationList
from .wire.error_groups import ErrorExample, ErrorGroup, ErrorGroups
from .wire.jobs import (
    Attempt,
    AttemptError,
    Job,
    JobPage,
    NewJob,
    ReplayedJobs,
    RetryPolicy,
    StartedJob,
)
from .wire.queries import Abort, Completion, Extension, Failure, JobFilter, Paging
from .wire.schedules import Schedule, SchedulePage
from .wire.types import (
    Explanation,
    Limits,
    Pause,
    Rates,
    Retention,
    StartRate,
    Times,
    TypePage,
    TypeStatus,
    TypeWorker,
)
from .worker.context import JobContext
from .worker.failure import JobCancelled, JobFailure
from .worker.options import WorkerOptions, exponential
from .worker.worker import Worker

__all__ = [
    "Abort",
    "AsyncJobsClient",
    "Attempt",
    "AttemptError",
    "AuditEntry",
    "AuditList",
    "BulkOperation",
    "ClientOptions",
    "Completion",
    "ErrorExample",
    "ErrorGroup",
    "ErrorGroups",
    "Explanation",
    "Extension",
    "Failure",
    "InvalidDataError",
    "Job",
    "JobCancelled",
    "JobContext",
    "JobFailure",
    "JobFilter",
    "JobPage",
    "JobsClient",
    "JobsError",
    "Limits",
    "LockLostError",
    "NewJob",
    "NotAuthenticatedError",
    "NotAuthorizedError",
    "NotReplayedError",
    "NotUnderstoodError",
    "OperationList",
    "Outcome",
    "OutcomeUnknownError",
    "OverloadedError",
    "Paging",
    "Pause",
    "Rates",
    "RefusedError",
    "ReplayedJobs",
    "RequestConflictError",
    "Retention",
    "RetryPolicy",
    "Schedule",
    "SchedulePage",
    "StartRate",
    "StartedJob",
    "StoreUnavailableError",
    "TimedOutError",
    "Times",
    "TooLargeError",
    "TypePage",
    "TypeStatus",
    "TypeWorker",
    "UNSET",
    "UnavailableError",
    "UnknownOperationError",
    "Worker",
    "WorkerOptions",
    "correlation_id",
    "exponential",
    "traceparent",
]

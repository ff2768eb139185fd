"""The failure of a job whose handler raised an exception."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from ..errors import JobsError, LockLostError, UnknownOperationError
from ..operations.batches import Outcome
from ..wire.fields import moment
from ..wire.jobs import AttemptError
from ..wire.queries import Abort, Failure
from .context import LARGEST_NOTE
from .ends import End
from .failure import JobFailure, UndecodableParams
from .leases import Held
from .options import WITHOUT_POLICY, WorkerOptions

Report = Callable[[Held, End], Awaitable[Outcome]]
Log = Callable[[int, Held, str], None]

#: The limit of attempts of a service that does not know failures.
_OLD_LIMIT = 10


class Failing:
    """Reports failures, and says in the log what happens next."""

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        self._has_told_of_old_service = False

    def outcome(self, error: BaseException) -> str:
        """Returns as what a failure counts."""
        return "undecodable" if isinstance(error, UndecodableParams) else "failed"

    async def fail(self, held: Held, error: BaseException, report: Report, log: Log) -> None:
        """Fails a job, or gives it back to a service that does not know failures."""
        job, failure = held.job, self._failure(held, error, log)
        limit, delay = self._options.max_retries, failure.delay
        outcome = await report(held, failure)
        if isinstance(outcome, UnknownOperationError):
            if not self._has_told_of_old_service:
                self._has_told_of_old_service = True
                log(logging.WARNING, held, "The service knows no failures: jobs are given back")
            limit = limit or _OLD_LIMIT
            delay = WITHOUT_POLICY(job.retries) if delay is None else delay
            outcome = await report(
                held, Abort(job_id=job.id, lock_token=job.lock_token, delay=delay)
            )
        what = f"The handler failed: {type(error).__name__}: {error}"
        if isinstance(error, UndecodableParams):
            what = f"The params cannot be decoded: {error}"
        if isinstance(outcome, LockLostError):
            log(logging.ERROR, held, what)
            log(logging.WARNING, held, f"Lost the lease before that was reported: {outcome}")
        elif isinstance(outcome, JobsError):
            log(logging.ERROR, held, what)
            log(logging.WARNING, held, f"Failed to report that; the lease will lapse: {outcome}")
        else:
            log(logging.ERROR, held, f"{what}; {_prospect(held, outcome, delay, limit)}")

    def _failure(self, held: Held, error: BaseException, log: Log) -> Failure:
        told, options = _told(error), self._options
        delay = told.delay
        if isinstance(error, UndecodableParams):
            delay = options.undecodable_delay
        elif delay is None and options.retry_delay is not None:
            delay = options.retry_delay(held.job.retries) or 0
        details = told.details
        if details is None and options.tracebacks and error.__traceback__ is not None:
            lines = traceback.format_exception(type(error), error, error.__traceback__)
            details = {"traceback": "".join(lines)[-LARGEST_NOTE // 8 :]}
        return Failure(
            job_id=held.job.id,
            lock_token=held.job.lock_token,
            error=AttemptError(told.type, told.message, _fitting(details, held, log)),
            retry=None if told.retry else False,
            delay=delay,
        )


def _told(error: BaseException) -> JobFailure:
    if isinstance(error, JobFailure):
        return error
    return JobFailure(str(error), type=type(error).__name__)


def _fitting(details: Any, held: Held, log: Log) -> Any:
    """Returns details that the service accepts; others would have it refuse the failure."""
    try:
        size = len(json.dumps(details, allow_nan=False, separators=(",", ":")))
    except (TypeError, ValueError, RecursionError) as error:
        log(logging.WARNING, held, f"Left out the details of the error: {error}")
        return None
    if size > LARGEST_NOTE:
        log(logging.WARNING, held, f"Left out the details of the error: {size} bytes")
        return None
    return details


def _prospect(held: Held, outcome: Any, delay: Any, limit: int | None) -> str:
    """Describes what happens next to a failed job."""
    if outcome is None:
        return "the job was removed"
    if outcome.cancelled is not None:
        return "the job was cancelled"
    if outcome.failed is not None or (limit is not None and held.job.retries >= limit):
        return f"no more attempts after {held.job.retries}"
    then, started = outcome.delayed_until, held.job.started
    # An earlier delay may be left from before the attempt.
    if then is None or delay == 0 or (started is not None and then <= started):
        return "next attempt at once"
    return f"next attempt at {moment(then)}"

"""The errors of calls: each class asks the caller for a different reaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class JobsError(Exception):
    """The error of a call.

    Catch the subclasses to react: `LockLostError` (stop the work), `UnavailableError` (nothing was
    done, try again), `OutcomeUnknownError` (it may have been done), `RefusedError` (change the call)
    and `NotUnderstoodError` (the answer is not that of a jobs service).
    """

    #: Whether the same call may succeed later.
    is_retryable = False
    #: Whether the operation may have been carried out despite the error.
    may_have_happened = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        correlation_id: str | None = None,
        retry_after: float | None = None,
        details: Any = None,
        ignored_arguments: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        #: The description of the error for people.
        self.message = message
        #: The HTTP status of the answer; `None` if there was no answer.
        self.status = status
        #: The code of the error from the service: `INVALID_DATA`, `LOCK_LOST`, ...
        self.code = code
        #: The correlation id with which to search the log of the service.
        self.correlation_id = correlation_id
        #: How long the service asks the client to wait, in seconds.
        self.retry_after = retry_after
        #: What the service says besides.
        self.details = details
        #: The arguments that the service does not know.
        self.ignored_arguments = ignored_arguments

    def __str__(self) -> str:
        told = " ".join(str(part) for part in (self.status, self.code) if part is not None)
        return f"{told}: {self.message}" if told else self.message

    @property
    def is_about_content(self) -> bool:
        """Whether the service refused the call for what it holds, not for the caller."""
        return isinstance(self, RefusedError) and self.status in (None, 400, 413)


class LockLostError(JobsError):
    """`LOCK_LOST`: the caller does not hold the lease on the job, and should stop its work on it."""


class UnavailableError(JobsError):
    """Nothing was done: the service is away or overloaded. The same call may succeed later."""

    is_retryable = True


class OverloadedError(UnavailableError):
    """`OVERLOADED`, or 429: too many calls are waiting."""


class TimedOutError(UnavailableError):
    """`TIMED_OUT`: the service has given up before it did anything."""


class OutcomeUnknownError(JobsError):
    """The connection or the service failed during the call, which may have been carried out."""

    is_retryable = True
    may_have_happened = True


class StoreUnavailableError(OutcomeUnknownError):
    """`CONNECT_FAILED`: the service cannot reach its store."""


class RefusedError(JobsError):
    """`REFUSED`, or another 4xx: the caller has to change the call or the address."""


class InvalidDataError(RefusedError):
    """`INVALID_DATA`: an argument is missing, wrong or not known; the message names it."""


class NotReplayedError(RefusedError):
    """`NOT_REPLAYED`: the replay does not apply to the job."""


class RequestConflictError(RefusedError):
    """`REQUEST_CONFLICT`: the request id was used for another job."""


class NotAuthenticatedError(RefusedError):
    """401: the service wants a key or a token, or does not accept this one."""


class NotAuthorizedError(RefusedError):
    """403: the caller may not use the operation, or not for this type."""


class TooLargeError(RefusedError):
    """413: the body is too large."""


class UnknownOperationError(RefusedError):
    """404 or 405: the service is older than the operation; nothing was done."""


class NotUnderstoodError(JobsError):
    """The answer is not that of a jobs service."""

    may_have_happened = True


_BY_CODE: Mapping[str, type[JobsError]] = {
    "LOCK_LOST": LockLostError,
    "OVERLOADED": OverloadedError,
    "TIMED_OUT": TimedOutError,
    "CONNECT_FAILED": StoreUnavailableError,
    "INVALID_DATA": InvalidDataError,
    "NOT_REPLAYED": NotReplayedError,
    "REQUEST_CONFLICT": RequestConflictError,
}
_BY_STATUS: Mapping[int, type[JobsError]] = {
    401: NotAuthenticatedError,
    403: NotAuthorizedError,
    404: UnknownOperationError,
    405: UnknownOperationError,
    408: OutcomeUnknownError,
    413: TooLargeError,
    429: OverloadedError,
}


def error_of(
    status: int,
    body: Any,
    *,
    retry_after: float | None = None,
    ignored_arguments: tuple[str, ...] = (),
) -> JobsError:
    """Returns the error of an error answer. A body that is not the service's is ignored."""
    told: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code = told.get("code")
    kind = _BY_CODE.get(code) if isinstance(code, str) else None
    kind = kind or _BY_STATUS.get(status) or (OutcomeUnknownError if status >= 500 else RefusedError)
    return kind(
        str(told.get("message") or f"The service answered {status}"),
        status=status,
        code=code if isinstance(code, str) else None,
        correlation_id=told.get("correlation_id"),
        retry_after=retry_after,
        details=told.get("details"),
        ignored_arguments=ignored_arguments,
    )

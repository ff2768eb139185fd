"""What handlers raise."""

from __future__ import annotations

from typing import Any


class JobFailure(Exception):
    """Says how the job of a handler has failed.

    Any other exception fails the job with the name of its class and its text, and the job is tried
    again.
    """

    def __init__(
        self,
        message: str,
        *,
        type: str = "JobFailure",
        details: Any = None,
        retry: bool = True,
        delay: float | None = None,
    ) -> None:
        super().__init__(message)
        #: The kind of error, by which jobs can be found.
        self.type = type
        #: What happened, for people.
        self.message = message
        #: Any JSON value; more than 64 KiB are left out.
        self.details = details
        #: Whether the job may be tried again. If not, it has failed for good.
        self.retry = retry
        #: The time until the next attempt in seconds; `None` for the retry policy.
        self.delay = delay


class JobCancelled(Exception):
    """Ends a handler that has to stop, see `JobContext.check`."""


class UndecodableParams(Exception):
    """The params of a job could not be decoded."""

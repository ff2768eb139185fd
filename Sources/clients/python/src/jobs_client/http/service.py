"""What a client knows about its service, and how it calls it, with safe repetitions."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..errors import (
    JobsError,
    OutcomeUnknownError,
    UnavailableError,
    UnknownOperationError,
)
from .backoff import Backoff
from .context import current_correlation_id, current_traceparent
from .options import ClientOptions
from .steps import Actions, Pause, Repeat, Request, Send, Steps, T

_log = logging.getLogger("jobs_client")

_BY_ID = (Repeat.BY_REQUEST_ID, Repeat.OWN_REQUEST_ID)

#: How long something is assumed to be unknown to the service, since a service can be upgraded.
_MISSING_FOR = 60.0


class Service:
    """A service as one client knows it. Does no I/O: it yields what is to be sent."""

    def __init__(self, options: ClientOptions) -> None:
        self.options = options
        self._missing: dict[str, float] = {}
        self._has_request_ids: bool | None = None

    def carry_out(self, steps: Steps[T]) -> Actions[T]:
        """Carries out an operation."""
        try:
            request = next(steps)
            while True:
                try:
                    answer = yield from self._call(request)
                except JobsError as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    def _call(self, request: Request) -> Actions[object]:
        """Calls an operation; claims and adds with a request id where the service knows these."""
        if self._is_missing(request.operation):
            raise UnknownOperationError(f"The service does not know {request.operation}")
        if request.repeat is Repeat.BY_REQUEST_ID:
            if not self.options.request_ids or self._knows_request_ids is False:
                request = _without_request_ids(request)
        try:
            return (yield from self._repeat(request))
        except UnknownOperationError:
            self._missing[request.operation] = time.monotonic()
            raise
        except JobsError as error:
            if request.repeat is not Repeat.BY_REQUEST_ID or not _is_about_request_id(error):
                raise
        # An older service has refused the call because of its request id: nothing was done.
        self._note_request_ids(False)
        return (yield from self._repeat(_without_request_ids(request)))

    def _is_missing(self, name: str) -> bool:
        since = self._missing.get(name)
        return since is not None and time.monotonic() - since < _MISSING_FOR

    @property
    def _knows_request_ids(self) -> bool | None:
        """Whether the service serves a request id once; `None` if it has not said so yet."""
        return False if self._is_missing("request_id") else self._has_request_ids

    def _note_request_ids(self, is_known: bool) -> None:
        # An older instance among newer ones keeps calls from being repeated for a while.
        self._has_request_ids = True if is_known else None
        if not is_known:
            self._missing["request_id"] = time.monotonic()

    def _repeat(self, request: Request) -> Actions[object]:
        """Calls an operation, and repeats the call where that is safe."""
        options, has_id = self.options, request.repeat in _BY_ID
        end = time.monotonic() + options.deadline + request.wait if options.deadline else None
        pauses = Backoff(options.retry_pause, options.retry_pause * 50)
        retries, told, doubt = options.retries, None, None
        send = self._message(request.operation, request.arguments, _preferences(request))
        while True:
            timeout = options.timeout + request.wait
            if end is not None:
                timeout = max(min(timeout, end - time.monotonic()), 0.001)
            try:
                answer = yield Send("POST", *send, timeout)
            except JobsError as error:
                failure = error
            else:
                if has_id:
                    self._note_request_ids("request-id" in answer.preferences)
                return answer.content
            if doubt is not None and _is_about_request_id(failure):
                # The repetition has met an older instance. The first attempt is still in doubt.
                raise doubt
            if failure.status is not None:
                told = failure
            asked = failure.retry_after or 0
            pause = max(pauses.next(), asked)
            if (
                retries <= 0
                or not failure.is_retryable
                # A pause that is longer than a call is left to the caller.
                or asked > options.timeout
                or (end is not None and time.monotonic() + pause >= end)
            ):
                raise _last(failure, told, doubt) from failure.__cause__
            if failure.may_have_happened:
                doubt = failure
                is_safe = request.repeat is Repeat.YES
                if not is_safe and not (has_id and (yield from self._asks_for_ids(request))):
                    raise failure
            retries -= 1
            _log.debug("Calling %s again: %s", request.operation, failure)
            yield Pause(pause)

    def _asks_for_ids(self, request: Request) -> Actions[bool]:
        """Asks the service whether it knows request ids, with a call that does nothing.

        Asked only when the answer to the first add or claim was lost: later answers say so as well. A
        service that knows them refuses a repetition at an older instance beside it, since the calls
        are strict.
        """
        # In the scope of the caller.
        name, key = ("add_jobs", "new_jobs") if "add_" in request.operation else ("extend_jobs", "jobs")
        send = self._message(name, {key: []}, ["request-id"])
        pauses = Backoff(self.options.retry_pause, self.options.retry_pause * 50)
        for _ in range(self.options.retries + 1):
            if self._knows_request_ids is not None:
                break
            try:
                answer = yield Send("POST", *send, self.options.timeout)
                self._note_request_ids("request-id" in answer.preferences)
            except (UnavailableError, OutcomeUnknownError):
                # The service is still away.
                yield Pause(pauses.next())
            except JobsError:
                # Another kind of service does not know the operation.
                self._note_request_ids(False)
        return self._knows_request_ids is True

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity"}
        if self.options.key is not None:
            headers["Authorization"] = f"Bearer {self.options.key}"
        return headers

    def _message(
        self, operation: str, arguments: Mapping[str, Any], preferences: list[str]
    ) -> tuple[str, dict[str, str], bytes]:
        url = f"{self.options.operations_url}/{operation}"
        headers = self._headers()
        headers["Content-Type"] = "application/json"
        # The original services ignore this header.
        if preferences:
            headers["Prefer"] = ", ".join(preferences)
        place, correlation = self.options.correlation_id_place, current_correlation_id.get()
        if correlation is not None:
            if place != "headers":
                url += f"?correlation_id={quote(correlation, safe='')}"
            if place != "query":
                # Some characters of an id are not allowed in a header.
                headers["correlation_id"] = "".join(c for c in correlation if " " <= c <= "~")
        trace = current_traceparent.get()
        if trace is None and self.options.current_traceparent is not None:
            trace = self.options.current_traceparent()
        if trace is not None:
            headers["traceparent"] = trace
        body = json.dumps(arguments, allow_nan=False, separators=(",", ":"))
        return url, headers, body.encode()


def _without_request_ids(request: Request) -> Request:
    """Returns an add or a claim that is not repeated once it may have been carried out."""
    arguments = {name: value for name, value in request.arguments.items() if name != "request_id"}
    for name in ("new_job", "new_jobs"):
        if name in arguments:
            job = arguments[name]
            arguments[name] = (
                [_without(item) for item in job] if isinstance(job, list) else _without(job)
            )
    # Without the worker's name, an older service does the same work.
    return request.replacing(
        arguments=arguments, repeat=Repeat.NO, is_strict="worker" not in arguments
    )


def _without(new_job: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in new_job.items() if name != "request_id"}


def _preferences(request: Request) -> list[str]:
    """Returns what the service is asked for besides."""
    # Has the service refuse arguments that it does not know.
    strict = ["handling=strict"] if request.is_strict else []
    # Has it say whether it knows request ids.
    return [*strict, "request-id"] if request.repeat in _BY_ID else strict


def _is_about_request_id(error: JobsError) -> bool:
    return any(name.endswith("request_id") for name in error.ignored_arguments)


def _last(error: JobsError, told: JobsError | None, doubt: JobsError | None) -> JobsError:
    """Returns the error to raise in the end.

    If the last attempt has no answer, an earlier answer tells more. If an earlier attempt is in doubt,
    the call may have been carried out, even if the last attempt was not.
    """
    is_doubtful = doubt is not None and isinstance(error, UnavailableError)
    kind = OutcomeUnknownError if is_doubtful else type(error)
    if error.status is not None or told is None:
        told, message = error, error.message
    else:
        message = f"{told.message} (and then: {error.message})"
    if kind is type(error) and told is error:
        return error
    return kind(
        message,
        status=told.status,
        code=told.code,
        correlation_id=told.correlation_id,
        retry_after=error.retry_after,
        details=told.details,
    )

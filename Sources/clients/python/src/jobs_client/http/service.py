"""What a client knows about its service, and how it calls it, with safe repetitions."""

from __future__ import annotations

import json
import logging
import time
from typing import Any
from urllib.parse import quote

from ..errors import (
    JobsError,
    NotUnderstoodError,
    OutcomeUnknownError,
    UnavailableError,
    UnknownOperationError,
)
from .backoff import Backoff
from .context import current_correlation_id, current_traceparent
from .options import ClientOptions
from .steps import Actions, Pause, Repeat, Request, Send, Steps, T

_log = logging.getLogger("jobs_client")

#: How long something is assumed to be unknown to the service, since a service can be upgraded.
_MISSING_FOR = 60.0


class Service:
    """A service as one client knows it. Does no I/O: it yields what is to be sent."""

    def __init__(self, options: ClientOptions) -> None:
        self.options = options
        self._missing: dict[str, float] = {}
        #: The operations whose description has a request id.
        self._with_request_ids: set[str] = set()

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
            if not self.options.request_ids or self._is_missing("request_id"):
                request = _without_request_ids(request)
        try:
            return (yield from self._repeat(request))
        except UnknownOperationError:
            self._missing[request.operation] = time.monotonic()
            raise
        except JobsError as error:
            ignored = any(name.endswith("request_id") for name in error.ignored_arguments)
            if request.repeat is not Repeat.BY_REQUEST_ID or error.may_have_happened or not ignored:
                raise
        # An older service has refused the call because of its request id: nothing was done.
        self._missing["request_id"] = time.monotonic()
        return (yield from self._repeat(_without_request_ids(request)))

    def _is_missing(self, name: str) -> bool:
        since = self._missing.get(name)
        return since is not None and time.monotonic() - since < _MISSING_FOR

    def _repeat(self, request: Request) -> Actions[object]:
        """Calls an operation, and repeats the call where that is safe."""
        options = self.options
        end = time.monotonic() + options.deadline + request.wait if options.deadline else None
        pauses = Backoff(options.retry_pause, options.retry_pause * 50)
        retries, told = options.retries, None
        send = self._message(request)
        while True:
            timeout = options.timeout + request.wait
            if end is not None:
                timeout = max(min(timeout, end - time.monotonic()), 0.001)
            try:
                return (yield Send("POST", *send, timeout))
            except JobsError as error:
                failure = error
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
                raise _after(failure, told) from failure.__cause__
            if not isinstance(failure, UnavailableError):
                safe = request.repeat is Repeat.YES
                if request.repeat in (Repeat.BY_REQUEST_ID, Repeat.OWN_REQUEST_ID):
                    safe = yield from self._knows_request_ids(request.operation)
                if not safe:
                    raise failure
            retries -= 1
            _log.debug("Calling %s again: %s", request.operation, failure)
            yield Pause(pause)

    def _knows_request_ids(self, operation: str) -> Actions[bool]:
        """Reads the service's description, which lists the request id where the service knows it.

        Read only when the answer to an add or a claim was lost. A service that knows request ids
        refuses a repetition at an older instance beside it, since the calls are strict.
        """
        name = f"request_id of {operation}"
        if operation in self._with_request_ids or self._is_missing(name):
            return operation in self._with_request_ids
        url = f"{self.options.url.rstrip('/')}/openapi.json"
        pauses = Backoff(self.options.retry_pause, self.options.retry_pause * 50)
        for _ in range(self.options.retries + 1):
            try:
                told = yield Send("GET", url, self._headers(), None, self.options.timeout)
            except (UnavailableError, OutcomeUnknownError):
                # The service is still away.
                yield Pause(pauses.next())
                continue
            except JobsError:
                # Another kind of service has no description at this place.
                told = None
            path = f"/{self.options.base_route.strip('/')}/{operation}"
            if _takes_request_ids(told, path):
                self._with_request_ids.add(operation)
                return True
            break
        else:
            return False
        self._missing[name] = time.monotonic()
        return False

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity"}
        if self.options.key is not None:
            headers["Authorization"] = f"Bearer {self.options.key}"
        return headers

    def _message(self, request: Request) -> tuple[str, dict[str, str], bytes]:
        url = f"{self.options.operations_url}/{request.operation}"
        headers = self._headers()
        headers["Content-Type"] = "application/json"
        # Has the service refuse unknown arguments. The original services ignore this header.
        if request.is_strict:
            headers["Prefer"] = "handling=strict"
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
        body = json.dumps(request.arguments, allow_nan=False, separators=(",", ":"))
        return url, headers, body.encode()


def _takes_request_ids(description: Any, path: str) -> bool:
    """Returns whether a description has a request id among the arguments of a path."""
    try:
        return '"request_id"' in json.dumps(description["paths"][path]["post"]["requestBody"])
    except (TypeError, KeyError):
        return False


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


def _after(error: JobsError, told: JobsError | None) -> JobsError:
    """Returns the error to raise in the end: if it has no answer, an earlier one tells more."""
    if error.status is not None or told is None:
        return error
    return type(error)(
        f"{told.message} (and then: {error.message})",
        status=told.status,
        code=told.code,
        correlation_id=told.correlation_id,
        retry_after=error.retry_after,
        details=told.details,
    )


def decoded(body: bytes) -> object:
    """Returns the JSON of an answer; `None` for an answer without data."""
    if not body:
        return None
    try:
        answer: object = json.loads(body)
        return answer
    except (ValueError, RecursionError) as error:
        raise NotUnderstoodError(f"The answer is not JSON: {error}", status=200) from error

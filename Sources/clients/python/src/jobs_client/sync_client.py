"""The synchronous client."""

from __future__ import annotations

import time
from types import TracebackType

import httpx

from .errors import JobsError, OutcomeUnknownError, UnavailableError
from .http.answers import answer_of
from .http.options import ClientOptions
from .http.service import Service
from .http.steps import Answer, Pause, Send, Steps, T
from .methods import SyncOperations


class JobsClient(SyncOperations):
    """A client of a jobs service whose calls block, see `AsyncJobsClient` for what it repeats.

    Several threads can use one client.
    """

    def __init__(self, options: ClientOptions | str | None = None) -> None:
        if not isinstance(options, ClientOptions):
            options = ClientOptions(url=options) if options else ClientOptions.from_environment()
        self.options = options
        self._service = Service(options)
        connections = options.maximum_connections
        self._client = httpx.Client(
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                # Node's servers close idle connections after 5 s, even if a request is on its way.
                keepalive_expiry=4,
            ),
            verify=options.tls() if options.url.startswith("https:") else False,
        )

    def __enter__(self) -> JobsClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _run(self, steps: Steps[T]) -> T:
        actions = self._service.carry_out(steps)
        answer: Answer | None = None
        error: JobsError | None = None
        while True:
            try:
                action = actions.throw(error) if error is not None else actions.send(answer)
            except StopIteration as end:
                result: T = end.value
                return result
            answer, error = None, None
            if isinstance(action, Pause):
                time.sleep(action.seconds)
                continue
            try:
                answer = self._send(action)
            except JobsError as failure:
                error = failure

    def _send(self, send: Send) -> Answer:
        connect = min(self.options.connect_timeout, send.timeout)
        timeout = httpx.Timeout(send.timeout, connect=connect)
        try:
            response = self._client.request(
                send.method, send.url, content=send.body, headers=dict(send.headers), timeout=timeout
            )
            return answer_of(response.status_code, response.headers, response.content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise UnavailableError(f"The service cannot be reached: {error}") from error
        except httpx.TimeoutException as error:
            raise OutcomeUnknownError(f"No answer within {send.timeout:g} s") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknownError(f"The connection failed: {error!r}") from error

"""The asynchronous client."""

from __future__ import annotations

import asyncio
from io import BytesIO
from types import TracebackType

import aiohttp
from yarl import URL

from .errors import JobsError, OutcomeUnknownError, UnavailableError
from .http.answers import answer_of
from .http.options import ClientOptions
from .http.service import Service
from .http.steps import Answer, Pause, Send, Steps, T
from .methods import AsyncOperations

#: The size from which aiohttp sends a body in parts.
_LARGE = 1 << 20


def _payload(body: bytes | None) -> bytes | BytesIO | None:
    return body if body is None or len(body) < _LARGE else BytesIO(body)


class AsyncJobsClient(AsyncOperations):
    """A client of a jobs service for asyncio, see `ClientOptions` for its settings.

    Connections are kept and reused. A call is repeated after a pause if its request cannot have
    reached the service, or if the service refused it without doing anything. A call that may have
    been carried out is repeated only if that changes nothing more: a read, a change with the token
    of the lease, an add or a claim with a request id. A call that fails finally raises `JobsError`.
    """

    def __init__(self, options: ClientOptions | str | None = None) -> None:
        if not isinstance(options, ClientOptions):
            options = ClientOptions(url=options) if options else ClientOptions.from_environment()
        self.options = options
        self._service = Service(options)
        # Made by the first call, since it belongs to the event loop.
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> AsyncJobsClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections. A later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _run(self, steps: Steps[T]) -> T:
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
                await asyncio.sleep(action.seconds)
                continue
            try:
                answer = await self._send(action)
            except JobsError as failure:
                error = failure

    async def _send(self, send: Send) -> Answer:
        if self._session is None:
            self._session = self._new_session()
        timeout = aiohttp.ClientTimeout(total=send.timeout, sock_connect=self.options.connect_timeout)
        try:
            async with self._session.request(
                send.method,
                URL(send.url, encoded=True),
                data=_payload(send.body),
                headers=send.headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                return answer_of(response.status, response.headers, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UnavailableError(f"The service cannot be reached: {error}") from error
        except asyncio.TimeoutError as error:
            raise OutcomeUnknownError(f"No answer within {send.timeout:g} s") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OutcomeUnknownError(f"The connection failed: {error!r}") from error

    def _new_session(self) -> aiohttp.ClientSession:
        options = self.options
        connector = aiohttp.TCPConnector(
            limit=options.maximum_connections,
            # Node's servers close idle connections after 5 s, even if a request is on its way.
            keepalive_timeout=4,
            ssl=options.tls() if options.url.startswith("https:") else True,
        )
        return aiohttp.ClientSession(connector=connector, trust_env=True)

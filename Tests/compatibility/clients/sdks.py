"""The public clients of the protocol, behind one face for both generations."""

from typing import Any, Protocol
from urllib.parse import urlsplit

import pip_services3_commons.config
import pip_services3_commons.data
import pip_services3_commons.errors
import pip_services3_rpc.clients
import pip_services4_commons.errors
import pip_services4_components.config
import pip_services4_components.context
import pip_services4_data.query
import pip_services4_http.clients


class SDK(Protocol):
    """A generation of the clients, with the classes that go with it."""

    name: str
    url: str
    client: Any  # of the operations
    data: Any  # FilterParams, PagingParams, DataPage
    errors: Any  # the exceptions

    def call(self, operation: str, arguments: Any = None, request_id: str | None = None) -> Any:
        """Calls an operation as applications do; without arguments there is no body."""

    def get(self, route: str) -> Any:
        """Reads a system route."""

    def with_id_in_headers(self) -> "SDK":
        """The same client, told to send request ids in the headers."""


class Version3:
    """pip-services3-rpc: the request id is a string, called correlation id."""

    name = "v3"
    data = pip_services3_commons.data
    errors = pip_services3_commons.errors

    def __init__(self, url: str, place: str = "query") -> None:
        self.url = url
        self.client, self._system = (
            configured(
                pip_services3_rpc.clients.CommandableHttpClient(route),
                pip_services3_commons.config.ConfigParams,
                url,
                "options.correlation_id_place",
                place,
            )
            for route in ("v1/jobs", "")
        )

    def call(self, operation: str, arguments: Any = None, request_id: str | None = None) -> Any:
        return self.client.call_command(operation, request_id, arguments)

    def get(self, route: str) -> Any:
        return self._system._call("get", route)

    def with_id_in_headers(self) -> "Version3":
        return Version3(self.url, place="headers")


class Version4:
    """pip-services4-http: the request id is part of a context and called trace id."""

    name = "v4"
    data = pip_services4_data.query
    errors = pip_services4_commons.errors

    def __init__(self, url: str, place: str = "query") -> None:
        self.url = url
        self.client, self._system = (
            configured(
                pip_services4_http.clients.CommandableHttpClient(route),
                pip_services4_components.config.ConfigParams,
                url,
                "options.trace_id_place",
                place,
            )
            for route in ("v1/jobs", "")
        )

    def call(self, operation: str, arguments: Any = None, request_id: str | None = None) -> Any:
        context = request_id and pip_services4_components.context.Context.from_trace_id(request_id)
        return self.client.call_command(operation, context, arguments)

    def get(self, route: str) -> Any:
        return self._system._call("get", route)

    def with_id_in_headers(self) -> "Version4":
        return Version4(self.url, place="headers")


def configured(client: Any, params: Any, url: str, place_option: str, place: str) -> Any:
    parts = urlsplit(url)
    client.configure(
        params.from_tuples(
            "connection.protocol",
            parts.scheme,
            "connection.host",
            parts.hostname,
            "connection.port",
            parts.port or 80,
            place_option,
            place,
        )  # fmt: skip
    )
    client.open(None)
    return client

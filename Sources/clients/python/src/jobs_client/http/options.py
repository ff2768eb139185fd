"""The address of a jobs service, and the settings of calls to it."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit


@dataclass(frozen=True)
class ClientOptions:
    """The address of a jobs service, and the settings of calls to it. Times are seconds."""

    #: Such as `https://jobs.example.com:8443`; may have a path, which comes before `base_route`.
    url: str = "http://localhost:8080"
    #: The API key or the token (JWT) of the caller.
    key: str | None = field(default=None, repr=False)
    #: The path of the operations below the URL.
    base_route: str = "v1/jobs"
    connect_timeout: float = 10
    #: The time of one attempt, to which the wait of a claim is added. The default is longer than
    #: the 15 s after which the service reports that its store is unavailable.
    timeout: float = 20
    #: The time of a call with all its repetitions, to which the wait of a claim is added.
    deadline: float | None = None
    #: How often a call is repeated at most.
    retries: int = 3
    #: The pause before the first repetition. It doubles each time, up to 50 times this pause.
    retry_pause: float = 0.1
    #: Further calls wait for a free connection.
    maximum_connections: int = 64
    #: Whether adds and claims get request ids, with which they can be repeated.
    request_ids: bool = True
    correlation_id_place: Literal["query", "headers", "both"] = "query"
    #: Returns the W3C trace context of a call that has none set with `traceparent`.
    current_traceparent: Callable[[], str | None] | None = None
    #: PEM files: the trusted authorities, and the client's certificate with its key.
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    #: Replaces the three files.
    ssl_context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Refuses settings that no call can succeed with."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ValueError(f"url: {self.url} is not an http or https URL")
        # The message never contains the key, since errors are logged.
        if self.key is not None and not all("!" <= character <= "~" for character in self.key):
            raise ValueError("key: has characters that no key or token can have")
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file belong together")

    @classmethod
    def from_environment(cls) -> ClientOptions:
        """Returns options with the address in `JOBS_URL` and the key in `JOBS_KEY`."""
        url = os.environ.get("JOBS_URL") or cls.url
        return cls(url=url, key=os.environ.get("JOBS_KEY") or None)

    def tls(self) -> ssl.SSLContext:
        """Returns the settings of TLS."""
        if self.ssl_context is not None:
            return self.ssl_context
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file is not None:
            context.load_cert_chain(self.certificate_file, self.key_file)
        return context

    @property
    def operations_url(self) -> str:
        """The URL below which the operations are."""
        return f"{self.url.rstrip('/')}/{self.base_route.strip('/')}"

"""A proxy in front of the program that makes the faults of networks and busy services."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """A request that has come to the proxy."""

    operation: str
    arguments: Any
    headers: dict[str, str]
    path: str
    #: How often the operation was called before.
    earlier: int


#: An answer in place of the program's: a status, headers and a body.
Answer = tuple[int, dict[str, str], bytes]
#: What happens to a call: `None` passes it on, `"drop"` loses its answer, `"lose"` the call itself.
Fault = Answer | str | None


def unavailable(retry_after: str | None = None, code: str = "OVERLOADED") -> Answer:
    """Returns a 503."""
    body = {"code": code, "status": 503, "message": "Too many calls are waiting"}
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return 503, headers, json.dumps(body).encode()


class Proxy:
    """Passes calls on, but for those that `fault` has something else in store for."""

    def __init__(self, port: int) -> None:
        self.fault: Callable[[Call], Fault] = lambda call: None
        self.calls: list[Call] = []
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                self.handle_call()

            def do_POST(self) -> None:
                self.handle_call()

            def handle_call(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fault = proxy.fault(proxy._record(self.path, dict(self.headers), body))
                if fault == "lose":
                    self.close_connection = True
                    return
                if not isinstance(fault, tuple):
                    connection = http.client.HTTPConnection("127.0.0.1", port)
                    try:
                        headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
                        connection.request(self.command, self.path, body, headers)
                        response = connection.getresponse()
                        answer = response.status, dict(response.headers), response.read()
                    except OSError:
                        answer, fault = (502, {}, b""), "drop"
                    finally:
                        connection.close()
                    if fault == "drop":
                        self.close_connection = True
                        return
                    fault = answer
                status, told, content = fault
                self.send_response(status)
                for name, value in told.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "keep-alive"):
                        self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(content)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                # Clients hang up: that is what the tests are about.
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Ends the proxy."""
        self._server.shutdown()
        self._server.server_close()

    def named(self, operation: str) -> list[Call]:
        """Returns the calls of an operation."""
        return [call for call in self.calls if call.operation == operation]

    def _record(self, path: str, headers: dict[str, str], body: bytes) -> Call:
        operation = path.split("?")[0].rsplit("/", 1)[-1]
        with self._lock:
            earlier = len(self.named(operation))
            call = Call(operation, json.loads(body) if body else None, headers, path, earlier)
            self.calls.append(call)
        return call

"""A bare HTTP/1 client: it sends any bytes at all and reads answers strictly."""

import json
import os
import socket
import struct
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ERROR_FIELDS = {
    "type", "category", "status", "code", "message", "details", "correlation_id", "cause",
    "stack_trace",
}  # fmt: skip

# No answer may take longer, whatever was asked.
PATIENCE = 20.0


class Disconnected(Exception):
    """The server closed the connection before its answer was complete."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, of which clients must be able to rely on the content type."""
        content_type = self.headers.get("content-type", "")
        assert content_type.startswith("application/json"), f"content type {content_type!r}"
        body = self.body
        match self.headers.get("content-encoding"):
            case "gzip":
                body = zlib.decompress(body, wbits=31)
            case "deflate":
                body = zlib.decompress(body)
            case coding:
                assert coding is None, f"content encoding {coding!r}"
        return json.loads(body.decode())

    def error(self, *statuses: int) -> dict[str, Any]:
        """The error body, after a check of all that clients rely on."""
        summary = f"{self.status} {self.body[:300]!r}"
        assert self.status in statuses, f"expected {statuses}, got {summary}"
        body = self.json()
        assert set(body) == ERROR_FIELDS, summary
        assert body["status"] == self.status, summary
        for field in ("category", "code", "message"):
            assert isinstance(body[field], str) and body[field], summary
        details = body["details"]
        assert details is None or all(isinstance(text, str) for text in details.values()), summary
        assert body["stack_trace"] is None, summary
        return body


class Connection:
    """A connection to the server. Closes when its `with` block ends."""

    def __init__(self, host: str, port: int, timeout: float = PATIENCE) -> None:
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self._received = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_unless_answered(self, data: bytes) -> None:
        """Sends as much as the server takes; it may answer and close before it has read all."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def reset_on_close(self) -> None:
        """Closes the connection with a reset, when it is closed, instead of an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def answer(self, method: str = "POST") -> Answer:
        """The next final answer. Passes over informational ones."""
        while (answer := self.any_answer(method)).status < 200:
            pass
        return answer

    def any_answer(self, method: str = "POST") -> Answer:
        head = self._until(b"\r\n\r\n").decode("latin-1")
        status_line, *lines = head.split("\r\n")
        version, status, _ = status_line.split(" ", 2)
        assert version in ("HTTP/1.1", "HTTP/1.0"), status_line
        headers: dict[str, str] = {}
        for line in lines:
            name, value = line.split(":", 1)
            name = name.lower()
            assert name not in headers or name not in ("content-length", "content-type"), head
            headers[name] = value.strip()
        return Answer(int(status), headers, self._body(int(status), headers, method))

    def _body(self, status: int, headers: dict[str, str], method: str) -> bytes:
        if status < 200 or status in (204, 304) or method == "HEAD":
            return b""
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._until(b"\r\n"), 16):
                body += self._exactly(size)
                assert self._exactly(2) == b"\r\n"
            assert self._until(b"\r\n") == b""
            return body
        return self._exactly(int(headers["content-length"]))

    def is_closed(self, within: float = PATIENCE) -> bool:
        """Whether the server closes the connection in so many seconds, without another byte."""
        self.socket.settimeout(max(within, 0.001))
        try:
            return not self._received and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(PATIENCE)

    def _until(self, end: bytes) -> bytes:
        while end not in self._received:
            self._receive()
        part, self._received = self._received.split(end, 1)
        return part

    def _exactly(self, count: int) -> bytes:
        parts = []
        while count > len(self._received):
            parts.append(self._received)
            count -= len(self._received)
            self._received = b""
            self._receive()
        part, self._received = self._received[:count], self._received[count:]
        return b"".join(parts) + part

    def _receive(self) -> None:
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            raise Disconnected(f"closed after {self._received[:200]!r}")
        self._received += data


@dataclass(frozen=True)
class Server:
    """The service under test, and its process on this machine."""

    host: str
    port: int
    pid: int

    def connect(self) -> Connection:
        return Connection(self.host, self.port)

    def post(self, operation: str, body: bytes = b"{}", *headers: str) -> Answer:
        """Calls an operation over a connection of its own."""
        with self.connect() as connection:
            connection.send_unless_answered(request(operation, body, *headers))
            return connection.answer()

    def call(self, operation: str, **arguments: Any) -> Any:
        """Calls an operation that must succeed."""
        answer = self.post(operation, json.dumps(arguments).encode())
        assert answer.status in (200, 204), f"{operation}: {answer}"
        return answer.json() if answer.status == 200 else None

    def send(self, data: bytes, method: str = "POST") -> Answer:
        """The answer to any bytes at all."""
        with self.connect() as connection:
            connection.send_unless_answered(data)
            return connection.answer(method)

    def must_serve(self) -> None:
        """Checks that a well-behaved client is served, and soon."""
        begin = time.monotonic()
        assert self.post("get_jobs").status == 200
        assert time.monotonic() - begin < 5, "a plain call took more than 5 s"

    def must_keep(self, job: Any) -> None:
        """Checks that the job is all there is, until whatever else was sent has had its effect."""
        for _ in range(20):
            assert self.call("get_jobs")["data"] == [job]

    def memory(self, field: str = "VmRSS") -> int:
        """A figure of the process's memory in MiB: now, or with `VmHWM` at its peak."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        lines = dict(line.split(":", 1) for line in status.splitlines())
        return int(lines[field].split()[0]) >> 10

    def open_files(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def request(operation: str, body: bytes = b"{}", *headers: str) -> bytes:
    """A request as decent clients send it, plus the given header lines."""
    lines = [
        f"POST /v1/jobs/{operation} HTTP/1.1",
        "Host: jobs",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def head(*lines: str) -> bytes:
    """A request's head, with the lines as they are."""
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def new_job(params: bytes = b"null", ttl: bytes = b"60000") -> bytes:
    """The body of an add_job whose parts are given as JSON text."""
    return b'{"new_job":{"type":"t","ref_id":"r","ttl":%s,"params":%s}}' % (ttl, params)

"""Connections that are slow, half, many or dropped."""

import resource
import socket
import time
from contextlib import ExitStack, suppress

from claims import claim
from raw_http import PATIENCE, Connection, Disconnected, Server, head, new_job, request

# The server closes a connection after 75 s without a byte; the rest is allowance for a busy machine.
IDLE_LIMIT = 90.0

CHUNKED_HEAD = head(
    "POST /v1/jobs/delete_jobs HTTP/1.1",
    "Host: jobs",
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
)


@claim("100 requests in one write get 100 answers in their order")
def pipelining(server: Server) -> None:
    requests = [request("add_job", b"{}", f"correlation_id: {n}") for n in range(100)]
    with server.connect() as connection:
        connection.send(b"".join(requests))
        for n in range(100):
            assert connection.answer().error(400)["correlation_id"] == str(n)
        connection.send(request("get_jobs"))
        assert connection.answer().status == 200


@claim("pipelined answers arrive after the client has closed its half")
def half_close(server: Server) -> None:
    with server.connect() as connection:
        connection.send(request("get_jobs") * 100)
        connection.socket.shutdown(socket.SHUT_WR)
        for n in range(100):
            assert connection.answer().status == 200, n
        assert connection.is_closed()


@claim("garbage behind pipelined requests gets its 400 after their answers")
def garbage_in_the_pipeline(server: Server) -> None:
    with server.connect() as connection:
        connection.send(request("get_jobs") * 10 + b"\x00garbage\r\n\r\n")
        for n in range(10):
            assert connection.answer().status == 200, n
        connection.answer().error(400)
        assert connection.is_closed()


@claim("a sender of one byte at a time is served")
def one_byte_at_a_time(server: Server) -> None:
    with server.connect() as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request("add_job", new_job()):
            connection.send(bytes([byte]))
            time.sleep(0.001)
        assert connection.answer().status == 200


@claim("a request cut off in its body is not carried out")
def cut_body(server: Server) -> None:
    job = server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 60_000})
    whole = request("delete_jobs", b"{}  ")
    for cut in (whole[:-4], whole[:-2], CHUNKED_HEAD, CHUNKED_HEAD + b"2\r\n{}\r\n"):
        with server.connect() as connection:
            connection.send(cut)
            connection.socket.shutdown(socket.SHUT_WR)
            with suppress(Disconnected):  # nobody has to be answered who hangs up
                connection.answer().error(400)
        with server.connect() as connection:
            connection.send(cut)
    server.must_keep(job)


@claim("a body that breaks after its request was answered ends the connection")
def late_break(server: Server) -> None:
    answered_early = CHUNKED_HEAD.replace(b"delete_jobs", b"no_such_operation")
    with server.connect() as connection:
        connection.send(answered_early)
        connection.answer().error(404)
        connection.send_unless_answered(b"ZZ\r\n" + request("get_jobs"))
        with suppress(Disconnected):
            connection.answer().error(400)
        assert connection.is_closed()


@claim("clients that do not read their answers hold up nobody and cost little memory")
def slow_readers(server: Server) -> None:
    for _ in range(5):
        server.post("add_job", new_job(b'"' + b"x" * 500_000 + b'"'))
    before = server.memory()
    with ExitStack() as stack:
        readers = [stack.enter_context(server.connect()) for _ in range(5)]
        for reader in readers:
            reader.socket.setblocking(False)
            with suppress(BlockingIOError):
                while True:
                    reader.socket.send(request("get_jobs") * 10)
        for _ in range(50):
            server.must_serve()
        growth = server.memory() - before
        for reader in readers:
            reader.socket.settimeout(PATIENCE)
            assert len(reader.answer().json()["data"]) == 5
    assert growth < 400, f"{growth} MiB more"


@claim("2,000 connections at the same time, each dropped in its own way, do no harm")
def many_connections(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    whole = request("get_jobs")
    with ExitStack() as stack:
        for n in range(2000):
            connection = stack.enter_context(server.connect())
            connection.send((b"", whole[: n % 120], whole, whole[:-1])[n % 4])
            if n % 3 == 0:
                connection.reset_on_close()
        server.must_serve()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    server.must_serve()


@claim("2,000 connections one after the other, reset at once, do no harm")
def reset_connections(server: Server) -> None:
    for n in range(2000):
        with server.connect() as connection:
            connection.reset_on_close()
            connection.send(request("get_jobs")[: None if n % 2 else n % 100])
    server.must_serve()


class HalfSent:
    """Requests that were begun and never finished: they stay open while the other claims are
    checked."""

    def __init__(self, server: Server) -> None:
        whole = request("get_jobs", b"{}  ")
        chunked = CHUNKED_HEAD.replace(b"delete_jobs", b"get_jobs")
        beginnings = [
            b"", b"P", b"P" * 10, whole[:60], whole[:-4], whole[:-2], chunked,
            chunked + b"2\r\n{}\r\n",
        ]  # fmt: skip
        self.connections: list[tuple[bytes, Connection]] = []
        for n in range(20 * len(beginnings)):
            connection = server.connect()
            beginning = beginnings[n % len(beginnings)]
            connection.send(beginning)
            self.connections.append((beginning, connection))
        self.since = time.monotonic()

    def must_end(self) -> None:
        """Checks that the server closes them all in bounded time, and takes none for whole."""
        open_still, answers = [], []
        for beginning, connection in self.connections:
            left = self.since + IDLE_LIMIT - time.monotonic()
            connection.socket.settimeout(max(left, 0.01))
            try:
                answers.append((beginning, connection.any_answer().status))
            except Disconnected:
                continue
            except TimeoutError:
                open_still.append(beginning)
            finally:
                connection.socket.close()
        assert not open_still, f"{len(open_still)} open after {IDLE_LIMIT} s: {set(open_still)}"
        assert all(status in (400, 408) for _, status in answers), answers

"""Checks that no client can harm the service: bad input never gives a 5xx, a hang or a crash.

    python3 Tests/compatibility/hostile URL PID

URL is where the service listens, PID its process on this machine, whose memory is watched. It must
serve the memory store, which is emptied again and again. The last claim ends the process.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import bad_connections
import bad_http
import bad_json
import bad_numbers
import bad_sizes
import rare_http
from bad_connections import HalfSent
from claims import Claims
from raw_http import Server, new_job, request

# So many seconds a stop may take, whatever is half done: containers are given ten.
STOP_LIMIT = 10


def memory_is_bounded(server: Server) -> None:
    peak, now = server.memory("VmHWM"), server.memory()
    assert peak < 800 and now < 400, f"{peak} MiB at the peak, {now} MiB now"


def is_running(pid: int) -> bool:
    """Whether the process is there and is no zombie, which its parent has yet to wait for."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def stops(server: Server) -> None:
    """Around it are an idle connection, answers that nobody reads, and half requests."""
    for _ in range(20):
        server.post("add_job", new_job(b'"' + b"x" * 500_000 + b'"'))
    idle, unread, half_head, half_body = (server.connect() for _ in range(4))
    idle.send(request("get_job_by_id", b'{"job_id":"x"}'))
    assert idle.answer().status == 204
    unread.send(request("get_jobs") * 5)
    half_head.send(request("delete_jobs")[:40])
    half_body.send(request("delete_jobs")[:-1])
    server.must_serve()
    os.kill(server.pid, signal.SIGTERM)
    begin = time.monotonic()
    while is_running(server.pid):
        assert time.monotonic() - begin < STOP_LIMIT, f"still running after {STOP_LIMIT} s"
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("pid", type=int)
    arguments = parser.parse_args()
    url = urlsplit(arguments.url)
    server = Server(url.hostname, url.port or 80, arguments.pid)

    server.call("delete_jobs")
    open_files = server.open_files()
    claims = Claims(server)
    half_sent = HalfSent(server)
    for module in (bad_json, bad_numbers, bad_sizes, bad_http, rare_http, bad_connections):
        claims.check_all(module)
    claims.check("requests that are never finished are ended", lambda _: half_sent.must_end())

    def no_connection_is_left(server: Server) -> None:
        left = server.open_files() - open_files
        assert left < 10, f"{left} more open files than before"

    claims.check("after all of it the service answers", Server.must_serve)
    claims.check("it has closed all connections", no_connection_is_left)
    claims.check("its memory is bounded", memory_is_bounded)
    claims.check("it stops on SIGTERM, whatever is half done", stops)
    claims.close()
    return 1 if claims.failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Other queues on the loopback interface, for comparison, with workers in C (scripts/bench/peers.c)."""
from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time

from benching import ROOT
from ports import free_port

# How each is started. beanstalkd syncs each job to the disk; NATS has no such setting for acknowledged messages.
SERVERS = {
    "beanstalkd": ["beanstalkd", "-l", "127.0.0.1", "-p", "{port}", "-b", "{directory}", "-f", "0"],
    "nats": ["nats-server", "-a", "127.0.0.1", "-p", "{port}", "-js", "-sd", "{directory}"],
}


def installed() -> list[str]:
    """The names of the queues that are there."""
    return [name for name, command in SERVERS.items() if shutil.which(command[0])]


def workers(directory: str) -> str:
    """The program of the workers."""
    program = os.path.join(directory, "peers")
    source = os.path.join(ROOT, "scripts", "bench", "peers.c")
    subprocess.run(["gcc", "-O2", "-std=gnu11", "-o", program, source, "-lpthread"], check=True)
    return program


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def rate(name: str, program: str, workers: int, seconds: float, backlog: int) -> float:
    """Jobs a second that workers take and finish, out of the backlog of a new server."""
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        command = [part.format(port=port, directory=directory) for part in SERVERS[name]]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 10
            while not listens(port):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{command[0]} does not start")
                time.sleep(0.05)
            return float(subprocess.run([program, name, str(port), str(workers), str(seconds), str(backlog)],
                                        check=True, text=True, stdout=subprocess.PIPE).stdout)
        finally:
            server.terminate()
            server.wait()

"""The real program as a process of its own, which tests can kill and start again."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    """Returns a port that no process listens on.

    It is below the ports that the kernel gives to outgoing connections, so that none of those takes
    it before the program listens.
    """
    while True:
        port = random.randint(20_000, 32_767)
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            continue


class Program:
    """The program at a port of its own, over the memory store, or over a file in a directory."""

    def __init__(
        self, directory: Path, *arguments: str, file: bool = False, **environment: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = directory / "log"
        self._command = [os.environ["JOBS_PROGRAM"], *arguments]
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("FILE_", "MONGO_", "ACCESS_", "JWT_"))
        }
        self._environment = {
            **kept, "HTTP_HOST": "127.0.0.1", "HTTP_PORT": str(self.port), **environment
        }
        if file:
            self._environment |= {"FILE_ENABLED": "1", "FILE_PATH": str(directory / "jobs.json")}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, health: str | None = None) -> None:
        """Starts the program, and waits until it answers."""
        ready = f"{health or self.url}/health/ready"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=PROJECT, env=self._environment, stdout=log, stderr=log
            )
        end = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(ready, timeout=2):
                    return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(self._log.read_text()[-4000:]) from None
                time.sleep(0.02)

    def kill(self) -> None:
        """Kills the program, as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stops the program."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

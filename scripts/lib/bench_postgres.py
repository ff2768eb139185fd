"""A queue by hand on PostgreSQL (SKIP LOCKED), for comparison, driven by pgbench."""
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

TABLE = """
CREATE TABLE jobs (id bigserial PRIMARY KEY, type text NOT NULL, ref_id text, params jsonb,
    created timestamptz NOT NULL DEFAULT now(), started timestamptz, locked_until timestamptz,
    execute_until timestamptz, completed timestamptz, retries int NOT NULL DEFAULT 0,
    priority int NOT NULL DEFAULT 0, available_at timestamptz DEFAULT now(), lock_token text);
CREATE INDEX claim ON jobs (type, priority DESC, available_at, id) WHERE available_at IS NOT NULL;
"""
NEW = """INSERT INTO jobs (type, ref_id, params, execute_until)
    {} '{{"a": "xxxxxxxx"}}', now() + interval '1 hour'"""
ADD = NEW.format("SELECT 'mail', '1',") + ";\n"
DRAIN = """
UPDATE jobs SET started = now(), locked_until = now() + interval '1 minute', retries = retries + 1,
    available_at = now() + interval '1 minute', lock_token = md5(random()::text)
    WHERE id = (SELECT id FROM jobs WHERE type = 'mail' AND available_at <= now()
        ORDER BY priority DESC, available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, lock_token \\gset
UPDATE jobs SET completed = now(), available_at = NULL WHERE id = :id AND lock_token = :lock_token;
"""


class Postgres:
    """A server of its own on the loopback interface, as Debian configures it: durable commits."""

    @staticmethod
    def programs() -> Path | None:
        """Where PostgreSQL is installed; `None` if it is not."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        return found[-1].parent if found and shutil.which("pgbench") else None

    def __init__(self) -> None:
        # PostgreSQL refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.directory = tempfile.mkdtemp(dir="/tmp")
        if self.user:
            os.chown(self.directory, pwd.getpwnam("postgres").pw_uid, -1)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self) -> "Postgres":
        data = f"{self.directory}/data"
        self._run("initdb", "-D", data, "-A", "trust", "-U", "bench")
        self._run("pg_ctl", "-D", data, "-w", "-l", f"{self.directory}/log", "-o",
                  f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.directory}",
                  "start")
        self.pid = int(Path(data, "postmaster.pid").read_text().split("\n", 1)[0])
        return self

    def __exit__(self, *_) -> None:
        self._run("pg_ctl", "-D", f"{self.directory}/data", "-w", "-m", "fast", "stop")
        shutil.rmtree(self.directory)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([*self.user, str(self.programs() / program), *arguments], check=True,
                       stdout=subprocess.DEVNULL, cwd="/tmp")

    def sql(self, text: str) -> None:
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", *self._address, "postgres", "-c", text], check=True,
                       stdout=subprocess.DEVNULL)

    @property
    def _address(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "bench"]

    def fill(self, backlog: int) -> None:
        self.sql("SET client_min_messages = error; DROP TABLE IF EXISTS jobs")
        self.sql(TABLE)
        self.sql(NEW.format("SELECT 'mail', '1',") + f" FROM generate_series(1, {backlog})")
        self.sql("ANALYZE jobs")

    def rate(self, script: str, clients: int, seconds: float) -> float:
        """Transactions of a script a second."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            out = subprocess.run(
                ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)),
                 "-T", str(int(seconds)), "-f", file.name, *self._address, "postgres"],
                text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        found = re.search(r"tps = ([\d.]+)", out)
        if not found:
            raise SystemExit(f"pgbench failed:\n{out}")
        return float(found.group(1))

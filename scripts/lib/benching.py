"""The common part of the measurements on MongoDB: instances of the service, load, the CPU of the server."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.request

from mongo_wire import ask
from ports import free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WRK = os.path.join(ROOT, "scripts", "bench", "wrk")
DATABASE = "bench"
PROGRAM = os.environ.get("JOBS_PROGRAM", os.path.join(ROOT, ".build", "release", "jobs"))


def cpu_of(pid: int) -> float:
    """The CPU time of a process so far, in seconds."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def plain_loops(directory: str) -> str:
    """The program of plain loops, built from scripts/bench/reference.c."""
    program = os.path.join(directory, "reference")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libmongoc-1.0"], check=True,
                           text=True, stdout=subprocess.PIPE).stdout.split()
    subprocess.run(["gcc", "-O2", "-o", program, os.path.join(WRK, "..", "reference.c"), *flags, "-lpthread"],
                   check=True)
    return program


class Instance:
    """A process of the service, on the MongoDB of MONGO_SERVICE_URI or another store."""

    def __init__(self, scratch: str, merging: bool = True, target_latency: int = 30,
                 clean_interval: int = 0, store: str = "mongodb") -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        keys = {"memory": "", "file": f'  path: "{scratch}/jobs.json"'}.get(store)
        if keys is None:
            uri = os.environ["MONGO_SERVICE_URI"].replace("/?", f"/{DATABASE}?")
            keys = f'  connection: {{uri: "{uri}"}}\n  options: {{merge_commands: {str(merging).lower()}}}'
        config = os.path.join(scratch, f"config-{self.port}.yml")
        with open(config, "w") as file:
            file.write(f"""
- descriptor: "pip-services:logger:console:default:1.0"
  level: error
- descriptor: "pip-services-jobs:persistence:{store}:default:1.0"
{keys}
- descriptor: "pip-services-jobs:controller:default:default:1.0"
  options: {{clean_interval: {clean_interval}}}
- descriptor: "pip-services:endpoint:http:default:1.0"
  connection: {{protocol: http, host: 127.0.0.1, port: {self.port}}}
  options: {{target_latency: {target_latency}}}
- descriptor: "pip-services-jobs:service:http:default:1.0"
- descriptor: "pip-services:heartbeat-service:http:default:1.0"
""")
        self.process = subprocess.Popen([PROGRAM, "-c", config])
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{self.base}/heartbeat").close()
                return
            except OSError:
                time.sleep(0.1)
        self.process.kill()
        raise SystemExit("the service does not start")

    def __enter__(self) -> "Instance":
        return self

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)

    def post(self, operation: str, body: dict) -> dict | None:
        request = urllib.request.Request(f"{self.base}/v1/jobs/{operation}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def add(self, count: int, kind: str, ttl: int = 3_600_000, ref: str = "1") -> None:
        job = {"type": kind, "ref_id": ref, "ttl": ttl, "params": {"a": "xxxxxxxx"}}
        for start in range(0, count, 1000):
            self.post("add_jobs", {"new_jobs": [job] * min(1000, count - start)})

    def hold(self, count: int, scratch: str) -> str:
        """Adds and starts jobs; returns the name of a file with their ids and tokens."""
        self.add(count, "held")
        path = os.path.join(scratch, "ids")
        with open(path, "w") as file:
            for _ in range(0, count, 1000):
                started = self.post("start_jobs_by_type",
                                    {"type": "held", "timeout": 3_600_000, "max_jobs": 1000})
                for job in started["data"]:
                    file.write(f"{job['id']} {job['lock_token']}\n")
        return path

    def wrk(self, path: str, script: str, seconds: int, connections: int, **environment: str) -> "Load":
        threads = min(2, connections)
        return Load(subprocess.Popen(
            ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency",
             "-s", os.path.join(WRK, script), f"{self.base}{path}"],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "THREADS": str(threads), **environment}))


class Load:
    """A run of wrk; a run with a failed request is discarded."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process

    def finish(self) -> "Load":
        out = self.process.communicate()[0]
        if "Non-2xx" in out or "Socket errors" in out or "out of jobs" in out or self.process.returncode:
            raise SystemExit(f"requests failed:\n{out}")
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
        self.latencies = [re.search(rf"^\s+{p}%\s+(\S+)", out, re.MULTILINE).group(1) for p in (50, 99)]
        return self

    @property
    def median(self) -> float:
        """In milliseconds."""
        number, unit = re.match(r"([\d.]+)(us|ms|s)", self.latencies[0]).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


class Server:
    """The mongod of the measurements, on this machine."""

    def __init__(self) -> None:
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", os.environ["MONGO_SERVICE_URI"]).group(1))
        self.pid = ask(self.port, {"serverStatus": 1})["pid"]

    def cpu(self) -> float:
        """The CPU time so far, in seconds."""
        return cpu_of(self.pid)

    def commands(self) -> int:
        """The number of commands it has carried out, including this one."""
        counters = ask(self.port, {"serverStatus": 1})["opcounters"]
        return sum(counters[kind] for kind in ("insert", "query", "update", "delete", "getmore", "command"))

    def update(self, query: dict, change: dict) -> None:
        """Changes documents directly, without the service."""
        statement = {"q": query, "u": {"$set": change}, "multi": True}
        reply = ask(self.port, {"update": "jobs", "updates": [statement]}, patience=120, database=DATABASE)
        if not reply or reply["ok"] != 1:
            raise SystemExit(f"the update failed: {reply}")

"""The common part of the proofs: servers and instances that are always stopped, calls over HTTP, claims.

A proof runs the built program (JOBS_PROGRAM, else .build/debug/jobs) on real replica sets of
scripts/mongo, all on 127.0.0.1. It prints its figures, then each claim with its result, and exits
with 1 if one does not hold. All processes that it starts end with it.
"""
import contextlib, http.client, json, os, shutil, signal, subprocess, sys, tempfile, threading, time

from ports import free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("JOBS_PROGRAM", os.path.join(ROOT, ".build/debug/jobs")))
ERROR_FIELDS = {"type", "category", "status", "code", "message", "details", "correlation_id",
                "cause", "stack_trace"}


@contextlib.contextmanager
def workspace():
    """A directory for all files of a proof. A failed proof keeps it for inspection."""
    if not os.path.exists(PROGRAM):
        sys.exit(f"{PROGRAM} is missing: swift build --product jobs")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    directory = tempfile.mkdtemp(prefix="proof-")
    try:
        yield directory
    except BaseException:
        print(f"kept for a look: {directory}", file=sys.stderr)
        raise
    shutil.rmtree(directory, ignore_errors=True)


class Instance:
    """A process of the service with its own port, on one store."""

    def __init__(self, directory, name, uri, environment={}, start_timeout=30_000):
        self.name, self.directory = name, os.path.join(directory, name)
        self.port = free_port()
        with open(os.path.join(ROOT, "config/config.yml")) as file:
            text = file.read()
        for old, new in (("clean_interval: 60000", "clean_interval: 0"),
                         ("  collection:", f"  options:\n    start_timeout: {start_timeout}\n  collection:")):
            if old not in text:
                raise SystemExit(f"config/config.yml has no {old} any more")
            text = text.replace(old, new)
        os.makedirs(os.path.join(self.directory, "config"))
        with open(os.path.join(self.directory, "config/config.yml"), "w") as file:
            file.write(text)
        self.environment = {**os.environ, "MONGO_ENABLED": "1", "MONGO_SERVICE_URI": uri,
                            "HTTP_HOST": "127.0.0.1", "HTTP_PORT": str(self.port), **environment}
        self.process = None

    def launch(self):
        # Without arguments: Swift does not find them when libfaketime has set a variable before.
        with open(os.path.join(self.directory, "log"), "ab") as log:
            self.process = subprocess.Popen(
                PROGRAM, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment)

    def __enter__(self):
        self.launch()
        try:
            self.wait_until_served()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def wait_until_served(self, patience=60):
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self.process.poll() is None:
            if Caller(self.port).get("/heartbeat").status == 200:
                return
            time.sleep(0.05)
        raise SystemExit(f"{self.name} does not serve:\n{self.log()[-2000:]}")

    def log(self):
        with open(os.path.join(self.directory, "log"), errors="replace") as file:
            return file.read()


class Answer:
    """The answer of a call: its status, or 0 if the outcome is unknown."""

    def __init__(self, status, body, asked, answered):
        self.status, self.body, self.asked, self.answered = status, body, asked, answered

    @property
    def seconds(self):
        return self.answered - self.asked


class Caller:
    """A keep-alive connection to one instance. Times are CLOCK_MONOTONIC, in seconds."""

    def __init__(self, port, timeout=120):
        self.port, self.timeout, self.connection = port, timeout, None

    def call(self, operation, **arguments):
        return self.request("POST", f"/v1/jobs/{operation}", json.dumps(arguments))

    def get(self, path):
        return self.request("GET", path, None)

    def request(self, method, path, body):
        asked = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self.connection.request(method, path, body, {"Content-Type": "application/json"})
            response = self.connection.getresponse()
            data = response.read()
            return Answer(response.status, json.loads(data) if data else None, asked, time.monotonic())
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            return Answer(0, {"code": type(error).__name__}, asked, time.monotonic())

    def must(self, operation, **arguments):
        """The result of a call that must not fail."""
        answer = self.call(operation, **arguments)
        if answer.status not in (200, 204):
            raise SystemExit(f"{operation} answered {answer.status}: {answer.body}")
        return answer.body


def in_parallel(works):
    """Runs functions on separate threads; returns their results, or raises the first of their errors."""
    results, errors = [None] * len(works), []

    def run(index):
        try:
            results[index] = works[index]()
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


class Claims:
    """Checks with names, and the verdict of the proof."""

    def __init__(self):
        self.broken = 0

    def check(self, holds, claim, found=""):
        self.broken += not holds
        print(f"{'holds ' if holds else 'BROKEN'} {claim}{f': {found}' if found != '' else ''}", flush=True)

    def finish(self):
        if self.broken:
            raise SystemExit(f"{self.broken} claims are broken")
        print("all claims hold")

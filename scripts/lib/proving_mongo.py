"""Replica sets for the proofs, and connections to their servers without a driver."""
import os, socket, struct, subprocess, threading

import mongo_wire
from proving import ROOT

DATABASE, COLLECTION = "app", "jobs"


class Database:
    """A replica set of scripts/mongo."""

    def __init__(self, directory, nodes):
        self.directory = os.path.join(directory, "mongo")
        self.nodes = nodes

    def __enter__(self):
        self.uri = self.ask("start", self.directory, str(self.nodes))
        self.ports = [int(part.split(":")[1].split("/")[0])
                      for part in self.uri.removeprefix("mongodb://").split(",")]
        self.uri = self.uri.replace("/?", f"/{DATABASE}?")
        return self

    def __exit__(self, *_):
        self.ask("stop", self.directory)

    def ask(self, *arguments, environment={}):
        return subprocess.run([os.path.join(ROOT, "scripts/mongo"), *arguments], check=True, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, **environment}).stdout.strip()

    def each(self, verb):
        """Kills, freezes, thaws or restarts all nodes at once, since some of this waits for a majority."""
        calls = [threading.Thread(target=self.ask, args=(verb, self.directory, str(node)))
                 for node in range(self.nodes)]
        for call in calls:
            call.start()
        for call in calls:
            call.join()

    def primary(self):
        return int(self.ask("primary", self.directory))

    def connect(self):
        return Connection(self.ports[self.primary()])


class Date(int):
    """A date in milliseconds since 1970, to distinguish it from a number."""


def bson(document):
    """Encodes like mongo_wire, and also None and dates."""
    out = b""
    for key, value in document.items():
        name = key.encode() + b"\0"
        if value is None:
            out += b"\x0a" + name
        elif isinstance(value, Date):
            out += b"\x09" + name + struct.pack("<q", value)
        elif isinstance(value, list):
            out += b"\x04" + name + bson({str(i): v for i, v in enumerate(value)})
        elif isinstance(value, dict):
            out += b"\x03" + name + bson(value)
        else:
            out += mongo_wire.encode({key: value})[4:-1]
    return struct.pack("<i", len(out) + 5) + out + b"\0"


class Connection:
    """A connection to one server, without a driver."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 600)
        self.stream = self.socket.makefile("rb")

    def run(self, command, documents=None):
        """Runs a command; the `documents` of an insert can be passed separately, encoded."""
        body = b"\0\0\0\0\0" + bson({**command, "$db": command.get("$db", DATABASE)})
        if documents is not None:
            sequence = b"documents\0" + b"".join(documents)
            body += b"\x01" + struct.pack("<i", len(sequence) + 4) + sequence
        self.socket.sendall(struct.pack("<iiii", len(body) + 16, 1, 0, 2013) + body)
        size = struct.unpack_from("<i", self.stream.read(16))[0]
        answer = mongo_wire.decode(self.stream.read(size - 16)[5:])
        if answer["ok"] != 1 or "writeErrors" in answer:
            raise SystemExit(f"{next(iter(command))} failed: {answer}")
        return answer

    def find_all(self, query={}, **options):
        cursor = self.run({"find": COLLECTION, "filter": query, **options})["cursor"]
        documents = cursor["firstBatch"]
        while cursor["id"]:
            cursor = self.run({"getMore": cursor["id"], "collection": COLLECTION})["cursor"]
            documents += cursor["nextBatch"]
        return documents

    def milliseconds(self):
        return struct.unpack("<q", self.run({"hello": 1})["localTime"])[0]

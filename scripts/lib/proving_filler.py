"""Inserts many jobs directly into the database, in the format of the service."""
import struct

from proving_mongo import COLLECTION, DATABASE, Date, bson

HOUR = 3_600_000
BATCH = 20_000


class Filler:
    """Inserts jobs of one kind, copies of a document with other ids and dates."""

    def __init__(self, connection, database=DATABASE):
        self.connection = connection
        self.database = database
        self.made = 0
        self.now = connection.milliseconds()

    def fill(self, type, count, age=HOUR, **fields):
        """`age`: of the oldest job in milliseconds; each next one is younger by one, or as old."""
        id, created, available = "f" * 32, 0x1111111111111111, 0x2222222222222222
        job = {"_id": id, "type": type, "ref_id": "r", "params": {"a": 1}, "created": Date(created),
               "started": None, "locked_until": None, "execute_until": None, "completed": None,
               "retries": 0, "priority": 0, "available_at": Date(available)}
        job = bson({key: value for key, value in {**job, **fields}.items() if value is not ...})
        a, job = job.split(id.encode(), 1)
        b, job = job.split(struct.pack("<q", created), 1)
        c, d = (job.split(struct.pack("<q", available), 1) + [None])[:2]
        for start in range(0, count, BATCH):
            batch = []
            for number in range(start, min(start + BATCH, count)):
                moment = struct.pack("<q", self.now - age + min(number, age // 2))
                self.made += 1
                batch.append(b"".join((a, b"%032x" % self.made, b, moment, c) + ((moment, d) if d else ())))
            self.connection.run(
                {"insert": COLLECTION, "writeConcern": {"w": 1}, "$db": self.database}, batch)

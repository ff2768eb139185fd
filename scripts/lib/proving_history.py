"""Checks the records of the workers of scripts/prove/failover for contradictions.

A call has a status, or 0 without an answer. With 503 and 0 its outcome is unknown; the checks below hold
in both cases. The times of calls are monotonic seconds, by one clock for all workers.
"""
import collections, datetime, json, os, time

from proving import ERROR_FIELDS

KNOWN = (200, 204, 409)
BLINK = 0.002  # dates are whole milliseconds
LEASE_CALLS = ("extend_job", "abort_job", "complete_job")


class Lease:
    """The lease of one token, as its holder knew it."""

    def __init__(self, start):
        self.token, self.number = start.body["lock_token"], start.body["retries"]
        self.start, self.calls = start, []

    def live(self, offset):
        """Spans of time in which the lease was certainly live: from an answer to the end of the lease in
        that answer, or until the holder called to end it."""
        ended = min((c.asked for c in self.calls if c.operation != "extend_job"), default=float("inf"))
        for call in [self.start] + [c for c in self.calls if c.operation == "extend_job"]:
            until = call.body.get("locked_until") if call.status == 200 else None
            if until:
                yield call.answered, min(seconds(until) - offset, ended)


class Call:
    def __init__(self, line):
        self.__dict__.update(json.loads(line))


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class History:
    def __init__(self, directory, workers):
        self.calls = []
        for number in range(workers):
            with open(os.path.join(directory, f"worker-{number}.jsonl")) as file:
                self.calls += map(Call, file)
        self.calls.sort(key=lambda call: call.answered)
        self.offset = time.time() - time.monotonic()
        self.leases = collections.defaultdict(list)  # of each job, in the order of their answers
        of_token = {}
        for call in self.calls:
            if call.operation.startswith("start_") and call.status == 200:
                lease = of_token[call.body["lock_token"]] = Lease(call)
                self.leases[call.body["id"]].append(lease)
        for call in self.calls:
            if call.operation in LEASE_CALLS:
                of_token[call.arguments["lock_token"]].calls.append(call)

    def of(self, *operations, statuses):
        return [c for c in self.calls if c.operation in operations and c.status in statuses]

    def overlaps(self):
        """Pairs of leases on one job that were live at once."""
        for job, leases in self.leases.items():
            spans = sorted((*span, lease.token) for lease in leases for span in lease.live(self.offset))
            latest = {}
            for begin, end, token in spans:
                for other, until in latest.items():
                    if other != token and until > begin + BLINK:
                        yield job, other, token
                latest[token] = max(end, latest.get(token, 0))

    def effects_of_lost_tokens(self):
        """Calls that succeeded although a later lease had been answered before they were made."""
        for job, leases in self.leases.items():
            for lease in leases:
                later = min((l.start.answered for l in leases if l.number > lease.number),
                            default=float("inf"))
                for call in lease.calls:
                    if call.status == 200 and call.asked > later:
                        yield job, call.operation, lease.token

    def second_lives(self):
        """Jobs that were completed by two leases, or handed out after they were completed."""
        for job, leases in self.leases.items():
            done = [(c.answered, l) for l in leases for c in l.calls
                    if c.operation == "complete_job" and c.status == 200]
            if len({l.token for _, l in done}) > 1:
                yield job
            elif done and any(l.start.asked > min(done)[0] for l in leases):
                yield job

    def wrong_refusals(self, slowest):
        for call in self.of(*{c.operation for c in self.calls}, statuses=(503,)):
            body = call.body or {}
            if not (ERROR_FIELDS <= set(body) and body["category"] == "NoResponse"
                    and body["code"] == "CONNECT_FAILED" and body["status"] == 503):
                yield body
            elif call.answered - call.asked > slowest:
                yield f"{call.operation} after {call.answered - call.asked:.1f} s"


def some(found):
    """The number of items, and the first of them."""
    found = list(found)
    return f"{len(found)}" + (f", such as {found[0]}" if found else "")


def judge(history, stored, blows, begun, ended, patience, claims):
    """`patience`: seconds, the longest time without a success after a fault, and until a refusal."""
    report(history, blows, begun, ended, patience[0], claims)
    judge_answers(history, blows, patience[1], claims)
    judge_jobs(history, {job["_id"]: job for job in stored}, claims)
    for claim, found in (
            ("no two leases on one job were live at once", history.overlaps()),
            ("no token had an effect after a later one was handed out", history.effects_of_lost_tokens()),
            ("no job was completed by two, or handed out when completed", history.second_lives())):
        found = list(found)
        claims.check(not found, claim, some(found))


def report(history, blows, begun, ended, longest_silence, claims):
    print("answers:", dict(sorted(collections.Counter(
        call.body["code"] if call.status == 0 else call.status for call in history.calls).items(), key=str)))
    good = [call.answered for call in history.calls if call.status in (200, 204)]
    silences = []
    for index, (moment, what) in enumerate(blows):
        end = blows[index + 1][0] if index + 1 < len(blows) else ended
        times = [moment] + [t for t in good if moment < t < end] + [end]
        silence, since = max((b - a, a) for a, b in zip(times, times[1:]))
        silences.append((what, silence, since + silence))
        print(f"{what} hurt at {moment - begun:.0f} s: longest time without a success {silence:.1f} s")
    recovered = silences[-1][2]
    for name, start, end in (("before", begun, blows[0][0]), ("during", blows[0][0], recovered),
                             ("after", recovered, ended)):
        count = sum(start < t <= end for t in good)
        print(f"{name} the blows: {count / (end - start):.0f} calls/s over {end - start:.0f} s")
    slowest = max((c.answered - c.asked for c in history.calls), default=0)
    print(f"the slowest answer came after {slowest:.1f} s")
    longest = max(silence for _, silence, _ in silences)
    claims.check(longest <= longest_silence, f"a call succeeded at least every {longest_silence} s",
                 f"{longest:.1f} s")


def judge_answers(history, blows, slowest_refusal, claims):
    strange = [(c.operation, c.status, c.body) for c in history.calls
               if c.status not in (*KNOWN, 503, 0) or c.status == 409 and c.operation not in LEASE_CALLS]
    claims.check(not strange, "a call is answered 200, 204, 409 or 503", some(strange))
    kills = [moment for moment, what in blows if what == "instance"]
    dropped = [(c.operation, c.body, c.asked) for c in history.calls if c.status == 0
               and not any(c.asked < kill + 30 and c.answered > kill for kill in kills)]
    claims.check(not dropped, "no call is left without an answer but by a process that was killed",
                 some(dropped))
    wrong = list(history.wrong_refusals(slowest_refusal))
    claims.check(not wrong, f"503 says CONNECT_FAILED, within {slowest_refusal} s", some(wrong))


def judge_jobs(history, stored, claims):
    accepted = {c.body["id"] for c in history.of("add_job", "add_uniq_job", statuses=(200,))}
    lost = accepted - set(stored)
    claims.check(not lost, f"no job that was accepted is lost, of {len(accepted)}", some(lost))
    unfinished = [id for id, job in stored.items() if not job["completed"]]
    claims.check(not unfinished, f"every job could be claimed and completed, of {len(stored)}",
                 some(unfinished))
    unknown = {c.arguments["new_job"]["ref_id"]
               for c in history.of("add_job", "add_uniq_job", statuses=(503, 0))}
    unexplained = [id for id in set(stored) - accepted if stored[id]["ref_id"] not in unknown]
    twice = [r for r, n in collections.Counter(job["ref_id"] for job in stored.values()).items() if n > 1]
    claims.check(not unexplained and not twice, "no add, sent again or not, made two jobs",
                 f"{len(stored) - len(accepted)} of unknown adds, {len(unexplained)} unexplained, "
                 f"twice {some(twice)}")
    told = collections.defaultdict(set)
    for call in history.of("add_uniq_job", statuses=(200,)):
        told[call.body["ref_id"]].add(call.body["id"])
    torn = [key for key, ids in told.items() if len(ids) > 1]
    claims.check(not torn, f"all adds of a unique job returned the same one, of {len(told)}", some(torn))
    starts = {job: len(leases) for job, leases in history.leases.items()}
    more = {id: job["retries"] - starts.get(id, 0) for id, job in stored.items()}
    unknown_starts = len(history.of("start_job_by_type", statuses=(503, 0)))
    claims.check(min(more.values()) >= 0 and sum(more.values()) <= unknown_starts,
                 "each claim counted once",
                 f"{sum(starts.values())} answered, {sum(more.values())} of {unknown_starts} unknown ones")

"""Numbers and dates beyond all bounds."""

import json

from claims import claim
from raw_http import Server, new_job
from verbatim import must_be_verbatim_or_refused

HUGE_NUMBERS = [
    b"1e400", b"-1e400", b"1e308", b"-1e308", b"1e-400", b"9223372036854775807",
    b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809", b"8640000000000001",
    b"253402300800000", b"99999999999999999999999999999999", b"1e99999999999999999999",
    b"0e99999999999999999999", b"9" * 100_000, b"0." + b"9" * 100_000,
]  # fmt: skip


@claim("huge numbers in params come back as they were, or get a 400")
def huge_params(server: Server) -> None:
    for number in HUGE_NUMBERS:
        must_be_verbatim_or_refused(server, number)
        must_be_verbatim_or_refused(server, b'{"a":[%s]}' % number)


@claim("a huge ttl gets a 400, or a job that can be started and is not cleaned away")
def huge_ttl(server: Server) -> None:
    for number in HUGE_NUMBERS:
        answer = server.post("add_job", new_job(ttl=number))
        if answer.status != 200:
            answer.error(400)
        elif not number.startswith(b"-"):
            job = answer.json()
            if number in (b"1e-400", b"0e99999999999999999999") or number.startswith(b"0."):
                continue  # a short life, or none at all
            assert job["execute_until"] is None or job["execute_until"] <= "9999-12-31T23:59:60Z"
            server.call("clean_jobs")
            assert server.call("get_job_by_id", job_id=job["id"]) == job, number
            assert server.call("start_job_by_id", job_id=job["id"], timeout=1000), number


@claim("a huge timeout gets a 400, or a lock that holds")
def huge_timeout(server: Server) -> None:
    for number in HUGE_NUMBERS:
        job = server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 0})
        start = b'{"job_id":"%s","timeout":%s}' % (job["id"].encode(), number)
        answer = server.post("start_job_by_id", start)
        if answer.status != 200:
            answer.error(400)
        elif not number.startswith(b"-") and answer.json()["locked_until"] > "2100":
            assert server.post("start_job_by_id", start).status == 204, number
            assert server.post("extend_job", start).json()["locked_until"] > "2100", number
            assert server.post("start_job_by_id", start).status == 204, number
        else:
            assert number.startswith((b"-", b"0")) or number == b"1e-400", f"{number}: {answer}"


@claim("huge numbers in filters and paging never give a 5xx")
def huge_elsewhere(server: Server) -> None:
    for number in HUGE_NUMBERS:
        for body in (
            b'{"paging":{"skip":N}}',
            b'{"paging":{"take":N}}',
            b'{"paging":{"skip":N,"take":N,"total":true}}',
            b'{"filter":{"retries":N,"min_retries":N,"created":N}}',
            b'{"filter":{"retries":"N","created_from":"N"}}',
        ):
            answer = server.post("get_jobs", body.replace(b"N", number))
            assert answer.status == 200 or answer.error(400), answer
        answer = server.post(
            "start_job_by_type", b'{"type":"x","timeout":1,"max_retries":%s}' % number
        )
        assert answer.status == 204 or answer.error(400), answer


@claim("dates out of this world in filters never give a 5xx")
def odd_dates(server: Server) -> None:
    for date in (
        "99999999-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "2020-02-30T00:00:00Z",
        "2020-01-01T99:99:99Z",
        "2020-01-01T00:00:60Z",
        "2020-01-01T00:00:00+99:99",
        "9999-12-31T23:59:59.999999999-23:59",
        "0000-01-01T00:00:00+23:59",
        "2020-01-01T00:00:00." + "9" * 100_000 + "Z",
        "２０２０-01-01T00:00:00Z",
        "2020-01-01T00:00:00\U0001f600",
    ):
        names = ("created", "started_from", "locked_to", "execute_from", "completed")
        answer = server.post(
            "get_jobs", json.dumps({"filter": dict.fromkeys(names, date)}).encode()
        )
        assert answer.status == 200 or answer.error(400), answer

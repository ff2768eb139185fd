"""Bodies that are no JSON, or JSON that means harm."""

import random

from claims import claim
from raw_http import Server, new_job, request
from verbatim import must_be_verbatim_or_refused

OPERATIONS = [
    "add_job", "add_uniq_job", "get_jobs", "get_job_by_id", "start_job_by_id", "start_job_by_type",
    "extend_job", "abort_job", "complete_job", "delete_job_by_id", "delete_jobs", "clean_jobs",
]  # fmt: skip

BROKEN_JSON = [
    b"{", b"}", b"[", b"[1,]", b'{"a"}', b'{"a":}', b'{"a":1,}', b'{"a":1}}', b'{"a":1} {}',
    b"{a:1}", b"{'a':1}", b"nul", b"NaN", b"-Infinity", b'{"a":01}', b'{"a":+1}', b'{"a":.5}',
    b'{"a":1.}', b'{"a":1e}', b'{"a":-}', b'{"a":"\\x41"}', b'{"a":"\\u12"}', b'{"a":"\\u12G4"}',
    b'{"a":"open', b'{"a":"\n"}', b'{"a":"\x00"}', b'{"a":1}\x00', b"\x00", b'{"a":/* no */1}',
    b"\xfe\xff\x00{\x00}",
]  # fmt: skip

BROKEN_UTF8 = [
    b"\xff", b"\x80", b"\xc3", b"\xc0\xaf", b"\xe0\x80\x80", b"\xe2\x82", b"\xed\xa0\x80",
    b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80",
]  # fmt: skip


def brackets(count: int) -> bytes:
    return b"[" * count + b"]" * count


def objects(count: int) -> bytes:
    return b'{"a":' * count + b"0" + b"}" * count


@claim("broken JSON gets a 400, whatever the operation, and nothing is done")
def broken_json(server: Server) -> None:
    job = server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 60_000})
    for body in BROKEN_JSON:
        for operation in ("delete_jobs", "clean_jobs", "get_jobs", "add_job"):
            error = server.post(operation, body).error(400)
            assert error["category"] == "BadRequest", error
    assert server.call("get_jobs")["data"] == [job]


@claim("broken UTF-8 gets a 400, in names as in values")
def broken_utf8(server: Server) -> None:
    for text in BROKEN_UTF8:
        for params in (b'"%s"' % text, b'{"%s":1}' % text, b'{"deep":[{"x":"a%sb"}]}' % text):
            server.post("add_job", new_job(params)).error(400)
        server.post("start_job_by_type", b'{"timeout":1,"type":"%s"}' % text).error(400)
        server.post("get_jobs", b'{"filter":{"type":"%s"}}' % text).error(400)
        server.post("delete_jobs", text).error(400)


@claim("lone surrogates get a 400")
def lone_surrogates(server: Server) -> None:
    for text in (rb"\ud800", rb"\udc00", rb"\ud800x", rb"\udc00\ud800", rb"\ud800\u0041"):
        server.post("add_job", new_job(b'"%s"' % text)).error(400)
        server.post("add_job", new_job(b'{"%s":1}' % text)).error(400)
        server.post("get_job_by_id", b'{"job_id":"%s"}' % text).error(400)


@claim("an escaped NUL comes back as it was, or gets a 400")
def escaped_nul(server: Server) -> None:
    for params in (rb'"\u0000"', rb'{"\u0000":"a\u0000b"}', rb'[{"a\u0000":{"\u0000":null}}]'):
        assert must_be_verbatim_or_refused(server, params)
    for operation, arguments in {
        "add_job": r'{"new_job":{"type":"a\u0000b","ref_id":"\u0000","ttl":0}}',
        "get_jobs": r'{"filter":{"type":"\u0000","\u0000":1,"created":"\u0000"}}',
        "get_job_by_id": r'{"job_id":"\u0000"}',
        "start_job_by_type": r'{"type":"\u0000","timeout":1}',
        "complete_job": r'{"job_id":"\u0000","lock_token":"\u0000"}',
    }.items():
        answer = server.post(operation, arguments.encode())
        assert answer.status in (200, 204) or answer.error(400), answer


@claim("params nested 100 and 990 deep come back as they were")
def deep_params(server: Server) -> None:
    for count in (100, 990):
        assert must_be_verbatim_or_refused(server, brackets(count)), count
    assert must_be_verbatim_or_refused(server, objects(100))
    must_be_verbatim_or_refused(server, brackets(1000))


@claim("deeper nesting gets a 400, up to 5,000,000 brackets")
def deep_nesting(server: Server) -> None:
    for count in (1001, 100_000, 500_000):
        server.post("add_job", new_job(brackets(count))).error(400)
        server.post("get_jobs", b'{"filter":%s}' % brackets(count)).error(400)
        server.post("delete_jobs", brackets(count)).error(400)
        server.post("delete_jobs", b"[" * count).error(400)
        server.post("delete_jobs", b'{"a":' * min(count, 200_000)).error(400)
    server.post("add_job", new_job(brackets(5_000_000))).error(400, 413)
    server.post("delete_jobs", b"[" * 5_000_000).error(400, 413)


@claim("no operation gives a 5xx for a body that is JSON of another shape")
def other_shapes(server: Server) -> None:
    values = ["null", "true", "0", "-1.5", '""', '"x"', "[]", "[[]]", "[null]", "{}", '{"a":1}']
    names = (
        "new_job", "filter", "paging", "job_id", "type", "timeout", "max_retries", "lock_token",
    )  # fmt: skip
    with server.connect() as connection:
        for operation in OPERATIONS:
            bodies = values + [f'{{"{name}":{value}}}' for name in names for value in values]
            bodies += [f'{{"new_job":{{"type":{value}}}}}' for value in values]
            bodies += [f'{{"paging":{{"take":{value}}}}}' for value in values]
            bodies += [f'{{"filter":{{"id":{value},"created":{value}}}}}' for value in values]
            for body in bodies:
                connection.send(request(operation, body.encode()))
                answer = connection.answer()
                assert answer.status in (200, 204) or answer.error(400), (operation, body, answer)


@claim("5,000 requests with random bytes changed get a 200, a 204 or a proper 400")
def mutations(server: Server) -> None:
    dice = random.Random(1)
    seeds = [
        ("add_job", new_job(rb'{"a":[1,2.5e3,"\u00e9",{"$date":"x"}],"b":null}')),
        ("start_job_by_type", b'{"type":"t","timeout":1000,"max_retries":3}'),
        (
            "get_jobs",
            b'{"filter":{"created_from":"2020-01-01T00:00:00.123Z","retries":"2"},'
            b'"paging":{"skip":0,"take":10,"total":true}}',
        ),
        ("complete_job", b'{"job_id":"0123456789abcdef","lock_token":"abc"}'),
    ]
    interesting = b'{}[]",:\\u0019.eE+-tfn\x00\x1f\x7f\x80\xc3\xed\xf4\xff '
    with server.connect() as connection:
        for _ in range(5000):
            operation, seed = dice.choice(seeds)
            body = bytearray(seed)
            for _ in range(dice.randint(1, 4)):
                at = dice.randrange(len(body))
                match dice.randrange(3):
                    case 0:
                        body[at] = dice.choice(interesting)
                    case 1:
                        del body[at : at + dice.randint(1, 4)]
                    case _:
                        body[at:at] = bytes([dice.choice(interesting)])
            connection.send(request(operation, bytes(body)))
            answer = connection.answer()
            assert answer.status in (200, 204) or answer.error(400), (bytes(body), answer)
            if answer.status == 200:
                answer.json()

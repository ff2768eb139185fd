"""Requests that are no HTTP, or HTTP seldom seen."""

from claims import claim
from raw_http import Disconnected, Server, head, request

JSON = ("Host: jobs", "Content-Type: application/json")


def must_refuse(server: Server, data: bytes, *statuses: int) -> None:
    """Checks for a proper error answer, after which the server closes the connection."""
    try:
        with server.connect() as connection:
            connection.send_unless_answered(data)
            connection.answer().error(*(statuses or (400,)))
            assert connection.is_closed(), "the connection stayed open"
    except (Disconnected, TimeoutError, AssertionError) as error:
        raise AssertionError(f"{data[:120]!r}: {error!r}") from error


@claim("garbage instead of HTTP gets a 400 and the connection is closed")
def garbage(server: Server) -> None:
    for data in (
        b"\x00" * 100,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"HELLO\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /heartbeat\r\n\r\n",
        b"GET /heartbeat HTTP/9\r\n\r\n",
        b"GET /heartbeat HTTP/1.1.1\r\n\r\n",
        b"GET /heart beat HTTP/1.1\r\nHost: jobs\r\n\r\n",
        b"GET  HTTP/1.1\r\nHost: jobs\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"{}\r\n\r\n",
        b"\xff\xfe\xfd\r\n\r\n",
        b"A" * 100_000,
        b"POST /\x00 HTTP/1.1\r\nHost: jobs\r\n\r\n",
    ):
        must_refuse(server, data, 400, 505)
    server.must_serve()


@claim("broken headers get a 400")
def broken_headers(server: Server) -> None:
    for line in (
        "X\x00Y: z", "X: a\x00b", "X: a\rb", "no colon", ": no name", "X : blank before the colon",
        "X(Y): z", "\xe9: z", "Content-Length: -1", "Content-Length: abc", "Content-Length: 1 2",
        "Content-Length: 1, 2", "Content-Length: 0x2", "Content-Length: +2", "Content-Length: ",
    ):  # fmt: skip
        must_refuse(server, head("POST /v1/jobs/delete_jobs HTTP/1.1", *JSON, line) + b"{}")


@claim("two lengths that differ get a 400, and so does a length beside chunks")
def conflicting_lengths(server: Server) -> None:
    job = server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 60_000})
    line = "POST /v1/jobs/delete_jobs HTTP/1.1"
    two = head(line, *JSON, "Content-Length: 2", "Content-Length: 3")
    must_refuse(server, two + b"{} ")
    smuggled = request("delete_jobs")
    for lines in (
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        (f"Content-Length: {5 + len(smuggled)}", "Transfer-Encoding: chunked"),
    ):
        must_refuse(server, head(line, *JSON, *lines) + b"0\r\n\r\n" + smuggled)
    server.must_keep(job)


@claim("unknown transfer encodings get a 4xx or 501, and nothing is done")
def transfer_encodings(server: Server) -> None:
    job = server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 60_000})
    for coding in (
        "identity", "xchunked", "chunked, gzip", "gzip", "chunked, identity", "\x0bchunked",
    ):  # fmt: skip
        line = f"Transfer-Encoding: {coding}"
        data = head("POST /v1/jobs/delete_jobs HTTP/1.1", *JSON, line) + b"2\r\n{}\r\n0\r\n\r\n"
        must_refuse(server, data, 400, 501)
    server.must_keep(job)


@claim("wrong chunks get a 400, and nothing is done")
def wrong_chunks(server: Server) -> None:
    job = server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 60_000})
    opening = head("POST /v1/jobs/delete_jobs HTTP/1.1", *JSON, "Transfer-Encoding: chunked")
    for chunks in (
        b"ZZ\r\n{}\r\n0\r\n\r\n",
        b"-2\r\n{}\r\n0\r\n\r\n",
        b"0x2\r\n{}\r\n0\r\n\r\n",
        b"\r\n{}\r\n0\r\n\r\n",
        b"1\r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}0\r\n\r\n",
        b"2 2\r\n{}\r\n0\r\n\r\n",
        b"FFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        b"2\n{}\n0\n\n",
        b"2\r\n{}\r\n0\r\nno colon\r\n\r\n",
    ):
        must_refuse(server, opening + chunks)
    server.must_keep(job)


@claim("very long URLs and headers get an answer")
def long_heads(server: Server) -> None:
    for size in (8_000, 60_000):
        path = f"POST /v1/jobs/{'x' * size} HTTP/1.1"
        server.send(head(path, *JSON, "Content-Length: 0")).error(404, 414, 431, 400)
        line = f"POST /v1/jobs/get_jobs?correlation_id={'x' * size} HTTP/1.1"
        answer = server.send(head(line, *JSON, "Content-Length: 0"))
        assert answer.status == 200 or answer.error(400, 414, 431)
    assert server.post("get_jobs", b"{}", "X: " + "y" * 7_000).status == 200
    for lines in (
        ["X: " + "y" * 100_000],
        ["X: " + "y" * 5_000_000],
        ["X: y"] * 100_000,
        [f"X{n}: {n}" for n in range(5_000)],
        ["X" * 1_000_000 + ": y"],
    ):
        must_refuse(server, request("get_jobs", b"{}", *lines), 400, 431)
    must_refuse(server, b"POST /" + b"x" * 5_000_000 + b" HTTP/1.1\r\n\r\n", 400, 414, 431)
    server.must_serve()


@claim("other methods get a 405, unknown ones a 4xx or 501")
def methods(server: Server) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "TRACE"):
        answer = server.send(head(f"{method} /v1/jobs/delete_jobs HTTP/1.1", "Host: jobs"))
        answer.error(405, 404)
        assert answer.status == 404 or answer.headers["allow"] == "POST", answer
    for method in ("FOO", "post", "POSTPOST", "P\xd6ST", "M-SEARCH", "PROPFIND", "SOURCE"):
        data = head(f"{method} /v1/jobs/delete_jobs HTTP/1.1", "Host: jobs")
        server.send(data).error(400, 404, 405, 501)
    server.send(head("CONNECT jobs:80 HTTP/1.1", "Host: jobs:80")).error(400, 404, 405, 501)
    server.must_serve()


@claim("odd request targets get a 4xx")
def odd_targets(server: Server) -> None:
    for target in (
        "/", "//", "/v1/jobs", "/v1/jobs/", "/v1/jobs/get_jobs/", "//v1/jobs/get_jobs",
        "/V1/JOBS/get_jobs", "/v1/jobs/../../etc/passwd", "/v1/jobs/get_jobs%00", "/%", "/%zz",
        "/%ff%fe", "/v1/jobs/%ed%a0%80", '/"<>\\^`{|}', "http://", "http:///", "*", "jobs", "?",
        "http://[::1", "/" + "../" * 1000,
    ):  # fmt: skip
        data = head(f"POST {target} HTTP/1.1", *JSON, "Content-Length: 0")
        server.send(data).error(400, 404, 405)


@claim("broken percent escapes in the query do no harm")
def broken_escapes(server: Server) -> None:
    for query in (
        "%", "%z", "%zz", "%ff", "%00", "%ed%a0%80", "a%", "%%%", "+", "&&&==", "%22", "%F0%9F",
    ):  # fmt: skip
        for text in (query, f"correlation_id={query}", f"{query}={query}&correlation_id=a"):
            line = f"POST /v1/jobs/get_jobs?{text} HTTP/1.1"
            answer = server.send(head(line, *JSON, "Content-Length: 0"))
            assert answer.status == 200, (text, answer)
            line = f"POST /v1/jobs/add_job?{text} HTTP/1.1"
            server.send(head(line, *JSON, "Content-Length: 0")).error(400)


@claim("correlation ids of any bytes leave the error body valid")
def odd_correlation_ids(server: Server) -> None:
    for value in ("\xff\xfe", "\xc3\xa9", "\xed\xa0\x80", '"\\', "\t", "a" * 5000):
        server.post("add_job", b"{}", f"correlation_id: {value}").error(400)
    error = server.post("add_job", b"{}", "correlation_id: \xc3\xa9").error(400)
    assert error["correlation_id"] == "\u00e9", error
    error = server.send(
        request("add_job").replace(b"add_job ", b"add_job?correlation_id=%C3%A9%20%22+x ")
    ).error(400)
    assert error["correlation_id"] == '\u00e9 " x', error

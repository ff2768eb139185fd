"""HTTP that is seldom seen, but right."""

import gzip

from bad_http import JSON
from claims import claim
from raw_http import Server, head, new_job, request


@claim("chunks with extensions and trailers are read")
def odd_chunks(server: Server) -> None:
    opening = head("POST /v1/jobs/get_jobs HTTP/1.1", *JSON, "Transfer-Encoding: Chunked")
    for chunks in (b"0\r\n\r\n", b"2;a=b\r\n{}\r\n0\r\n\r\n", b"02\r\n{}\r\n00\r\nX: y\r\n\r\n"):
        answer = server.send(opening + chunks)
        assert answer.status == 200, (chunks, answer)


@claim("HTTP/1.0 connections are closed, or kept if asked")
def http_1_0(server: Server) -> None:
    line, length = "POST /v1/jobs/get_jobs HTTP/1.0", "Content-Length: 2"
    with server.connect() as connection:
        connection.send(head(line, JSON[1], length) + b"{}")
        assert connection.answer().status == 200
        assert connection.is_closed()
    with server.connect() as connection:
        for _ in range(3):
            connection.send(head(line, JSON[1], length, "Connection: keep-alive") + b"{}")
            answer = connection.answer()
            assert answer.status == 200
            assert answer.headers["connection"].lower() == "keep-alive", answer
            assert "transfer-encoding" not in answer.headers, answer
        connection.send(head("POST /v1/jobs/nothing HTTP/1.0", length) + b"{}")
        connection.answer().error(404)
        assert connection.is_closed()


@claim("`Connection: close` is kept to")
def connection_close(server: Server) -> None:
    for value in ("close", "Close", "x, close"):
        with server.connect() as connection:
            connection.send(request("get_jobs", b"{}", f"Connection: {value}"))
            answer = connection.answer()
            assert answer.status == 200 and answer.headers["connection"] == "close", answer
            assert connection.is_closed()


@claim("`Expect: 100-continue` is answered before the body is sent")
def expect_continue(server: Server) -> None:
    body = new_job()
    data = request("add_job", body, "Expect: 100-continue")
    with server.connect() as connection:
        for _ in range(2):
            connection.send(data[: -len(body)])
            assert connection.any_answer().status == 100
            connection.send(body)
            assert connection.answer().status == 200


@claim("an expectation that nobody knows, or on a request too large, is answered at once")
def expect_otherwise(server: Server) -> None:
    answer = server.post("get_jobs", b"{}", "Expect: 200-ok")
    assert answer.status == 200 or answer.error(417)
    data = request("add_job", b"", "Expect: 100-continue").replace(b": 0\r", b": 100000000\r")
    with server.connect() as connection:
        connection.send(data)
        answer = connection.any_answer()
        assert answer.status == 100 or answer.error(413, 417)


@claim("answers are compressed only for those who ask")
def compressed_answers(server: Server) -> None:
    server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 0, "params": "x" * 5000})
    plain = server.post("get_jobs").json()
    accepted = (
        "gzip", "GZIP", "gzip, deflate", "br;q=1, gzip;q=0.5", "deflate, gzip;q=1.0, *;q=0.5",
    )  # fmt: skip
    for value in accepted:
        answer = server.post("get_jobs", b"{}", f"Accept-Encoding: {value}")
        assert answer.headers.get("content-encoding") == "gzip", (value, answer.headers)
        assert answer.json() == plain, value
    refused = (
        "", "identity", "br", "gzip;q=0", "gzip;q=0.0", "gzip ; q=0", "x", ";;;,,,", "gzipx",
        "identity, gzip;q=0, *;q=0",
    )  # fmt: skip
    for value in refused:
        answer = server.post("get_jobs", b"{}", f"Accept-Encoding: {value}")
        assert "content-encoding" not in answer.headers, (value, answer.headers)
        assert answer.json() == plain, value
    for value in ("*", "deflate", "deflate, br"):
        assert server.post("get_jobs", b"{}", f"Accept-Encoding: {value}").json() == plain, value
    error = server.post("no_such", b"{}", "Accept-Encoding: gzip").error(404)
    assert error["code"], error
    assert server.post("delete_jobs", b"{}", "Accept-Encoding: gzip").status == 204


@claim("HEAD has no body, whatever the path")
def head_requests(server: Server) -> None:
    for path in ("/heartbeat", "/v1/jobs/get_jobs", "/nothing"):
        with server.connect() as connection:
            for _ in range(2):
                connection.send(head(f"HEAD {path} HTTP/1.1", "Host: jobs"))
                answer = connection.answer("HEAD")
                assert answer.status in (200, 404, 405), answer
            connection.send(head("GET /heartbeat HTTP/1.1", "Host: jobs", "Connection: close"))
            assert connection.answer().status == 200
            assert connection.is_closed()


@claim("browsers' preflights are answered, other OPTIONS requests get an answer")
def options_requests(server: Server) -> None:
    answer = server.send(
        head(
            "OPTIONS /v1/jobs/add_job HTTP/1.1",
            "Host: jobs",
            "Origin: http://a.example",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: content-type, correlation_id",
        )
    )
    assert answer.status in (200, 204), answer
    assert answer.headers["access-control-allow-origin"] in ("*", "http://a.example"), answer
    assert "POST" in answer.headers["access-control-allow-methods"], answer
    assert "correlation_id" in answer.headers["access-control-allow-headers"], answer
    for origin in ("http://b.example", "null", "https://a.example"):
        lines = ("Host: jobs", f"Origin: {origin}", "Content-Length: 0")
        for line in ("OPTIONS /v1/jobs/delete_jobs HTTP/1.1", "POST /v1/jobs/delete_jobs HTTP/1.1"):
            error = server.send(head(line, *lines)).error(403)
            assert "cors_origins" in error["message"], error
    for target in ("/v1/jobs/add_job", "/nothing", "*"):
        answer = server.send(head(f"OPTIONS {target} HTTP/1.1", "Host: jobs"))
        assert answer.status in (200, 204) or answer.error(400, 404, 405), answer


@claim("an upgrade that is asked for is not made; the request is served, and so are later ones")
def upgrades(server: Server) -> None:
    for protocol in ("websocket", "h2c", "TLS/1.0"):
        lines = (
            "Connection: Upgrade, HTTP2-Settings",
            f"Upgrade: {protocol}",
            "HTTP2-Settings: AAMAAABk",
        )
        with server.connect() as connection:
            connection.send(request("add_job", new_job(b"[1]"), *lines))
            answer = connection.answer()
            assert answer.json()["params"] == [1], (protocol, answer)
            if answer.headers.get("connection") == "close":
                assert connection.is_closed(), protocol
            else:
                connection.send(request("get_jobs"))
                assert connection.answer().status == 200, protocol


@claim("request targets in absolute form are served")
def absolute_form(server: Server) -> None:
    for host in ("jobs", f"{server.host}:{server.port}"):
        line = f"POST http://{host}/v1/jobs/get_jobs?correlation_id=1 HTTP/1.1"
        answer = server.send(head(line, f"Host: {host}", JSON[1], "Content-Length: 2") + b"{}")
        assert answer.status == 200, (line, answer)


@claim("a body under another content type is read as JSON, and one that is none is refused")
def content_types(server: Server) -> None:
    for value in (
        "text/plain", "", "application/json5", "\xff", "application/x-www-form-urlencoded",
    ):  # fmt: skip
        data = request("add_job", new_job()).replace(b"application/json", value.encode("latin-1"))
        assert server.send(data).status == 200, value
        data = request("add_job", b"a=b").replace(b"application/json", value.encode("latin-1"))
        error = server.send(data).error(400)
        assert "Content-Type" in error["message"], error
    for value in (b"application/json; charset=utf-8", b"APPLICATION/JSON", b"application/json;"):
        data = request("add_job", new_job()).replace(b"application/json", value)
        assert server.send(data).status == 200, value


@claim("empty lines before a request are passed over")
def empty_lines(server: Server) -> None:
    assert server.send(b"\r\n\r\n" + request("get_jobs")).status == 200


@claim("a gzipped body and a gzipped answer go together")
def gzip_both_ways(server: Server) -> None:
    body = gzip.compress(b'{"paging":{"total":true}}')
    answer = server.post("get_jobs", body, "Content-Encoding: gzip", "Accept-Encoding: gzip")
    assert answer.json() == {"data": [], "total": 0}, answer

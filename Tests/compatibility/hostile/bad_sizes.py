"""Bodies that are large, or grow large."""

import gzip
import zlib
from contextlib import suppress

from claims import claim
from raw_http import Server, head, new_job, request

MIB = 1 << 20
BIG = 100_000_000


def sized(size: int) -> bytes:
    """An add_job of exactly so many bytes."""
    padding = size - len(new_job(b'""'))
    return new_job(b'"' + b"x" * padding + b'"')


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED_HEAD = head(
    "POST /v1/jobs/add_job HTTP/1.1",
    "Host: jobs",
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
)


@claim("a body of 1 MiB is taken, and its params come back whole")
def one_mebibyte(server: Server) -> None:
    for size in (MIB - 1, MIB):
        answer = server.post("add_job", sized(size))
        assert answer.status == 200, f"{size}: {answer.status} {answer.body[:300]!r}"
        assert len(answer.json()["params"]) == size - len(new_job(b'""'))


@claim("a body of 1 MiB is taken in chunks, small ones too")
def one_mebibyte_in_chunks(server: Server) -> None:
    body = sized(MIB)
    for size in (MIB, 1000, 7):
        chunks = b"".join(chunk(body[at : at + size]) for at in range(0, MIB, size))
        answer = server.send(CHUNKED_HEAD + chunks + b"0\r\n\r\n")
        assert answer.status == 200, f"{size}: {answer.status} {answer.body[:300]!r}"


@claim("a body over 1 MiB gets a 413, and the next request on the connection is served")
def over_one_mebibyte(server: Server) -> None:
    body = sized(MIB + 1)
    for data in (request("add_job", body), CHUNKED_HEAD + chunk(body) + b"0\r\n\r\n"):
        with server.connect() as connection:
            connection.send(data)
            answer = connection.answer()
            answer.error(413)
            if answer.headers.get("connection") != "close":
                connection.send(request("get_jobs"))
                assert connection.answer().json()["data"] == []


@claim("a body of 100 MB gets a 413, and others are served meanwhile")
def hundred_megabytes(server: Server) -> None:
    sized_head = request("add_job", b"").replace(b": 0\r", b": %d\r" % BIG)
    for opening, part in ((sized_head, b"[" * MIB), (CHUNKED_HEAD, chunk(b"[" * MIB))):
        with server.connect() as connection:
            connection.send(opening)
            for n in range(BIG // MIB + 1):
                connection.send_unless_answered(part)
                if n == 50:
                    server.must_serve()
            connection.answer().error(413)


@claim("a body without end is cut off")
def endless_body(server: Server) -> None:
    part = chunk(b"[" * MIB)
    with server.connect() as connection:
        connection.send(CHUNKED_HEAD)
        with suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(1000):
                connection.socket.sendall(part)
            raise AssertionError("the server has read 1000 MiB")


@claim("a length beyond all bounds gets a 4xx")
def absurd_lengths(server: Server) -> None:
    for length in (10**12, 2**63 - 1, 2**63, 2**64, 10**40):
        data = request("add_job").replace(b"Content-Length: 2", b"Content-Length: %d" % length)
        server.send(data).error(400, 413)


@claim("compressed bodies are read")
def compressed_bodies(server: Server) -> None:
    plain = new_job(b'{"a":[1,2,3]}')
    deflate = zlib.compress(plain)
    for name, body in (
        ("gzip", gzip.compress(plain)),
        ("GZIP", gzip.compress(plain)),
        ("deflate", deflate),
        ("identity", plain),
    ):
        answer = server.post("add_job", body, f"Content-Encoding: {name}")
        assert answer.status == 200, f"{name}: {answer}"
        assert answer.json()["params"] == {"a": [1, 2, 3]}
    data = gzip.compress(plain)
    answer = server.send(
        CHUNKED_HEAD[:-2]
        + b"Content-Encoding: gzip\r\n\r\n"
        + b"".join(chunk(data[at : at + 1]) for at in range(len(data)))
        + b"0\r\n\r\n"
    )
    assert answer.status == 200, answer


@claim("bodies that are no gzip, cut gzip or of an unknown encoding get a 4xx, and nothing is done")
def broken_compression(server: Server) -> None:
    job = server.call("add_job", new_job={"type": "t", "ref_id": "r", "ttl": 60_000})
    whole = gzip.compress(b"{}" + b" " * 1000)
    for name, body in (
        ("gzip", b"{}"),
        ("gzip", b"\x1f\x8b"),
        ("gzip", whole[:10]),
        ("gzip", whole[: len(whole) // 2]),
        ("gzip", whole[:-8] + b"\x00" * 8),
        ("gzip", whole[:15] + b"\xff\xff" + whole[17:]),
        ("deflate", b"{}"),
        ("br", b"\x0b\x01\x80{}\x03"),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("gzip, gzip", gzip.compress(whole)),
        ("nonsense", b"\x01\x02"),
    ):
        answer = server.post("delete_jobs", body, f"Content-Encoding: {name}")
        answer.error(400, 413, 415)
    server.must_keep(job)


@claim("a gzip bomb gets a 4xx and costs no memory")
def gzip_bomb(server: Server) -> None:
    before = server.memory()
    for size in (20, 200):
        packer = zlib.compressobj(9, wbits=31)
        bomb = b"".join(packer.compress(b" " * MIB) for _ in range(size)) + packer.flush()
        server.post("add_job", bomb, "Content-Encoding: gzip").error(400, 413)
    assert server.memory() < before + 200, f"{before} MiB before, {server.memory()} MiB after"
    server.must_serve()

"""Serves the pages from their folder in front of a running program, so that a change needs no build but a reload.

    python3 Tests/dashboard/serve_pages.py [PORT [PROGRAM]]    8081, and http://127.0.0.1:8080

Everything else is passed on to the program. The pages have the policy that the program gives them.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

PAGES = Path(__file__).resolve().parents[2] / "Sources/Dashboard/Pages"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    program = ""
    policy = ""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        file = PAGES / (path.removeprefix("/ui/") or "index.html")
        if path.startswith("/ui/") and file.parent == PAGES and file.is_file():
            return self.send_page(file)
        return self.pass_on()

    def do_POST(self) -> None:
        self.pass_on()

    def send_page(self, file: Path) -> None:
        data = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", f"{TYPES[file.suffix]}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", self.policy)
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.wfile.write(data)

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
        self.close_connection = True  # the end of an answer of unknown length, such as a stream
        with contextlib.closing(http.client.HTTPConnection(urlsplit(self.program).netloc)) as connection:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "keep-alive", "date"):
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            while data := answer.read1():
                self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def main(port: int = 8081, program: str = "http://127.0.0.1:8080") -> None:
    Handler.program = program
    with urllib.request.urlopen(f"{program}/ui/") as answer:
        Handler.policy = answer.headers["Content-Security-Policy"]
    print(f"http://127.0.0.1:{port}/ui/ shows {PAGES}")
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(*[int(sys.argv[1])] if len(sys.argv) > 1 else [], *sys.argv[2:])

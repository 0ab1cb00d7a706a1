"""Serves the sample site on loopback, as a whole host: robots.txt, validators, and every page of it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.demo_site.content import COLUMN, FEED, Content

SHANGHAI = ZoneInfo("Asia/Shanghai")


@contextmanager
def serve(today: date | None = None) -> Iterator[str]:
    """Serves the site on a free port of loopback and gives its base address; `today` is what its dates count from."""
    content = Content(today or datetime.now(SHANGHAI).date())

    class Bound(_Handler):
        pages = content

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sources(base: str) -> str:
    """A sources.yaml whose column and feed are the sample site's."""
    bases = f'{{www.miit.gov.cn: "{base}", mp.weixin.qq.com: "{base}"}}'
    entries = (
        ("demo-column", "unit", f"https://www.miit.gov.cn{COLUMN}"),
        ("demo-feed", "feed", f"{base}{FEED}"),
    )
    return "".join(
        f"- name: {name}\n  kind: {kind}\n  url: {url}\n  every: 30m\n  delay: 0\n  bases: {bases}\n"
        for name, kind, url in entries
    )


class _Handler(BaseHTTPRequestHandler):
    pages: Content
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = self.pages.answer(self.path)
        if answer is None:
            self._send(404, b"", "text/plain", "")
            return
        etag = f'"{hashlib.md5(answer.body, usedforsecurity=False).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            self._send(304, b"", answer.kind, etag)
        else:
            self._send(200, answer.body, answer.kind, etag)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the demo's output belongs to what it found."""

    def _send(self, status: int, body: bytes, kind: str, etag: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if etag:
            self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

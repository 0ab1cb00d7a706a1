"""A site on loopback that misbehaves on request, and remembers when it was asked for what."""

import gzip
import random
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SIZE = 20  # rows of a page of the list
LIST = "/list"
KINDS = (
    *("plain", "plain", "plain", "plain", "plain", "plain", "plain", "plain", "etag", "charset"),
    *("forbidden", "busy", "wall", "silent", "slow", "huge", "bomb", "private", "file", "empty", "cut", "layout"),
    *("moved", "gone", "third"),
)
VERIFY = "<html><script>document.cookie='a=1';location.reload()</script></html>"


@dataclass
class BadSite:
    """Articles by number, each of a kind; `plain` makes trouble rarer, `calm` ends it."""

    number: int
    seed: int
    calm: bool = False
    grows: bool = False
    plain: int = 0  # kinds more that are no trouble
    base: str = ""
    kinds: dict[int, str] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    spans: list[tuple[float, float, str]] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    walls: list[tuple[float, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        kinds = (*KINDS, *["plain"] * self.plain)
        self.kinds = {one: chance.choice(kinds) for one in range(self.number)}
        self.order = list(range(self.number))
        for start in range(0, self.number, SIZE + SIZE // 2):  # not strictly by date
            part = self.order[start : start + SIZE + SIZE // 2]
            chance.shuffle(part)
            self.order[start : start + SIZE + SIZE // 2] = part

    def grow(self) -> None:
        """An item appears on top while somebody pages."""
        one = len(self.kinds)
        self.kinds[one] = "plain"
        self.order.insert(0, one)


def article(number: int, layout: str = "article") -> str:
    """An article that no other one resembles."""
    chance = random.Random(number)
    words = ["数据", "网络", "终端", "平台", "评估", "备案", "登记", "核查", "责任", "措施", "期限", "记录", "目录"]
    texts = ["".join(chance.choice(words) + str(chance.randrange(9999)) for _ in range(9)) for _ in range(8)]
    lines = "".join(f"<p>第{number}号之{line}：{text}。</p>" for line, text in enumerate(texts))
    return f"<html><h1>第{number}号通知</h1><{layout}>{lines}</{layout}></html>"


def listing(site: BadSite, number: int) -> str:
    """A page of the list; the selectors of a source of kind `page` read it."""
    rows = site.order[(number - 1) * SIZE : number * SIZE]
    items = "".join(f'<li><a href="/a/{one}">第{one}号通知</a><span>2026-11-0{one % 9 + 1}</span></li>' for one in rows)
    more = f'<a class="next" href="{LIST}?page={number + 1}">下一页</a>' if number * SIZE < len(site.order) else ""
    return f'<html><ul class="rows">{items}</ul>{more}</html>'


class Handler(BaseHTTPRequestHandler):
    site: BadSite
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site = self.site
        with site.lock:
            site.asked.append((time.monotonic(), self.path))
            site.counted[self.path] += 1
        began = time.monotonic()
        try:
            self._answer(urlsplit(self.path))
        except (BrokenPipeError, ConnectionResetError):
            pass
        finally:
            with site.lock:
                site.spans.append((began, time.monotonic(), self.path))

    def _answer(self, address: Any) -> None:
        site = self.site
        if address.path == LIST:
            page = int(parse_qs(address.query).get("page", ["1"])[0])
            body = listing(site, page)
            if site.grows and not site.calm and page % 3 == 0:
                with site.lock:
                    site.grow()
            return self.send(200, body)
        if address.path.startswith("/m/"):
            return self.send(200, article(int(address.path[3:])))
        if not address.path.startswith("/a/"):
            return self.send(404, "")
        number = int(address.path[3:])
        kind = "plain" if site.calm else site.kinds[number]
        return getattr(self, f"as_{kind}")(number)

    def as_plain(self, number: int) -> None:
        self.send(200, article(number))

    def as_etag(self, number: int) -> None:
        mark = f'"{number}"'
        if self.headers.get("If-None-Match") == mark:
            return self.send(304, "", ETag=mark)
        return self.send(200, article(number), ETag=mark)

    def as_charset(self, number: int) -> None:
        self.send(200, article(number).encode("gb18030"), Content_Type="text/html; charset=utf-8")

    def as_forbidden(self, number: int) -> None:
        self.wall(403, "x")

    def as_busy(self, number: int) -> None:
        self.wall(429, "x", Retry_After="1")

    def as_wall(self, number: int) -> None:
        self.wall(521, "x")

    def as_third(self, number: int) -> None:
        """A verification page for every third request."""
        if len(self.site.asked) % 3:
            return self.as_plain(number)
        return self.wall(200, VERIFY)

    def as_silent(self, number: int) -> None:
        self.pause_until_gone()

    def as_slow(self, number: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def as_huge(self, number: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(50):
            self.wfile.write(b"x" * 1_000_000)

    def as_bomb(self, number: int) -> None:
        self.send(200, gzip.compress(b" " * 60_000_000), Content_Encoding="gzip")

    def as_private(self, number: int) -> None:
        self.send(302, "", Location="http://127.0.0.1:22/secret")

    def as_file(self, number: int) -> None:
        self.send(302, "", Location="file:///etc/hostname")

    def as_empty(self, number: int) -> None:
        self.send(200, "")

    def as_cut(self, number: int) -> None:
        self.close_connection = True
        self.connection.close()

    def as_layout(self, number: int) -> None:
        self.send(200, article(number, "section").replace("h1", "b"))

    def as_moved(self, number: int) -> None:
        self.send(301, "", Location=f"/m/{number}")

    def as_gone(self, number: int) -> None:
        self.send(404, "x")

    def wall(self, status: int, body: str, **headers: str) -> None:
        with self.site.lock:
            self.site.walls.append((time.monotonic(), self.path))
        self.send(status, body, **headers)

    def pause_until_gone(self) -> None:
        self.connection.settimeout(120)
        with suppress(TimeoutError, OSError):
            self.connection.recv(1)
        self.close_connection = True

    def send(self, status: int, body: str | bytes, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Type": "text/html; charset=utf-8", **given}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def serving(site: BadSite, context: ssl.SSLContext | None = None, port: int = 0) -> Iterator[BadSite]:
    """Serves the site on loopback, over TLS where a context is given."""

    class Bound(Handler):
        pass

    Bound.site = site

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients hang up: that is what they are here for."""

    server = Server(("127.0.0.1", port), Bound)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.base = f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Receivers on loopback that behave like the platforms: their checks, their limits, their errors inside a 200."""

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "SECb7c1c6d6a0b94d7c8f6d"
KEY = "0e2f5b1c-8d4e-4b1a-9f0a-3f2d1c0b9a88"


@dataclass
class Platform:
    """A robot's platform; `clock` is its own time in seconds, `broken` answers are given before any check."""

    kind: str
    base: str = ""
    clock: Callable[[], float] = time.time
    secret: str = ""
    broken: list[tuple[int, bytes]] = field(default_factory=list)
    hang: threading.Event | None = None
    taken: list[dict[str, Any]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        paths = {
            "wecom": f"/cgi-bin/webhook/send?key={KEY}",
            "dingtalk": f"/robot/send?access_token={KEY}",
            "feishu": f"/open-apis/bot/v2/hook/{KEY}",
            "serverchan": f"/{KEY}.send",
        }
        return self.base + paths[self.kind]

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        with self.lock:
            now = self.clock()
            self.posts.append(now)
            self.sizes.append(len(body))
            if self.broken:
                return self.broken.pop(0)
            said = getattr(self, f"_{self.kind}")(path, body, now)
            if self.kind == "serverchan":
                return 200, json.dumps(said).encode()
            return 200, json.dumps(said, ensure_ascii=False).encode()

    def texts(self) -> list[str]:
        """What a person would have read, message by message."""
        return [_text(self.kind, one) for one in self.taken]

    def busiest(self, span: float) -> int:
        """The most posts that came within so many seconds."""
        return max((sum(1 for at in self.posts if at0 <= at < at0 + span) for at0 in self.posts), default=0)

    def _over(self, now: float, most: int, span: float) -> bool:
        return sum(1 for at in self.posts if now - span < at <= now) > most

    def _wecom(self, path: str, body: bytes, now: float) -> dict[str, Any]:
        if parse_qs(urlsplit(path).query).get("key") != [KEY]:
            return {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1700000000], more info at platform"}
        if self._over(now, 20, 60):
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        value = json.loads(body)
        if value.get("msgtype") != "markdown":
            return {"errcode": 40008, "errmsg": "invalid message type"}
        if len(value["markdown"]["content"].encode()) > 4096:
            return {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
        self.taken.append(value)
        return {"errcode": 0, "errmsg": "ok"}

    def _dingtalk(self, path: str, body: bytes, now: float) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if asked.get("access_token") != KEY:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        if self.secret:
            text = f"{asked.get('timestamp')}\n{self.secret}"
            right = base64.b64encode(hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).digest()).decode()
            if asked.get("sign") != right or abs(int(asked["timestamp"]) / 1000 - now) > 3600:
                return {"errcode": 310000, "errmsg": "sign not match, more: [https://open.example/doc]"}
        if self._over(now, 20, 60):
            return {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        if len(body) > 20_000:
            return {"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"}
        value = json.loads(body)
        if value.get("msgtype") != "markdown" or not value["markdown"]["title"] or not value["markdown"]["text"]:
            return {"errcode": 400105, "errmsg": "unsupported message type"}
        self.taken.append(value)
        return {"errcode": 0, "errmsg": "ok"}

    def _feishu(self, path: str, body: bytes, now: float) -> dict[str, Any]:
        if not path.endswith(KEY):
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        value = json.loads(body)
        if self.secret:
            key = f"{value.get('timestamp')}\n{self.secret}".encode()
            right = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
            if value.get("sign") != right or abs(int(value["timestamp"]) - now) > 3600:
                return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        if self._over(now, 5, 1) or self._over(now, 100, 60):
            return {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"}
        if len(body) > 20 * 1024:
            return {"code": 9499, "msg": "Bad Request", "data": {}}
        if value.get("msg_type") != "post":
            return {"code": 19002, "msg": "params error, msg_type need"}
        for line in next(iter(value["content"]["post"].values()))["content"]:
            for part in line:
                if not (part["tag"] == "text" or (part["tag"] == "a" and part["href"].startswith("http"))):
                    return {"code": 9499, "msg": "Bad Request", "data": {}}
        self.taken.append(value)
        return {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}

    def _serverchan(self, path: str, body: bytes, now: float) -> dict[str, Any]:
        if path != f"/{KEY}.send":
            return {"code": 40001, "message": "[AUTH]用户不存在或者权限不足", "data": {}}
        value = json.loads(body)
        if not value.get("title") or len(value["title"]) > 32 or len(value["desp"].encode()) > 32 * 1024:
            return {"code": 20001, "message": "参数错误"}
        self.taken.append(value)
        return {"code": 0, "message": "", "data": {"pushid": "1", "errno": 0, "error": "SUCCESS"}}


@contextmanager
def platform(kind: str, **given: Any) -> Iterator[Platform]:
    """A running platform."""
    one = Platform(kind, **given)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = one.answer(self.path, body)
            if one.hang:
                one.hang.wait(20)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
            except OSError:
                self.close_connection = True  # the sender is gone

        def log_message(self, format: str, *args: Any) -> None: ...

    with serving(Handler) as base:
        one.base = base
        try:
            yield one
        finally:
            if one.hang:
                one.hang.set()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A running HTTP server; yields its address."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Says nothing of a sender that was killed or gave up."""
            if not isinstance(sys.exc_info()[1], OSError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def counted(texts: list[str], titles: list[str]) -> dict[str, int]:
    """How often each title stands in the texts."""
    found: dict[str, int] = defaultdict(int)
    for title in titles:
        found[title] = sum(text.count(title) for text in texts)
    return dict(found)


def _text(kind: str, value: dict[str, Any]) -> str:
    if kind == "serverchan":
        return str(value["desp"])
    if kind != "feishu":
        return str(value["markdown"].get("text") or value["markdown"]["content"])
    said = next(iter(value["content"]["post"].values()))
    return "\n".join("".join(f"{p['text']} {p.get('href', '')}".rstrip() for p in line) for line in said["content"])

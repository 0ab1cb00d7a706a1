"""A proxy before a real Elasticsearch that does to chosen requests what networks and overloaded servers do."""

import http.client
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

FAULTS = ("reset", "cut", "lost", "429", "503", "half", "silent")
PRODUCT = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/vnd.elasticsearch+json;compatible-with=8"}


class Proxy:
    """Its address, the fault that the next request gets, and how often each happened."""

    def __init__(self, target: str, choose: Callable[[str], str], silence: float) -> None:
        self.target = urlsplit(target)
        self.choose = choose
        self.silence = silence
        self.happened: Counter[str] = Counter()
        self.url = ""


@contextmanager
def proxied(target: str, choose: Callable[[str], str], *, silence: float = 3.0) -> Iterator[Proxy]:
    """A proxy whose `choose` names a fault of FAULTS for a request's path, or nothing; `silence` in seconds."""
    proxy = Proxy(target, choose, silence)

    class Handler(_Handler):
        through = proxy

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    through: Proxy

    def _serve(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        fault = self.through.choose(self.path)
        self.through.happened[fault or "none"] += 1
        if fault == "reset":  # in the middle of what the client sends
            self.rfile.read(size // 2)
            self._reset()
            return
        body = self.rfile.read(size)
        if fault in ("429", "503"):
            kind = "es_rejected_execution_exception" if fault == "429" else "unavailable_shards_exception"
            self._answer(int(fault), PRODUCT, json.dumps({"error": {"type": kind, "reason": "busy"}}).encode())
        elif fault == "silent":
            time.sleep(self.through.silence)
            self._reset()
        elif fault == "half" and "_bulk" in self.path:
            self._half(body)
        else:
            status, headers, said = self._forward(body)
            if fault == "lost":  # it was done, and nobody hears of it
                self._reset()
            else:
                self._answer(status, headers, said[: len(said) // 2] if fault == "cut" else said, len(said))
                if fault == "cut":
                    self._reset()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        host = f"{self.through.target.hostname}:{self.through.target.port}"
        connection = http.client.HTTPConnection(host, timeout=120)
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
        try:
            connection.request(self.command, self.path, body or None, kept)
            answer = connection.getresponse()
            headers = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() in ("x-elastic-product", "content-type")
            }
            return answer.status, headers, answer.read()
        except OSError:
            return 503, PRODUCT, b'{"error":{"type":"down","reason":"the server is away"}}'
        finally:
            connection.close()

    def _half(self, body: bytes) -> None:
        """Every second action reaches the server; the others are answered as a full queue would."""
        actions = _actions(body.splitlines(keepends=True))
        status, headers, said = self._forward(b"".join(line for action in actions[::2] for line in action))
        if status != 200:
            self._answer(status, headers, said)
            return
        answer = json.loads(said)
        done = iter(answer.get("items") or [{"index": {"status": 200}}] * len(actions))
        error = {"type": "es_rejected_execution_exception", "reason": "queue full"}
        items = [
            next(done) if at % 2 == 0 else {"index": {"status": 429, "error": error}} for at in range(len(actions))
        ]
        self._answer(200, headers, json.dumps({"errors": True, "items": items}).encode())

    def _answer(self, status: int, headers: dict[str, str], body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None: ...

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()


def _actions(lines: list[bytes]) -> list[list[bytes]]:
    found: list[list[bytes]] = []
    for line in lines:
        if line.startswith((b'{"index":{"_id"', b'{"delete":{"_id"')):
            found.append([line])
        else:
            found[-1].append(line)
    return found

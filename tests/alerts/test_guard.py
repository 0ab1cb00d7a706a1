"""Where a message may go: public addresses only unless allowed; no redirects, no endless answers."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from alerts.channels import guard
from alerts.channels.post import Reply, post
from alerts.dispatcher import dispatch
from alerts.ledger import listed
from alerts.matcher import match
from alerts.sending import Answer
from alerts.subscriptions import Wanted, make
from config.channels import Channel
from tests.alerts.receivers import serving

PRIVATE = [
    "127.0.0.1", "localhost", "0.0.0.0", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "2130706433", "0x7f000001", "127.1", "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]", "224.0.0.1",
    "[::1]", "[2002:7f00:1::]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    for kind in ("webhook", "wecom"):
        said = post(Channel("team", kind, f"http://{host}:9/x", timeout=2.0), b"{}", {})
        assert isinstance(said, Answer) and not said.accepted and not said.unsure
        assert "private: true" in said.said or "no address" in said.said or "ConnectError" in said.said
        assert "private: true" in said.said or host in ("2130706433", "0x7f000001")


def test_an_address_given_by_a_subscriber_cannot_reach_this_machine(world: Any, reader: Any, hook: Any) -> None:
    make(world.store, reader, Wanted("a", "is:open", (hook.url,)), set(), world.now)
    world.notice("办法")
    match(world.store, world.now)
    assert dispatch(world.store, {}, world.now).states == {"pending": 1}
    assert "inside a private network: `private: true` in channels.yaml allows it" in listed(world.store)[0].error
    assert not hook.bodies
    assert dispatch(world.store, hook.channels, world.later(minutes=1)).states == {"sent": 1}


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "addresses", lambda host, port: ["93.184.215.14", "192.168.0.7"])
    said = post(Channel("team", "webhook", "https://hooks.example.org/x", timeout=2.0), b"{}", {})
    assert isinstance(said, Answer) and "hooks.example.org is 192.168.0.7" in said.said


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if host == "hooks.example.org" else host, port, *rest, **more)

    class Handler(Silent):
        def do_POST(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

    hosts: list[str] = []
    with serving(Handler) as base:
        port = base.rpartition(":")[2]
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        said = post(Channel("a", "webhook", f"http://hooks.example.org:{port}/", private=True), b"{}", {})
    assert isinstance(said, Reply) and said.status == 204
    assert asked.count("hooks.example.org") == 1  # no second look-up that could give another answer
    assert hosts == [f"hooks.example.org:{port}"]


def test_a_redirect_is_not_followed_and_is_no_acceptance(world: Any, reader: Any, hook: Any, other_hook: Any) -> None:
    class Handler(Silent):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307)
            self.send_header("Location", other_hook.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

    make(world.store, reader, Wanted("a", "is:open", ("team",)), {"team"}, world.now)
    world.notice("办法")
    match(world.store, world.now)
    with serving(Handler) as base:
        channels = {"team": Channel("team", "webhook", base + "/", private=True)}
        assert dispatch(world.store, channels, world.now).states == {"pending": 1}
    assert listed(world.store)[0].error == "307" and not other_hook.bodies


@pytest.mark.parametrize("where", ["head", "body"])
def test_an_answer_that_drips_for_ever_ends_with_the_channels_time(where: str) -> None:
    over = threading.Event()

    class Handler(Silent):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n")
                self.wfile.write(b"\r\n" if where == "body" else b"X-A: ")
                while not over.wait(0.05):
                    self.wfile.write(b"a")
            except OSError:
                self.close_connection = True

    with serving(Handler) as base:
        began = time.monotonic()
        said = post(Channel("a", "webhook", base + "/", private=True, timeout=0.5), b"{}", {})
        took = time.monotonic() - began
        over.set()
    if where == "head":
        assert isinstance(said, Answer) and said.unsure and said.down and "no answer" in said.said
    else:
        assert isinstance(said, Reply) and said.ok and said.cut  # the status says it all to a webhook
    assert took < 10  # and not for as long as it drips


def test_a_long_answer_is_read_no_further_than_needed() -> None:
    class Handler(Silent):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                for _ in range(5_000):
                    self.wfile.write(b"a" * 65_536)
            except OSError:
                self.close_connection = True

    with serving(Handler) as base:
        said = post(Channel("a", "webhook", base + "/", private=True, timeout=5.0), b"{}", {})
    assert isinstance(said, Reply) and said.ok and len(said.body) < 300_000


@pytest.mark.parametrize("written", [b"", b"HTTP/1.1 20", b"SSH-2.0-x\r\n"])
def test_an_answer_that_breaks_off_leaves_us_unsure(written: bytes) -> None:
    class Handler(Silent):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.wfile.write(written)
            self.close_connection = True

    with serving(Handler) as base:
        said = post(Channel("a", "webhook", base + "/", private=True, timeout=3.0), b"{}", {})
    assert isinstance(said, Answer) and said.unsure and not said.accepted


def test_nobody_listening_is_no_repeat() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    said = post(Channel("a", "webhook", f"http://127.0.0.1:{port}/", private=True, timeout=2.0), b"{}", {})
    assert isinstance(said, Answer) and said.down and not said.unsure


class Silent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None: ...

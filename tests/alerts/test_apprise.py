"""Platforms through Apprise: each answers an error on loopback, and each time the message has to fail."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

import apprise
import pytest
import requests.adapters

from alerts.channels.senders import SENDERS
from alerts.courier import deliver
from alerts.dispatcher import dispatch
from alerts.ledger import listed
from alerts.matcher import match
from alerts.sample import Asked, sample
from alerts.subscriptions import Wanted, make
from config.channel_rules import CHECKED
from config.channels import Channel
from tests.alerts.receivers import serving

# Apprise imports a module of the standard library that Python 3.13 takes away, and has its own for later
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
A32 = "a" * 32
Answer = tuple[int, bytes]
# Each platform with an address and the errors it makes: a status, or a code inside a 200.
PLATFORMS: dict[str, tuple[str, list[Answer]]] = {
    "tgram": ("tgram://123456789:abcdefg_hijklmnopqrstuvwxyzABCDEFGHI/12315544/",
              [(429, b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5"}'),
               (403, b'{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked"}')]),
    "ntfys": ("ntfys://a-topic", [(429, b'{"code":42901,"http":429,"error":"limit reached"}')]),
    "ntfy": ("ntfy://{host}/a-topic", [(403, b'{"code":40301,"http":403,"error":"forbidden"}')]),
    "slack": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
              [(403, b"invalid_token"), (404, b"no_service"), (200, b"invalid_payload"),
               (200, b'{"ok":false,"error":"ratelimited"}')]),
    "workflows": ("workflows://prod-01.westus.logic.azure.com:443/WORKFLOWID/SIGNATUREXXXXXXXXXXXX/",
                  [(401, b'{"error":{"code":"DirectApiAuthorizationRequired"}}'), (429, b"{}")]),
    "workflow": ("workflow://prod-01.westus.logic.azure.com:443/WORKFLOWID/SIGNATUREXXXXXXXXXXXX/", [(404, b"{}")]),
    "discord": ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
                [(404, b'{"message":"Unknown Webhook","code":10015}'), (401, b"{}")]),
    "gotify": ("gotify://{host}/AbcdefghToken", [(401, b'{"error":"Unauthorized","errorCode":401}')]),
    "gotifys": ("gotifys://{host}/AbcdefghToken", [(401, b'{"error":"Unauthorized","errorCode":401}')]),
    "bark": ("bark://{host}/devicekey", [(400, b'{"code":400,"message":"failed to get device token"}')]),
    "barks": ("barks://{host}/devicekey", [(500, b'{"code":500,"message":"push failed"}')]),
    "pover": ("pover://" + "u" * 30 + "@" + "a" * 30, [(400, b'{"user":"invalid","status":0}'), (429, b"{}")]),
    "pushplus": (f"pushplus://{A32}", [(200, '{"code":900,"msg":"用户账号使用受限"}'.encode()), (200, b"{}")]),
    "wxpusher": (f"wxpusher://AT_{A32}/UID_abcd", [(200, b'{"code":1001,"msg":"appToken"}'), (200, b"{}")]),
    "wechat": ("wechat://corpid:secret@1000002/user", [(200, b'{"errcode":40013,"errmsg":"invalid corpid"}')]),
    "mmost": ("mmost://{host}/" + "a" * 26, [(400, b'{"id":"web.incoming_webhook.disabled.app_error"}')]),
    "mmosts": ("mmosts://{host}/" + "a" * 26, [(403, b"{}")]),
    "matrix": ("matrix://user:pass@{host}/#room", [(403, b'{"errcode":"M_FORBIDDEN"}'), (200, b"{}")]),
    "matrixs": ("matrixs://user:pass@{host}/#room", [(429, b'{"errcode":"M_LIMIT_EXCEEDED"}')]),
    "gchat": ("gchat://workspace/key/token", [(400, b'{"error":{"code":400,"status":"INVALID_ARGUMENT"}}')]),
    "wxteams": ("wxteams://" + "a" * 80, [(404, b"{}"), (503, b"")]),
    "pbul": (f"pbul://{A32}", [(401, b'{"error":{"code":"invalid_access_token"}}'), (429, b"{}")]),
}  # fmt: skip


class Place:
    """The loopback server that stands for every platform."""

    def __init__(self) -> None:
        self.answer: Answer = (200, b"{}")
        self.base = ""
        self.bodies: list[str] = []
        self.hang: threading.Event | None = None
        self.cut = False  # the connection, once the request was read


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Every request, whatever host it is for, really goes out and comes to loopback."""
    one = Place()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            one.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            status, said = one.answer
            if one.hang:
                one.hang.wait(20)
            if one.hang or one.cut:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            if 300 <= status < 400:
                self.send_header("Location", one.base + "/elsewhere")
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_PUT = do_POST

        def log_message(self, format: str, *args: Any) -> None: ...

    real = requests.adapters.HTTPAdapter.send

    def send(self: Any, request: Any, **more: Any) -> Any:
        asked = urlsplit(request.url)
        request.url = one.base + asked.path + (f"?{asked.query}" if asked.query else "")
        return real(self, request, **more)

    with serving(Handler) as base:
        one.base = base
        monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
        # between two requests to one platform Apprise waits for its own idea of a rate
        monkeypatch.setattr(apprise.URLBase, "throttle", lambda self, **more: None)
        yield one
        if one.hang:
            one.hang.set()


def channel(scheme: str, place: Place, **more: Any) -> Channel:
    url = PLATFORMS[scheme][0].replace("{host}", urlsplit(place.base).netloc)
    return Channel("phone", "apprise", url, **{"private": True, **more})


def test_every_platform_that_is_called_checked_is_checked_here() -> None:
    assert set(PLATFORMS) == CHECKED


@pytest.mark.parametrize("scheme", sorted(CHECKED))
def test_an_error_answer_fails(scheme: str, place: Place, world: Any) -> None:
    asked = sample(Asked("drafts", "is:open", "zh"), world.now)
    _, errors = PLATFORMS[scheme]
    for answer in [*errors, (500, b""), (302, b"")]:
        place.answer = answer
        place.bodies.clear()
        said = deliver(channel(scheme, place), SENDERS["apprise"], asked, world.now)
        assert place.bodies, "nothing was asked"
        assert not said.accepted, answer
        assert "unchecked" not in said.said and said.said


ACCEPTS = {
    "tgram": b'{"ok":true,"result":{}}',
    "slack": b"ok",
    "ntfys": b'{"id":"x"}',
    "discord": b"",
    "gotify": b'{"id":1}',
    "pushplus": b'{"code":200,"msg":"ok","data":"x"}',
    "wxpusher": b'{"code":1000,"data":[{"code":1000}]}',
}


@pytest.mark.parametrize("scheme", sorted(ACCEPTS))
def test_an_acceptance_is_one_and_holds_the_message(scheme: str, place: Place, world: Any) -> None:
    place.answer = (200, ACCEPTS[scheme])
    asked = sample(Asked("drafts", "is:open", "en"), world.now)
    said = deliver(channel(scheme, place), SENDERS["apprise"], asked, world.now)
    assert (said.accepted, said.said) == (True, "accepted")
    assert "www.example.org/notice.html" in "".join(place.bodies).replace("\\/", "/").replace("%2F", "/")


def test_what_a_page_says_mentions_nobody(place: Place, world: Any, reader: Any) -> None:
    make(world.store, reader, Wanted("a", "is:open", ("phone",)), {"phone"}, world.now)
    world.notice("办法 @everyone <!channel> <@U123> [x](http://evil.example)")
    match(world.store, world.now)
    place.answer = (204, b"")
    assert dispatch(world.store, {"phone": channel("discord", place)}, world.now).states == {"sent": 1}
    [body] = place.bodies
    assert "@everyone" not in body and "<!channel>" not in body and "<@U123>" not in body and "[x]" not in body


def test_many_are_fitted_to_what_the_platform_takes(place: Place, world: Any, reader: Any) -> None:
    make(world.store, reader, Wanted("a", "is:open", ("phone",)), {"phone"}, world.now)
    world.notices(f"办法第{number:03}号" for number in range(300))
    match(world.store, world.now)
    place.answer = (200, b'{"ok":true,"result":{}}')
    assert dispatch(world.store, {"phone": channel("tgram", place)}, world.now).states == {"sent": 300}
    assert len(place.bodies) == 1 and len(place.bodies[0].encode()) < 30_000


def test_another_platform_is_marked_as_unchecked_and_its_key_is_not_printed(place: Place, world: Any) -> None:
    place.answer = (500, b"")
    url = "chanify://a-long-token-of-chanify"
    asked = sample(Asked("drafts", "is:open", "zh"), world.now)
    said = deliver(Channel("phone", "apprise", url), SENDERS["apprise"], asked, world.now)
    assert not said.accepted and "unchecked" in said.said and "a-long-token-of-chanify" not in said.said
    wrong = deliver(Channel("phone", "apprise", "pigeon://x"), SENDERS["apprise"], asked, world.now)
    assert not wrong.accepted and "does not know such an address" in wrong.said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "192.168.1.9", "[::1]"])
def test_a_server_of_ones_own_inside_a_private_network_has_to_be_allowed(host: str, place: Place, world: Any) -> None:
    asked = sample(Asked("drafts", "is:open", "zh"), world.now)
    said = deliver(Channel("phone", "apprise", f"gotify://{host}/token"), SENDERS["apprise"], asked, world.now)
    assert not said.accepted and "private: true" in said.said and not place.bodies


@pytest.mark.parametrize("broken", ["hangs", "cuts"])
def test_a_request_that_broke_after_it_was_read_may_have_arrived_and_the_next_one_is_counted(
    broken: str, place: Place, world: Any, reader: Any
) -> None:
    make(world.store, reader, Wanted("a", "is:open", ("phone",)), {"phone"}, world.now)
    world.notice("办法")
    match(world.store, world.now)
    place.hang, place.cut = threading.Event() if broken == "hangs" else None, broken == "cuts"
    channels = {"phone": channel("ntfys", place, timeout=0.5)}
    began = time.monotonic()
    assert dispatch(world.store, channels, world.now).states == {"pending": 1}
    assert time.monotonic() - began < 3  # the channel's own time, not Apprise's
    if place.hang:
        place.hang.set()
    place.hang, place.cut, place.answer = None, False, (200, b'{"id":"x"}')
    again = dispatch(world.store, channels, world.later(minutes=1))
    assert (again.states, again.repeats, listed(world.store)[0].repeats) == ({"sent": 1}, 1, 1)
    assert len(place.bodies) == 2


def test_two_channels_at_once_hear_their_own_answers(place: Place, world: Any) -> None:
    asked = sample(Asked("drafts", "is:open", "zh"), world.now)
    place.answer = (403, b"{}")
    heard: dict[str, str] = {}

    def ask(scheme: str) -> None:
        heard[scheme] = deliver(channel(scheme, place), SENDERS["apprise"], asked, world.now).said

    threads = [threading.Thread(target=ask, args=(scheme,)) for scheme in ("ntfys", "discord", "gotify")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for scheme, word in (("ntfys", "ntfy"), ("discord", "discord"), ("gotify", "gotify")):
        assert word in heard[scheme].lower() and sum(word in said.lower() for said in heard.values()) == 1

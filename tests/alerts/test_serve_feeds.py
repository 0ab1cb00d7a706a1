"""The feeds over HTTP: who has the address reads, who has it not learns nothing."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from alerts import subscriptions
from alerts.feeds.addresses import FORMATS, addresses
from alerts.feeds.files import refresh
from alerts.feeds.serve import application
from alerts.matcher import match
from alerts.subscriptions import Wanted, make, named

ROOT = Path(__file__).parent.parent.parent
BASE = ""  # the client's own


@pytest.fixture
def client(world: Any, reader: Any) -> Iterator[httpx.Client]:
    make(world.store, reader, Wanted("a", "is:open"), set(), world.now)
    world.notice("办法", date(2026, 12, 31))
    match(world.store, world.now)
    refresh(world.store, world.store.folder, BASE, world.now)
    served = application(world.store, world.store.folder)
    server = uvicorn.Server(uvicorn.Config(served, lifespan="off", access_log=False, log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with httpx.Client(base_url=base, trust_env=False) as opened:
            yield opened
        server.should_exit = True
        thread.join()


def test_every_format_is_served_under_its_type(world: Any, client: httpx.Client) -> None:
    for name, address in addresses(BASE, named(world.store, "a")).items():
        answer = client.get(address)
        file, kind = FORMATS[name]
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert answer.content == (world.store.folder / "feeds" / "1" / file).read_bytes()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert client.head(address).content == b""


def test_a_reader_that_has_it_is_told_so(world: Any, client: httpx.Client) -> None:
    address = addresses(BASE, named(world.store, "a"))["atom"]
    first = client.get(address)
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    later = format_datetime(parsedate_to_datetime(changed) + timedelta(seconds=1), usegmt=True)
    earlier = format_datetime(parsedate_to_datetime(changed) - timedelta(seconds=1), usegmt=True)
    for headers, status in (
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f'"x", W/{tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"'}, 200),
        ({"If-None-Match": '"x"', "If-Modified-Since": later}, 200),
        ({"If-Modified-Since": changed}, 304),
        ({"If-Modified-Since": later}, 304),
        ({"If-Modified-Since": earlier}, 200),
        ({"If-Modified-Since": "nonsense"}, 200),
        ({"If-Modified-Since": "Fri, 31 Dec 99999 00:00:00 GMT"}, 200),
    ):
        answer = client.get(address, headers=headers)
        assert answer.status_code == status, headers
        assert answer.headers["ETag"] == tag
        assert (answer.content == b"") is (status == 304)


def test_a_changed_file_has_another_tag(world: Any, reader: Any, client: httpx.Client) -> None:
    address = addresses(BASE, named(world.store, "a"))["rss"]
    tag = client.get(address).headers["ETag"]
    world.notice("另一办法", date(2026, 12, 30))
    match(world.store, world.now)
    refresh(world.store, world.store.folder, BASE, world.now)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_every_other_address_is_not_found_in_the_same_words(world: Any, client: httpx.Client) -> None:
    right = addresses("", named(world.store, "a"))["atom"]
    secret = named(world.store, "a").secret
    wrong = [
        "/", "/feeds", "/feeds/", "/feeds/1", "/feeds/1/", f"/feeds/1/{secret}", f"/feeds/1/{secret}/",
        f"/feeds/1/{secret[:-1]}/feed.atom", f"/feeds/1/{secret}x/feed.atom", "/feeds/1/%00/feed.atom",
        f"/feeds/2/{secret}/feed.atom", f"/feeds/1/{secret}/feed.xml", f"/feeds/1/{secret}/..%2f..%2fstate.json",
        f"/feeds/{'9' * 40}/{secret}/feed.atom", f"/feeds/-1/{secret}/feed.atom", "/feeds/state.json",
        f"/feeds/1/{secret}/../../state.json", "/feeds/1//feed.atom", "/feeds/1/%ff%fe/feed.atom", "/docs",
    ]  # fmt: skip
    answers = {(one.status_code, one.text) for one in map(client.get, wrong)}
    assert answers == {(404, "not found\n")}
    assert client.get(right).status_code == 200
    assert client.post(right).status_code == 405


def test_a_rotated_address_answers_and_the_old_one_does_not(world: Any, client: httpx.Client) -> None:
    old = addresses(BASE, named(world.store, "a"))["json"]
    new = addresses(BASE, subscriptions.rotate(world.store, "a"))["json"]
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    subscriptions.remove(world.store, "a")
    assert client.get(new).status_code == 404


def test_no_secret_is_shown_by_accident(world: Any, client: httpx.Client) -> None:
    one = named(world.store, "a")
    assert one.secret not in repr(one)
    for file in (world.store.folder / "feeds").rglob("*.*"):
        assert one.secret.encode() not in file.read_bytes()


def test_the_command_serves_on_loopback_and_stops_when_told(world: Any, client: httpx.Client, tmp_path: Path) -> None:
    call = [sys.executable, "-m", "policywatch", "serve", "--feeds", "--port", "0"]
    environment = {"PATH": "", "POLICYWATCH_DATA": str(tmp_path)}
    child = subprocess.Popen(call, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stderr is not None
        said = child.stderr.readline()
        base = said.split()[2].rstrip("/;")
        assert base.startswith("http://127.0.0.1:"), said
        address = addresses(base, named(world.store, "a"))["ics"]
        answer = httpx.get(address, trust_env=False)
        assert answer.status_code == 200 and answer.content.startswith(b"BEGIN:VCALENDAR")
        assert "server" not in answer.headers
        assert httpx.get(f"{base}/feeds/1/wrong/feed.rss", trust_env=False).status_code == 404
        child.send_signal(signal.SIGTERM)
        out, rest = child.communicate(timeout=30)
        assert "wrong" not in rest and out == "", rest
    finally:
        child.kill()
        child.communicate()

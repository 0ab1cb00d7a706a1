"""What a crawl does with an answer, and where it never asks, without a network."""

import asyncio
import ssl
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from OpenSSL import SSL
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import HtmlResponse

from config.sources import Source
from notices.fetched import Fetched
from notices.kinds import Mode, PageState
from notices.page import Page
from notices.target import Target
from spiders import handlers
from spiders.answers import asked_pause, instead, loss, redirect_of
from spiders.guard import Refused, check, is_public, named_hosts
from spiders.handlers import Desk, take_page
from spiders.job import Errand, Job
from spiders.listing import Row
from spiders.robots import allows, crawl_delay

NOW = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
URL = "https://example.cn/a"


class Keeper:
    def __init__(self) -> None:
        self.bytes: list[bytes] = []
        self.kept: list[Fetched] = []

    def take_bytes(self, page: Page) -> None:
        self.bytes.append(page.body)

    def keep(self, fetched: Fetched) -> None:
        self.kept.append(fetched)


def job(first: bool = True, since: date | None = None) -> Job:
    return Job(Source("a", "feed", "https://example.cn/feed"), NOW, NOW, first, since)


def test_the_bytes_are_kept_before_a_parser_that_raises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(page: Page) -> Any:
        assert keeper.bytes == [b"<p>x</p>"]
        raise ZeroDivisionError("a bug")

    keeper, nothing = Keeper(), Any
    monkeypatch.setattr(handlers, "read", broken)
    take_page(Desk(Errand({}), nothing, nothing, keeper), Target(URL), HtmlResponse(URL, body=b"<p>x</p>"))  # type: ignore[arg-type]
    (fetched,) = keeper.kept
    assert fetched.reading.state is PageState.ERROR
    assert fetched.failed == "ZeroDivisionError: a bug"
    assert "Traceback" in caplog.text


TODAY = NOW.date()


@pytest.mark.parametrize(
    ("asked", "published", "ends", "mode"),
    [
        (job(), TODAY - timedelta(9), None, Mode.BACKFILL),
        (job(), TODAY - timedelta(9), TODAY, Mode.LIVE),
        (job(), TODAY - timedelta(9), TODAY - timedelta(1), Mode.BACKFILL),
        (job(), TODAY, None, Mode.LIVE),
        (job(), None, None, Mode.BACKFILL),
        (job(first=False), TODAY - timedelta(9), None, Mode.LIVE),
        (job(first=False, since=TODAY), TODAY, TODAY, Mode.BACKFILL),
    ],
)
def test_live_or_backfill(asked: Job, published: date | None, ends: date | None, mode: Mode) -> None:
    at = datetime(published.year, published.month, published.day, 9, tzinfo=timezone.utc) if published else None
    row = Row(URL, "x", at, ends)
    assert asked.mode(row) is mode
    assert asked.wants(row) is (asked.since is None or published is None or published >= asked.since)


def test_a_base_stands_in_for_a_host() -> None:
    bases = {"www.miit.gov.cn": "http://127.0.0.1:8000/mirror/"}
    assert instead("http://wap.miit.gov.cn/a?b=1#c", bases) == "http://127.0.0.1:8000/mirror/a?b=1"
    assert instead("https://example.cn/a", bases) == "https://example.cn/a"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("", None), ("120", 120), ("nonsense", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("-5", None)],
)
def test_how_long_a_wall_asks_to_be_left_alone(value: str, seconds: float | None) -> None:
    response = HtmlResponse(URL, headers={"Retry-After": value} if value else {})
    assert asked_pause(response) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("status", "location", "whole"),
    [
        (302, "/b", "https://example.cn/b"),
        (301, "http://other.cn/x", "http://other.cn/x"),
        (302, "file:///etc/passwd", "file:///etc/passwd"),
        (200, "/b", ""),
        (302, "", ""),
        (302, "http://[", "invalid:"),
    ],
)
def test_where_an_answer_sends_us(status: int, location: str, whole: str) -> None:
    assert redirect_of(HtmlResponse(URL, status=status, headers={"Location": location})) == whole


def caused(error: Exception, by: BaseException) -> Exception:
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Refused("private"), "refused"),
        (DownloadTimeoutError("30 s"), "slow"),
        (DownloadCancelledError("too much"), "too_large"),
        (IgnoreRequest("DOWNLOAD_MAXSIZE (9 B) during decompression."), "too_large"),
        (
            caused(DownloadFailedError("x"), SSL.Error([("SSL routines", "", "certificate verify failed")])),
            "certificate",
        ),
        (caused(DownloadFailedError("x"), ssl.SSLError("handshake")), "unreachable"),
        (ConnectionResetError("reset"), "unreachable"),
    ],
)
def test_why_there_is_no_answer(error: Exception, outcome: str) -> None:
    assert loss(error)[0] == outcome


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *[(one, False) for one in ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0")],
        *[(one, False) for one in ("::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "100.64.0.1", "224.0.0.1", "x")],
        *[(one, False) for one in ("64:ff9b::a00:1", "64:ff9b:1::a00:1", "::7f00:1")],
        *[(one, True) for one in ("8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8")],
    ],
)
def test_what_a_public_address_is(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://example.cn/a", "gopher://example.cn", "http://", "http://[", "invalid:"),
        *("http://127.0.0.1/a", "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://[::1]:80/"),
        *("http://inside.example.cn/", "http://localhost/"),
    ],
)
def test_requests_never_go_inside(url: str) -> None:
    async def resolve(host: str) -> str:
        return {"inside.example.cn": "10.0.0.8", "localhost": "127.0.0.1"}.get(host, "8.8.8.8")

    with pytest.raises(Refused):
        asyncio.run(check(url, (), resolve))
    asyncio.run(check("https://example.cn/a", (), resolve))


def test_an_operator_may_name_an_inside_host() -> None:
    source = Source("a", "feed", "http://127.0.0.1:8000/feed", bases={"www.miit.gov.cn": "http://localhost:1"})

    async def resolve(host: str) -> str:
        return "127.0.0.1"

    asyncio.run(check("http://127.0.0.1:8000/x", named_hosts(source), resolve))
    asyncio.run(check("http://localhost:1/x", named_hosts(source), resolve))
    for other in ("http://other.local/x", "http://127.0.0.1:22/", "http://127.0.0.1/", "https://localhost/"):
        with pytest.raises(Refused):
            asyncio.run(check(other, named_hosts(source), resolve))


def test_what_robots_txt_allows() -> None:
    text = "User-agent: *\nDisallow: /secret/\nAllow: /secret/open\nCrawl-delay: 7\n\nUser-agent: other\nDisallow: /\n"
    assert allows(text, f"{URL}/x") and allows(text, "https://example.cn/secret/open/1")
    assert not allows(text, "https://example.cn/secret/1")
    assert allows("", URL) and allows("<html>not found</html>", URL)
    assert (crawl_delay(text), crawl_delay("")) == (7.0, 0.0)

"""What every spider does with an answer, without a network."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from scrapy.http import HtmlResponse

from config.sources import Source
from notices.kinds import Mode, PageState
from notices.page import Page
from spiders import crawling
from spiders.answers import Target, asked_pause, instead
from spiders.crawl_feed import FeedSpider
from spiders.job import Job

NOW = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
URL = "https://example.cn/a"


class Keeper:
    def __init__(self) -> None:
        self.bytes: list[bytes] = []
        self.unsettled = 0

    def take_bytes(self, page: Page) -> None:
        self.bytes.append(page.body)


def job(first: bool = True, since: date | None = None, urls: tuple[str, ...] = ()) -> Job:
    return Job(Source("a", "feed", "https://example.cn/feed"), NOW, NOW, first, since, urls)


def test_the_bytes_are_kept_before_a_parser_that_raises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(page: Page) -> Any:
        assert keeper.bytes == [b"<p>x</p>"]
        raise ZeroDivisionError("a bug")

    keeper = Keeper()
    monkeypatch.setattr(crawling, "read", broken)
    memory: Any = None
    spider = FeedSpider(job(), memory, keeper)
    fetched = spider.fetched(HtmlResponse(URL, body=b"<p>x</p>"), Target(URL))
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
        (job(urls=(URL,)), None, None, Mode.LIVE),
    ],
)
def test_live_or_backfill(asked: Job, published: date | None, ends: date | None, mode: Mode) -> None:
    assert asked.mode(published, ends) is mode


def test_a_base_stands_in_for_a_host() -> None:
    bases = {"www.miit.gov.cn": "http://127.0.0.1:8000/mirror/"}
    assert instead("http://wap.miit.gov.cn/a?b=1#c", bases) == "http://127.0.0.1:8000/mirror/a?b=1"
    assert instead("https://example.cn/a", bases) == "https://example.cn/a"


@pytest.mark.parametrize(
    ("value", "minutes"),
    [("", 30), ("120", 2), ("nonsense", 30), ("9999999", 1440), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("-5", 30)],
)
def test_how_long_a_wall_asks_to_be_left_alone(value: str, minutes: float) -> None:
    response = HtmlResponse(URL, headers={"Retry-After": value} if value else {})
    assert asked_pause(response) == timedelta(minutes=minutes)

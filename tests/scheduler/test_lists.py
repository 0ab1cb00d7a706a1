"""Lists of many pages: read on until known ground, whatever their order, and never a row twice."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from sqlalchemy import func, select

from config.sources import Source
from notices.kinds import Mode
from notices.schema import list_pages, queue, sources, visits
from notices.target import Kind, Target
from tests.scheduler.crawled import Crawl, crawling, feed

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNIT = "https://www.miit.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?tagId=a&pageId=b"
SIZE = 5
FIRST = date(2026, 11, 1)


class Column:
    """A list of the unit system: rows of (name, day), the newest first."""

    def __init__(self, number: int) -> None:
        self.rows = [(f"{one:03}", FIRST - timedelta(days=one)) for one in range(number)]

    def add(self, *names: str) -> None:
        self.rows[:0] = [(name, FIRST) for name in names]

    def page(self, target: Target) -> str:
        given = parse_qs(urlsplit(target.url).query).get("paramJson", ['{"pageNo":1}'])[0]
        number = json.loads(given)["pageNo"]
        rows = "".join(
            f'<li><a href="/art/2026/art_{name}.html" title="关于{name}号的通知">x</a><span>{day}</span></li>'
            for name, day in self.rows[(number - 1) * SIZE : number * SIZE]
        )
        bar = f'<div class="pagination" rows="{SIZE}" count="{len(self.rows)}"></div>'
        return json.dumps({"success": True, "data": {"html": f"<ul>{rows}</ul>{bar}"}})


pytestmark = pytest.mark.both_databases


@pytest.fixture
def crawl(tmp_path: Path, store_address: Callable[[Path], str]) -> Iterator[Crawl]:
    with crawling(tmp_path, Source("col", "unit", UNIT, first=2), url=store_address(tmp_path)) as made:
        yield made


def read(crawl: Crawl, column: Column, most: int = 99, **headers: str) -> int:
    """Reads the list's pages that wait; returns how many were asked for."""
    asked = 0
    while asked < most and (target := crawl.take()) is not None and target.kind is Kind.LIST:
        crawl.answer(target, column.page(target), **headers)
        asked += 1
    return asked


def queued(crawl: Crawl) -> set[str]:
    with crawl.store.reading() as connection:
        urls = connection.execute(select(queue.c.url).where(queue.c.kind == "page")).scalars()
        return {url[-8:-5] for url in urls}


def settle_pages(crawl: Crawl) -> None:
    """Every page that waits is read."""
    with crawl.store.writing() as connection:
        for row in connection.execute(select(queue)).all():
            visit = {"url": row.url, "key": row.key, "fetched_at": crawl.clock(), "state": "article", "attempts": 1}
            connection.execute(visits.insert().values(visit))
        connection.execute(queue.delete())


def test_a_first_crawl_reads_the_first_pages_and_a_later_one_up_to_known_ground(crawl: Crawl) -> None:
    column = Column(40)
    crawl.begin("col")
    assert read(crawl, column) == 2
    assert queued(crawl) == {f"{one:03}" for one in range(10)}
    settle_pages(crawl)
    column.add(*(f"n{one:02}" for one in range(8)))
    crawl.begin("col")
    assert read(crawl, column) == 3  # the second page is mixed, the third is all known
    assert queued(crawl) == {f"n{one:02}" for one in range(8)}
    assert [run.trouble for run in crawl.runs("col")] == ["", ""]


def test_an_old_row_on_top_does_not_end_the_reading(crawl: Crawl) -> None:
    column = Column(40)
    crawl.begin("col")
    read(crawl, column)
    settle_pages(crawl)
    column.add(*(f"n{one:02}" for one in range(9)))
    random.Random(7).shuffle(column.rows[:15])
    top = column.rows[:15]
    random.Random(7).shuffle(top)
    column.rows[:15] = top
    crawl.begin("col")
    read(crawl, column)
    assert {f"n{one:02}" for one in range(9)} <= queued(crawl)


def test_rows_that_come_while_paging_push_none_out(crawl: Crawl) -> None:
    column = Column(10)
    crawl.begin("col")
    read(crawl, column)
    settle_pages(crawl)
    column.add(*(f"n{one:02}" for one in range(12)))
    crawl.begin("col")
    assert read(crawl, column, 1) == 1
    column.add(*(f"m{one:02}" for one in range(SIZE)))  # the second page now holds what the first did
    read(crawl, column)
    assert {f"n{one:02}" for one in range(12)} <= queued(crawl)
    settle_pages(crawl)
    crawl.begin("col")
    read(crawl, column)
    assert queued(crawl) >= {f"m{one:02}" for one in range(SIZE)}


def test_what_a_broken_crawl_saw_is_no_known_ground(crawl: Crawl) -> None:
    column = Column(10)
    crawl.begin("col")
    read(crawl, column)
    settle_pages(crawl)
    column.add(*(f"n{one:02}" for one in range(12)))
    crawl.begin("col")
    assert read(crawl, column, 1) == 1
    target = crawl.take()
    assert target is not None and target.ask is not None and target.ask.number == 2
    crawl.lose(target, DownloadFailedError("reset"))  # pages two and three were never read
    run = crawl.runs("col")[-1]
    assert (run.trouble, run.outcomes) == ("unreachable", {"list": 1, "unreachable": 1})
    settle_pages(crawl)
    crawl.begin("col")
    assert read(crawl, column) == 4
    assert queued(crawl) >= {f"n{one:02}" for one in range(SIZE, 12)}


def test_a_list_that_answers_every_page_alike_is_not_read_for_ever(crawl: Crawl) -> None:
    column, same = Column(4000), Column(4000)
    crawl.begin("col", since=FIRST - timedelta(days=4000))
    asked = 0
    while (target := crawl.take()) is not None and target.kind is Kind.LIST:
        crawl.answer(target, same.page(Target(UNIT)) if asked else column.page(target))
        asked += 1
    assert asked == 3


def test_a_backfill_goes_back_to_its_day_alerts_nobody_and_resumes_after_a_kill(crawl: Crawl) -> None:
    column = Column(60)
    since = FIRST - timedelta(days=22)
    first = crawl.begin("col", since=since)
    assert read(crawl, column, 2) == 2
    killed = crawl.take()  # the process that took it is gone
    assert killed is not None
    again = crawl.begin("col", since=since)
    assert again != first
    assert read(crawl, column) == 4  # pages three to six; the sixth has no row young enough
    assert queued(crawl) == {f"{one:03}" for one in range(23)}
    with crawl.store.reading() as connection:
        assert set(connection.execute(select(queue.c.mode)).scalars()) == {Mode.BACKFILL.value}
        assert connection.execute(select(sources.c.last_success)).scalar() is None  # the next crawl is a first one
    assert Counter(run.outcomes.get("list") for run in crawl.runs("col")) == {2: 1, 4: 1}


def test_a_list_is_asked_conditionally_only_once_all_of_it_was_read(crawl: Crawl) -> None:
    column = Column(10)
    crawl.begin("col")
    read(crawl, column, 1, ETag='"v1"')
    target = crawl.take()
    assert target is not None
    crawl.lose(target, DownloadTimeoutError("30 s"))
    assert crawl.runs("col")[-1].trouble == "slow"
    settle_pages(crawl)
    crawl.begin("col")
    target = crawl.take()
    assert target is not None and crawl.memory.validators(target) == ("", "")
    crawl.answer(target, column.page(target), ETag='"v1"')
    read(crawl, column)
    settle_pages(crawl)
    crawl.begin("col")
    target = crawl.take()
    assert target is not None and crawl.memory.validators(target) == ('"v1"', "")
    crawl.answer(target, status=304)
    run = crawl.runs("col")[-1]
    assert (run.trouble, run.outcomes) == ("", {"unchanged": 1}) and run.ended_at is not None


@pytest.mark.parametrize(
    ("body", "status", "trouble"),
    [
        ("", 200, "empty"),
        ("<html>改版</html>", 200, "changed_layout"),
        ('{"success":false,"data":{}}', 200, "changed_layout"),
        ("<script>document.cookie='a';location.reload()</script>", 200, "blocked"),
        ("x", 521, "blocked"),
        ("x", 500, "unreachable"),
    ],
)
def test_a_list_that_cannot_be_read_says_what_kind_of_trouble_it_is(
    crawl: Crawl, body: str, status: int, trouble: str
) -> None:
    crawl.begin("col")
    target = crawl.take()
    assert target is not None
    crawl.answer(target, body, status)
    (run,) = crawl.runs("col")
    assert (run.trouble, run.outcomes) == (trouble, {trouble: 1})
    assert run.error.startswith(f"the list {UNIT} ") and run.ended_at is not None
    assert (crawl.take(), crawl.hosts.turn("www.miit.gov.cn", 0)) == (
        None,
        None,
    )  # nobody holds the host, or it is left alone
    with crawl.store.reading() as connection:
        row = connection.execute(select(sources.c.error, sources.c.next_due)).one()
    assert row.error == run.error
    assert row.next_due == datetime(2026, 11, 2, 9, 11, tzinfo=SHANGHAI)  # sooner than its rhythm


def test_the_answers_of_lists_are_kept_each_different_one_once(crawl: Crawl) -> None:
    column = Column(3)
    for _ in range(3):
        crawl.begin("col")
        read(crawl, column)
        settle_pages(crawl)
    column.add("n01")
    crawl.begin("col")
    read(crawl, column)
    with crawl.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(list_pages)).scalar() == 2
        digests = connection.execute(select(list_pages.c.body_hash)).scalars().all()
    assert all(b"success" in crawl.pages.get(digest) for digest in digests)


FEED = "https://b.example/feed"


def test_a_list_of_one_page_without_a_known_row_says_that_rows_may_be_lost(
    tmp_path: Path, store_address: Callable[[Path], str], caplog: pytest.LogCaptureFixture
) -> None:
    def look(*names: str) -> Counter[str]:
        crawl.begin("feed")
        target = crawl.take()
        assert target is not None and target.kind is Kind.LIST
        crawl.answer(target, feed(*((f"https://b.example/{name}", name) for name in names)))
        settle_pages(crawl)
        return Counter(crawl.runs("feed")[-1].outcomes)

    with crawling(tmp_path, Source("feed", "feed", FEED), url=store_address(tmp_path)) as crawl:
        assert look("a", "b") == {"list": 1}  # its first crawl
        assert look("b", "c") == {"list": 1, "known": 1}
        assert not caplog.messages
        assert look("x", "y") == {"gap": 1}
        assert "no row that was there before" in caplog.text and "crawl --url" in caplog.text
        assert look("x", "y") == {"list": 1, "known": 2}
        with crawl.store.writing() as connection:
            connection.execute(visits.delete().where(visits.c.url == FEED))
        assert look("p", "q") == {"list": 1}  # a list that this source has only since now
        crawl.begin("feed", since=FIRST)
        target = crawl.take()
        assert target is not None
        crawl.answer(target, feed(("https://b.example/z", "z")))
        assert crawl.runs("feed")[-1].outcomes == {"list": 1}

"""Pages looked at again: what changed, what was taken down, and what only looks so."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from scrapy.exceptions import DownloadTimeoutError
from sqlalchemy import select

from config.sources import Source
from notices.changes import difference
from notices.kinds import Mode
from notices.schema import articles, queue, visits
from notices.store.whole import load_whole
from notices.target import Target
from pipelines.plausible import plausible
from scheduler.looks import looks
from scheduler.overdue import list_overdue
from scheduler.reprocess import reprocess
from search.find import find
from search.index import Index
from search.projector import project
from tests.scheduler.crawled import START, Crawl, crawling

SHANGHAI = ZoneInfo("Asia/Shanghai")
URL = "https://www.miit.gov.cn/gzcy/yjzj/art/2026/art_0a1b2c3d4e5f60718293a4b5c6d7e8f9.html"
TITLE = "公开征求对《车联网终端身份认证管理办法（征求意见稿）》的意见"
WECHAT = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
RECORDED = Path(__file__).parent.parent / "pages" / "wechat"
PARTS = [
    f"第{one}条 各单位应当按照本办法第{one}项要求完成终端身份登记，建立台账并定期核对，保存记录不少于六个月。"
    for one in range(1, 12)
]

pytestmark = pytest.mark.both_databases


@pytest.fixture
def crawl(tmp_path: Path, store_address: Callable[[Path], str]) -> Iterator[Crawl]:
    with crawling(
        tmp_path, Source("col", "unit", "https://www.miit.gov.cn/gzcy/yjzj/index.html"), url=store_address(tmp_path)
    ) as made:
        yield made


def page(*parts: str, ends: str = "2026年11月20日", layout: str = '<div id="con_con">') -> str:
    body = "".join(f"<p>{part}</p>" for part in (*(parts or PARTS), f"请于{ends}前将意见反馈至我司。"))
    return (
        f"<html><h1 id='con_title'>{TITLE}</h1><span id='con_time'>2026-11-02 08:00</span>{layout}{body}</div></html>"
    )


def official(**given: Any) -> Target:
    listed = datetime(2026, 11, 2, tzinfo=SHANGHAI)
    return Target(URL, TITLE, listed_at=listed, source="col", ends_on=date(2026, 11, 20), **given)


def waiting(crawl: Crawl) -> list[Any]:
    with crawl.store.reading() as connection:
        return list(connection.execute(select(queue).order_by(queue.c.not_before)))


def article(crawl: Crawl) -> Any:
    with crawl.store.reading() as connection:
        return connection.execute(select(articles)).one()


def first_read(crawl: Crawl, body: str = "") -> None:
    crawl.queue(official())
    target = crawl.take()
    assert target is not None
    crawl.answer(target, body or page(), ETag='"1"')


def next_look(crawl: Crawl) -> Target:
    """Waits until a page is to be looked at again."""
    (row,) = waiting(crawl)
    crawl.clock.now = max(row.not_before, crawl.clock.now)
    target = crawl.take()
    assert target is not None and target.article_id is not None
    return target


def test_an_open_consultation_is_looked_at_after_days_and_daily_in_its_last_week(crawl: Crawl) -> None:
    first_read(crawl)
    days = []
    while waiting(crawl):
        target = next_look(crawl)
        days.append((crawl.clock.now - START).days)
        assert crawl.memory.validators(target) == ('"1"', "")
        crawl.answer(target, status=304)
    assert days == [1, 3, 7, *range(11, 19)]  # the 13th of November to the 20th
    (run,) = crawl.runs("col")
    assert run.outcomes == {"new": 1, "unchanged": 11}


def test_the_moments_of_looks_with_and_without_a_deadline() -> None:
    first = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
    assert list(looks(first, None)) == [first + timedelta(days=one) for one in (1, 3, 7)]
    assert list(looks(first, date(2026, 11, 30)))[-1] == datetime(2026, 11, 30, 9, tzinfo=SHANGHAI)


def test_what_is_no_open_consultation_is_not_looked_at_again(crawl: Crawl) -> None:
    first_read(crawl, page(ends="2026年10月20日"))
    assert waiting(crawl) == []


def test_a_carrier_is_looked_at_once_unless_it_is_a_backfill(crawl: Crawl) -> None:
    post = (RECORDED / "normal_2025.html").read_text(encoding="utf-8")
    crawl.queue(Target(WECHAT, source="col"))
    target = crawl.take()
    assert target is not None
    crawl.answer(target, post)
    again = next_look(crawl)
    assert crawl.clock.now - START == timedelta(days=3)
    crawl.answer(again, post)
    assert waiting(crawl) == []
    crawl.queue(Target(f"{WECHAT}x", source="col", mode=Mode.BACKFILL))
    target = crawl.take()
    assert target is not None
    crawl.answer(target, post.replace("2247", "3358"))
    assert waiting(crawl) == []


def test_a_changed_text_is_a_version_that_shows_what_changed(crawl: Crawl) -> None:
    first_read(crawl)
    changed = [*PARTS[:4], PARTS[4].replace("六个月", "十二个月"), *PARTS[5:]]
    crawl.answer(next_look(crawl), page(*changed, ends="2026年12月5日"))
    (notice_id,) = crawl.store.notice_ids()
    with crawl.store.reading() as connection:
        whole = load_whole(connection, notice_id)
    assert whole is not None
    (version,) = whole.versions
    assert version.changes == (
        f"- {PARTS[4]}",
        f"+ {changed[4]}",
        "- 请于2026年11月20日前将意见反馈至我司。",
        "+ 请于2026年12月5日前将意见反馈至我司。",
    )
    assert whole.events[-1]["kind"] == "deadline" and whole.events[-1]["mode"] == "live"
    assert article(crawl).version == 2


@pytest.mark.parametrize(
    "body",
    [
        page(layout="<table><tr><td><div class='neirong'>"),
        page(*(part.replace("。", "。 ") for part in PARTS)),
        page("页面正在改版，敬请期待。"),
        "<html></html>",
        "<html><h1 id='con_title'>x</h1><div id='con_con'>登录 注册 首页</div></html>",
    ],
)
def test_a_changed_layout_is_no_changed_text(crawl: Crawl, body: str) -> None:
    first_read(crawl)
    before = article(crawl)
    crawl.answer(next_look(crawl), body)
    after = article(crawl)
    assert (after.body, after.version, after.removed_at) == (before.body, 1, None)
    assert len(waiting(crawl)) == 1
    assert [event.kind for event in crawl.store.events_after(0)] == ["new"]


def test_a_failed_look_keeps_the_text_and_is_made_up(crawl: Crawl) -> None:
    first_read(crawl)
    crawl.lose(next_look(crawl), DownloadTimeoutError("30 s"))
    (row,) = waiting(crawl)
    assert timedelta() < row.not_before - crawl.clock.now <= timedelta(minutes=5)
    assert row.article_id == article(crawl).id


def test_two_tombstones_a_day_apart_make_a_removal_and_one_does_not(crawl: Crawl) -> None:
    first_read(crawl)
    crawl.answer(next_look(crawl), "x", 404)
    assert article(crawl).removed_at is None
    first = crawl.clock.now
    crawl.answer(next_look(crawl), "x", 404)
    assert crawl.clock.now - first == timedelta(days=1)
    assert article(crawl).removed_at == first
    (notice_id,) = crawl.store.notice_ids()
    event = crawl.store.events_after(0)[-1]
    assert (event.kind, event.notice_id, event.mode) == ("removed", notice_id, Mode.LIVE)
    with crawl.store.reading() as connection:
        whole = load_whole(connection, notice_id)
    assert whole is not None and [gone["url"] for gone in whole.removed] == [URL]
    project(crawl.store, crawl.store.folder)
    with Index(crawl.store.folder) as index:
        (hit,) = find(index, "", now=crawl.clock()).hits
    assert [(gone["url"], datetime.fromisoformat(gone["removed_at"])) for gone in hit.removed] == [(URL, first)]
    assert crawl.runs("col")[-1].outcomes == {"gone": 1, "new": 1, "removed": 1}
    assert waiting(crawl) == []


def test_a_page_that_comes_back_was_not_removed(crawl: Crawl) -> None:
    first_read(crawl)
    crawl.answer(next_look(crawl), "x", 404)
    crawl.answer(next_look(crawl), page())
    crawl.answer(next_look(crawl), "x", 404)
    assert article(crawl).removed_at is None
    with crawl.store.reading() as connection:
        assert connection.execute(select(visits.c.tombstone_at)).scalar() == crawl.clock.now
    crawl.answer(next_look(crawl), "x", 410)
    assert article(crawl).removed_at is not None
    crawl.queue(official(article_id=article(crawl).id))
    target = crawl.take()
    assert target is not None
    crawl.answer(target, page())
    assert article(crawl).removed_at is None
    project(crawl.store, crawl.store.folder)
    with Index(crawl.store.folder) as index:
        assert find(index, "", now=crawl.clock()).hits[0].removed == ()
    assert [event.kind for event in crawl.store.events_after(0)] == ["new", "removed", "changed"]


def test_an_unread_page_of_an_official_list_is_listed_and_alerts_once(crawl: Crawl) -> None:
    crawl.queue(official(), Target("https://blog.example.cn/1", "博客", source="blog"))
    crawl.hosts.pause("www.miit.gov.cn", timedelta(hours=3), "HTTP 403")
    assert list_overdue(crawl.store, crawl.pages, crawl.sources, crawl.clock()) == 0
    crawl.clock.wait(minutes=31)
    assert list_overdue(crawl.store, crawl.pages, crawl.sources, crawl.clock()) == 1
    assert list_overdue(crawl.store, crawl.pages, crawl.sources, crawl.clock()) == 0
    listed = article(crawl)
    assert (listed.state, listed.title, listed.body, listed.official) == ("listed", TITLE, "", True)
    assert listed.fields["comment_end"] == "2026-11-20" and listed.fields["notice_type"] == "consultation"
    assert reprocess(crawl.store, crawl.pages, workers=1, now=crawl.clock()).outcomes == {"same": 1}
    crawl.clock.wait(hours=3)
    target = crawl.memory.take("www.miit.gov.cn")
    assert target is not None and target.url == URL
    crawl.answer(target, page())
    whole = article(crawl)
    assert (whole.id, whole.state, whole.version) == (listed.id, "article", 1)
    assert PARTS[0] in whole.body
    events = crawl.store.events_after(0)
    assert [(event.kind, event.mode) for event in events] == [("new", Mode.LIVE), ("changed", Mode.LIVE)]
    assert crawl.runs("col")[-1].outcomes == {"fuller": 1}
    assert [row.looks for row in waiting(crawl) if row.url == URL] == [1]
    assert reprocess(crawl.store, crawl.pages, workers=1, now=crawl.clock()).outcomes == {"same": 2}


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("\n".join(PARTS), True),
        ("\n".join(PARTS[:6]), True),
        ("\n".join([*PARTS, "附加的一条"]), True),
        ("\n".join(PARTS[:2]), False),
        ("", False),
        (
            "\n".join(f"完全不同的文章第{one}段，内容与前文毫无关系，只是长度相当而已。" for one in range(12)),
            False,
        ),
    ],
)
def test_which_changes_an_author_makes(new: str, expected: bool) -> None:
    assert plausible("\n".join(PARTS), new) is expected
    assert plausible("短", new)


def test_a_difference_is_short() -> None:
    assert difference("a\nb\nc", "a\nb\nc") == ()
    assert difference("一\n二\n三", "一\n三\n四") == ("- 二", "+ 四")
    long = "同" * 300
    (gone, came) = difference(f"{long}甲", f"{long}乙")
    assert gone.endswith("甲") and came.endswith("乙") and len(gone) < 60
    many = difference("\n".join(map(str, range(50))), "")
    assert len(many) == 9 and many[-1] == "... and 42 more lines"

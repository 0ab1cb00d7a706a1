"""Rows of official lists whose pages cannot be read: every recorded list of a regulator, and what its rows become.

A new site adds a recorded list (see tests/spiders/test_pages.py), not test code.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import DownloadTimeoutError
from sqlalchemy import select, update

from config.sources import Source, load_sources, read_sources
from notices.fetched import Fetched
from notices.identity import WECHAT_HOST, host_of, identity
from notices.kinds import Mode, NoticeType, PageState
from notices.schema import articles, queue
from notices.schema import sources as table
from notices.target import Kind, ListAsk, Target
from pipelines.scrapy_pipeline import Keeper
from scheduler.overdue import list_overdue
from spiders.archive import is_official
from spiders.lists import reader_of
from spiders.sites import site_of
from tests.scheduler.crawled import START, Crawl, crawling

RECORDED = Path(__file__).parent.parent / "pages"
SOURCES = {
    source.name: source
    for source in (*load_sources(), *read_sources((RECORDED / "sources.yaml").read_text(encoding="utf-8")))
}
LISTS = sorted(path for path in RECORDED.rglob("lists/*") if not path.name.endswith(".rows.json"))
NDRC = "https://yyglxxbsgw.ndrc.gov.cn"
SUBMISSION = f"{NDRC}/public/submission-service"


def source_of(path: Path) -> Source:
    return SOURCES[path.name.split(".")[0]]


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.with_name(path.name + ".rows.json").read_text(encoding="utf-8"))[
        "rows"
    ]
    return rows


OFFICIAL = [path for path in LISTS if is_official(host_of(source_of(path).url)) and rows_of(path)]


def read_list(crawl: Crawl, path: Path, *, first: bool = False) -> None:
    """Plays a recorded answer of a source's list; its first crawl was long ago unless it is to be this one."""
    source, step = source_of(path), path.name.split(".")[1]
    run_id = crawl.begin(source.name)
    if not first:
        with crawl.store.writing() as connection:
            connection.execute(queue.delete())
            connection.execute(update(table).values(last_success=START))
        run_id = crawl.begin(source.name)
    with crawl.store.writing() as connection:
        connection.execute(queue.delete())
    (ask, *_) = reader_of(source).first(source)
    if ask.step != step:
        url, given = source.fallback or source.url, ListAsk(step, note={"column": source.url})
    else:
        url, given = ask.url, ListAsk(step, note=ask.note)
    crawl.queue(Target(url, kind=Kind.LIST, source=source.name, run_id=run_id, ask=given, first=first))
    target = crawl.take()
    assert target is not None
    crawl.answer(target, path.read_text(encoding="utf-8"))
    with crawl.store.writing() as connection:  # the list's next pages
        connection.execute(queue.delete().where(queue.c.kind == Kind.LIST.value))


def half_an_hour_of(crawl: Crawl, how: str) -> None:
    """Answers whatever is asked in half an hour so that no page can be read."""
    until = crawl.clock() + timedelta(minutes=31)
    while crawl.clock() < until:
        while (target := crawl.take()) is not None:
            if how == "silent":
                crawl.lose(target, DownloadTimeoutError("30 s"))
            elif how == "disallowed":
                crawl.memory.lost(target, "disallowed", "robots.txt does not allow it")
            else:
                crawl.answer(target, "<html><script>location.reload()</script></html>", 404 if how == "gone" else 200)
        crawl.clock.wait(minutes=1)


def overdue(crawl: Crawl) -> int:
    return list_overdue(crawl.store, crawl.pages, crawl.sources, crawl.clock())


def stored(crawl: Crawl) -> list[Any]:
    with crawl.store.reading() as connection:
        return list(connection.execute(select(articles).order_by(articles.c.id)))


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Crawl]:
    with crawling(tmp_path, *SOURCES.values()) as made:
        yield made


def test_lists_of_every_regulator_are_recorded() -> None:
    assert {path.parent.parent.name for path in OFFICIAL} >= {
        *("miit", "cac", "tc260", "samr", "mohurd", "mot", "ndrc", "gov", "nda", "oscca", "site"),
    }


@pytest.mark.parametrize("path", OFFICIAL, ids=lambda path: path.name)
def test_a_row_of_an_official_list_is_the_article_while_its_page_cannot_be_read(crawl: Crawl, path: Path) -> None:
    read_list(crawl, path)
    rows = {identity(row["url"]): row for row in rows_of(path) if host_of(row["url"]) != WECHAT_HOST}
    half_an_hour_of(crawl, ("gone", "wall", "silent", "disallowed")[len(path.name) % 4])
    assert overdue(crawl) == len(rows)
    assert overdue(crawl) == 0
    found = stored(crawl)
    assert {one.key for one in found} == set(rows)
    for one in found:
        row, site = rows[one.key], site_of(host_of(one.url))
        assert (one.state, one.title, one.mode) == (PageState.LISTED, row["title"], Mode.LIVE)
        assert one.account == row.get("account", site.account if site else host_of(one.url))
        assert one.official is is_official(host_of(one.url))
        assert one.published_at == (datetime.fromisoformat(row["published_at"]) if "published_at" in row else None)
        assert one.fields.get("comment_end") == row.get("ends_on")
    assert {(event.kind, event.mode) for event in crawl.store.events_after(0)} == {("new", Mode.LIVE)}


def test_an_ndrc_row_is_one_article_with_the_page_behind_its_key(crawl: Crawl) -> None:
    (path,) = (path for path in OFFICIAL if path.name.startswith("ndrc"))
    read_list(crawl, path)
    half_an_hour_of(crawl, "silent")
    assert overdue(crawl) == 2
    listed = next(one for one in stored(crawl) if one.key.startswith(NDRC))
    assert (listed.url, listed.account) == (f"{NDRC}/sa.html#/slgsglbf", "国家发展和改革委员会")
    crawl.clock.wait(hours=7)
    folder = RECORDED / "ndrc"
    answers = {
        f"{SUBMISSION}/article/access-url?shortKey=slgsglbf": folder / "access_url.api",
        f"{SUBMISSION}/column/getArticleDetail?articleId=a-1#/slgsglbf": folder / "submission.api",
    }
    while (target := crawl.take()) is not None:
        if target.url in answers:
            text = answers.pop(target.url).read_text(encoding="utf-8")
            crawl.answer(target, text.replace("slgsglbf", ""))  # the service need not repeat the key
        else:
            crawl.answer(target, "x", 404)
    assert answers == {}
    (whole,) = (one for one in stored(crawl) if one.key == listed.key)
    assert (whole.id, whole.state, whole.url) == (listed.id, "article", listed.url)
    assert whole.fields["comment_end"] == "2026-12-04"


def test_an_ndrc_row_whose_key_is_answered_and_whose_text_is_not(crawl: Crawl) -> None:
    (path,) = (path for path in OFFICIAL if path.name.startswith("ndrc"))
    read_list(crawl, path)
    key = (RECORDED / "ndrc" / "access_url.api").read_text(encoding="utf-8")
    while (target := crawl.take()) is not None:
        crawl.answer(target, key) if "access-url" in target.url else crawl.answer(target, "x", 502)
    crawl.clock.wait(minutes=31)
    assert overdue(crawl) == 2
    assert f"{NDRC}/sa.html#/slgsglbf" in {one.url for one in stored(crawl)}


def test_where_a_page_leads_is_queued_with_the_page_or_not_at_all(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kept_and_killed(self: Keeper, fetched: Fetched) -> None:
        keep(self, fetched)
        raise Killed

    keep = Keeper.keep
    monkeypatch.setattr(Keeper, "keep", kept_and_killed)
    crawl.queue(Target(f"{SUBMISSION}/article/access-url?shortKey=slgsglbf", "意见", source="ndrc-yjzq"))
    target = crawl.take()
    assert target is not None
    with pytest.raises(Killed):
        crawl.answer(target, (RECORDED / "ndrc" / "access_url.api").read_text(encoding="utf-8"))
    ahead = crawl.take()
    assert ahead is not None and ahead.url == f"{SUBMISSION}/column/getArticleDetail?articleId=a-1#/slgsglbf"


def test_what_a_first_crawl_finds_is_listed_only_where_it_is_news(crawl: Crawl) -> None:
    """A consultation of four days ago whose list names no deadline is news, the rest of the same list is not."""
    (path,) = (path for path in OFFICIAL if path.name.startswith("cac-wxan"))
    crawl.clock.now = datetime(2026, 11, 22, 9, tzinfo=START.tzinfo)
    read_list(crawl, path, first=True)
    half_an_hour_of(crawl, "gone")
    assert overdue(crawl) == 1
    (one,) = stored(crawl)
    assert one.fields["notice_type"] == NoticeType.CONSULTATION and one.published_at.day == 18
    assert [event.mode for event in crawl.store.events_after(0)] == [Mode.LIVE]


@pytest.mark.parametrize(
    ("url", "expected"), [("https://paper.example.cn/1", True), ("https://mp.weixin.qq.com/s/abcdefghijk", False)]
)
def test_a_row_that_leads_elsewhere_is_as_official_as_its_list(crawl: Crawl, url: str, expected: bool) -> None:
    for name in ("nda", "test-feed"):
        crawl.queue(Target(f"{url}{name}", "关于公开征求意见的通知", source=name, ends_on=date(2026, 12, 1)))
    half_an_hour_of(crawl, "gone")
    assert overdue(crawl) == int(expected)
    assert [(one.url, one.official) for one in stored(crawl)] == ([(f"{url}nda", False)] if expected else [])

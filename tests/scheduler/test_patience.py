"""How long and how often is asked again: for pages that lists name, second looks, walls, and lists that fail."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from config.sources import Source
from notices.kinds import Mode
from notices.schema import articles, hosts, list_pages, queue, sources
from notices.target import Kind, Target
from scheduler.health import Health, last_runs, verdict
from scheduler.overdue import list_overdue
from scheduler.runs import begin_pasted, meet
from tests.scheduler.crawled import Crawl, crawling, feed

SHANGHAI = ZoneInfo("Asia/Shanghai")
URL = "https://www.miit.gov.cn/gzcy/yjzj/art/2026/art_0a1b2c3d4e5f60718293a4b5c6d7e8f9.html"
TITLE = "公开征求对《车联网终端身份认证管理办法（征求意见稿）》的意见"
LONG = "https://mp.weixin.qq.com/s?__biz=MzA5TEST==&mid=7&idx=2&sn=a"
SHORT = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
WALL = "<h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><p>去验证</p>"
TEXT = "".join(f"<p>第{number}段，全文都在订阅源里，不必再去请求那个网站。</p>" for number in range(30))

pytestmark = pytest.mark.both_databases


@pytest.fixture
def crawl(tmp_path: Path, store_address: Callable[[Path], str]) -> Iterator[Crawl]:
    column = "https://www.miit.gov.cn/gzcy/yjzj/index.html"
    made = (
        Source("col", "unit", column),
        Source("bare", "unit", column, may_be_empty=True, every=240),
        Source("two", "unit", column, urls=("https://www.miit.gov.cn/dead.html",)),
        Source("feed", "feed", "https://bridge.example.org/one.xml"),
        Source("opml", "feed", "https://a.example.org/1", urls=("https://b.example.org/2",), every=1440),
    )
    with crawling(tmp_path, *made, url=store_address(tmp_path)) as ready:
        yield ready


def waiting(crawl: Crawl, url: str) -> bool:
    with crawl.store.reading() as connection:
        return connection.execute(select(queue.c.id).where(queue.c.url == url)).first() is not None


def whole(*urls: str) -> str:
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    items = "".join(
        f"<item><title>全文{place}</title><link>{url.replace('&', '&amp;')}</link>"
        f"<content:encoded><![CDATA[{TEXT}{url[-3:]}]]></content:encoded></item>"
        for place, url in enumerate(urls)
    )
    return f'<rss version="2.0" {space}><channel><title>号</title>{items}</channel></rss>'


def read_feed(crawl: Crawl, body: str) -> None:
    crawl.begin("feed")
    target = crawl.take()
    assert target is not None
    crawl.answer(target, body)


def health(crawl: Crawl, name: str) -> Health:
    with crawl.store.reading() as connection:
        row = connection.execute(select(sources).where(sources.c.name == name)).one()
        return verdict(crawl.sources[name], row, last_runs(connection, name), crawl.clock()).health


@pytest.mark.parametrize(
    ("status", "body"), [(404, "x"), (500, "x"), (200, ""), (200, "<html><p>本站正在改版</p></html>")]
)
def test_an_official_row_whatever_its_page_answers_is_listed_after_half_an_hour(
    crawl: Crawl, status: int, body: str
) -> None:
    named = {"listed_at": datetime(2026, 11, 2, tzinfo=SHANGHAI), "source": "col", "ends_on": date(2026, 11, 20)}
    crawl.queue(Target(URL, TITLE, **named))  # type: ignore[arg-type]
    asked = 0
    for _ in range(40):
        crawl.clock.wait(minutes=1)
        while (target := crawl.take()) is not None:
            asked += 1
            crawl.answer(target, body, status)
        list_overdue(crawl.store, crawl.pages, crawl.sources, crawl.clock())
    assert 3 <= asked < 8
    with crawl.store.reading() as connection:
        listed = connection.execute(select(articles)).one()
    assert (listed.title, listed.mode) == (TITLE, Mode.LIVE)
    assert listed.fields["comment_end"] == "2026-11-20" or status == 200
    assert waiting(crawl, URL)  # its page may come yet


def test_a_row_whose_page_comes_after_days_is_asked_daily_while_the_list_names_it(crawl: Crawl) -> None:
    def read_list() -> list[str]:
        """The pages asked for in half an hour after a look at the list."""
        run_id = crawl.begin("bare")
        target = crawl.take()
        assert target is not None and target.run_id == run_id
        crawl.answer(target, "<script querydata=\"{'pageId':'b','tagId':'a'}\" url=\"/unit\"></script>")
        target = crawl.take()
        assert target is not None
        row = f"<li><a href='{URL}' title='{TITLE}'>x</a><span>2026-11-02</span></li>"
        crawl.answer(target, json.dumps({"success": True, "data": {"html": f"<ul>{row}</ul>"}}))
        asked = []
        for _ in range(30):
            crawl.clock.wait(minutes=1)
            while (target := crawl.take()) is not None:
                asked += [] if target.ask else [target.url]
                crawl.answer(
                    target, '{"success": true, "data": {"html": ""}}' if target.ask else "x", 200 if target.ask else 404
                )
        return asked

    with crawl.store.writing() as connection:
        meet(connection, "bare", crawl.clock())
        connection.execute(update(sources).values(last_success=crawl.clock()))
    read_list()
    while waiting(crawl, URL):
        crawl.clock.wait(hours=1)
        list_overdue(crawl.store, crawl.pages, crawl.sources, crawl.clock())
        while (target := crawl.take()) is not None:
            crawl.answer(target, "x", 404)
    assert read_list() == []  # given up an hour ago
    crawl.clock.wait(hours=20)
    assert read_list() == [URL]
    crawl.clock.wait(hours=1)
    assert read_list() == []
    with crawl.store.reading() as connection:
        assert connection.execute(select(articles.c.state)).scalars().all() == ["listed"]


def test_a_page_of_others_that_is_no_article_is_tried_three_times(crawl: Crawl) -> None:
    crawl.queue(Target("https://blog.example.cn/1", "博客", source="blog"))
    for _ in range(3):
        crawl.clock.wait(hours=1)
        target = crawl.take()
        assert target is not None
        crawl.answer(target, "x", 404)
    assert not waiting(crawl, "https://blog.example.cn/1")


@pytest.mark.parametrize("html", ["<ul></ul>", ""])
def test_a_list_that_may_be_empty_is_well_without_rows(crawl: Crawl, html: str) -> None:
    run_id = crawl.begin("bare")
    shell = crawl.take()
    assert shell is not None and shell.run_id == run_id
    crawl.answer(shell, "<script querydata=\"{'pageId':'b','tagId':'a'}\" url=\"/unit\"></script>")
    unit = crawl.take()
    assert unit is not None
    crawl.answer(unit, f'{{"success": true, "data": {{"html": "{html}"}}}}')
    (run,) = crawl.runs("bare")
    assert run.ended_at is not None and not run.trouble
    assert health(crawl, "bare") is Health.OK
    with crawl.store.reading() as connection:
        due = connection.execute(select(sources.c.next_due).where(sources.c.name == "bare")).scalar_one()
    assert due - run.started_at == timedelta(hours=4)


def test_a_long_link_of_wechat_is_never_asked(crawl: Crawl) -> None:
    read_feed(crawl, whole("https://mp.weixin.qq.com/s/of-before-the-first-crawl"))
    read_feed(crawl, whole(LONG, SHORT))
    crawl.clock.wait(days=3, minutes=1)
    looked = crawl.take()
    assert looked is not None and looked.url == SHORT
    with crawl.store.writing() as connection:
        begin_pasted(connection, "pasted", [LONG, SHORT], crawl.clock())
    assert crawl.runs("pasted")[-1].outcomes == {"unfetchable": 1}
    assert not waiting(crawl, LONG)


def test_unfetchable_links_are_counted_with_the_list_that_sends_them(crawl: Crawl) -> None:
    crawl.begin("feed")
    target = crawl.take()
    assert target is not None
    crawl.answer(target, feed((LONG.replace("&", "&amp;"), "长链接")))
    with crawl.store.reading() as connection:
        found = connection.execute(select(list_pages.c.found).where(list_pages.c.url == target.url)).scalar_one()
    assert found["unfetchable"] == 1


def test_second_looks_that_fail_do_not_make_a_source_ill(crawl: Crawl) -> None:
    read_feed(crawl, whole("https://mp.weixin.qq.com/s/of-before-the-first-crawl"))
    urls = [f"https://mp.weixin.qq.com/s/abcdefghijklmnopqrst{place:02}" for place in range(5)]
    read_feed(crawl, whole(*urls))
    crawl.clock.wait(days=3, minutes=1)
    for place in range(5):
        crawl.clock.wait(hours=1)
        look = crawl.take()
        assert look is not None
        if place % 2:
            crawl.memory.lost(look, "disallowed", "robots.txt")
            assert not waiting(crawl, look.url)
        else:
            crawl.answer(look, WALL)
            crawl.clock.wait(hours=12)
    assert crawl.runs("feed")[-1].outcomes["not_looked"] == 5
    with crawl.store.writing() as connection:
        connection.execute(sources.update().values(last_success=crawl.clock()))
    assert health(crawl, "feed") is Health.OK


def test_pauses_grow_with_walls_that_say_200_and_shrink_after_a_page(crawl: Crawl) -> None:
    host = "mp.weixin.qq.com"

    def paused(body: str) -> timedelta:
        crawl.queue(Target(f"https://{host}/s/{crawl.clock().timestamp():.0f}abcdefghijkl", source="feed"))
        target = crawl.take()
        assert target is not None
        crawl.hosts.answered(host, 0.1, well=True)  # as the asker says of every 200
        crawl.answer(target, body)
        with crawl.store.reading() as connection:
            until = connection.execute(select(hosts.c.paused_until).where(hosts.c.host == host)).scalar()
        wait: timedelta = max(until - crawl.clock(), timedelta()) if until else timedelta()
        crawl.clock.wait(days=1, hours=1)
        return wait

    minutes = [paused(WALL) / timedelta(minutes=1) for _ in range(3)]
    assert minutes == [30, 60, 120]
    assert paused(f'<div id="js_content">{TEXT}</div>') == timedelta()
    assert paused(WALL) == timedelta(minutes=30)


def test_a_list_that_goes_on_failing_is_asked_ever_more_rarely(crawl: Crawl) -> None:
    gaps = []
    for _ in range(6):
        crawl.begin("opml")
        while (target := crawl.take()) is not None:
            crawl.answer(target, "x", 404)
        with crawl.store.reading() as connection:
            due = connection.execute(select(sources.c.next_due).where(sources.c.name == "opml")).scalar_one()
        gaps.append(round((due - crawl.clock()) / timedelta(minutes=1)))
        crawl.clock.now = due
    assert gaps[:4] == [10, 30, 90, 270] and gaps[4:] == [810, 1440]


def test_one_dead_feed_keeps_no_other_from_alerting(crawl: Crawl) -> None:
    modes = {}
    for number in range(9):
        crawl.begin("opml")
        while (target := crawl.take()) is not None:
            if target.kind is not Kind.LIST:
                modes[target.url[-1]] = target.mode
                crawl.memory.lost(target, "refused", "not asked here")
            elif "b.example" in target.url:
                crawl.answer(target, "x", 404)
            else:
                rows = feed((f"https://a.example.org/{number}", f"第{number}篇"))
                is_down = 0 < number < 8  # for longer than failures are counted
                crawl.answer(target, rows, 502 if is_down else 200)
        crawl.clock.wait(days=1)
    assert modes == {"0": Mode.BACKFILL, "8": Mode.LIVE}


def test_a_source_that_was_never_read_whole_is_not_paged_through_to_its_end(crawl: Crawl) -> None:
    shell = "<script querydata=\"{'pageId':'b','tagId':'a'}\" url=\"/unit\"></script>"
    for _ in range(2):
        crawl.begin("two")
        pages = 0
        while (target := crawl.take()) is not None:
            if target.kind is not Kind.LIST:
                crawl.memory.lost(target, "disallowed", "robots.txt")
            elif "dead" in target.url:
                crawl.answer(target, "x", 404)
            elif "unit" not in target.url:
                crawl.answer(target, shell)
            else:
                pages += 1
                name = f"{crawl.clock():%d}{pages}"
                rows = "".join(
                    f"<li><a href='/art/{name}{one}.html' title='第{one}号'>x</a><span>2026-11-01</span></li>"
                    for one in range(3)
                )
                html = f"<ul>{rows}</ul><div rows='3' count='90'></div>"
                crawl.answer(target, f'{{"success": true, "data": {{"html": "{html}"}}}}')
        assert pages == 2
        crawl.clock.wait(days=1)

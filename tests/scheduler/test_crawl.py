"""Whole crawls of sites on loopback, each source in its own process, into the real store."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from config import operator
from config.settings import Settings
from config.sources import HostPolicy, Source
from notices.kinds import Mode
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import SHANGHAI, hosts, pages, sources, visits
from notices.store import Store
from scheduler.crawl import SourceReport, crawl
from scheduler.crawl_child import Order
from scheduler.demo_site import serve
from scheduler.demo_site import sources as demo_sources
from spiders.job import Errand

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Desk:
    settings: Settings
    store: Store
    pages: PageFile

    def sources(self, text: str) -> None:
        self.settings.config.mkdir(exist_ok=True)
        (self.settings.config / "sources.yaml").write_text(text, encoding="utf-8")

    def crawl(self, *names: str, since: date | None = None, urls: tuple[str, ...] = ()) -> dict[str, SourceReport]:
        report = crawl(self.settings, self.store, self.pages, names, since=since, urls=urls)
        return {source.name: source for source in report.sources}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(data=tmp_path, config=tmp_path / "config", download_max_mb=1, crawl_timeout=60)
    operator.use(settings.config)
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(settings.store_url, tmp_path))
        yield Desk(settings, store, stack.enter_context(PageFile(tmp_path)))
    operator.use(tmp_path / "nowhere")


@dataclass
class Site:
    """A misbehaving site: `answers` by path, each called with the request's number at that path."""

    answers: dict[str, Callable[[int], tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    base: str = ""


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked[self.path] += 1
            status, headers, body = site.answers.get(self.path, lambda _: (404, {}, b""))(site.asked[self.path])
            if not status:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def always(status: int, body: str = "", **headers: str) -> Callable[[int], tuple[int, dict[str, str], bytes]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (status, named, body.encode())


def article(text: str) -> str:
    return (
        f"<html><h1>标题{text}</h1><article><p>{text}。"
        + "这一段文字足够长，可以当作一篇文章的正文来读。" * 8
        + "</p></article></html>"
    )


def feed(base: str, *paths: str) -> str:
    items = "".join(f"<item><title>{path}</title><link>{base}{path}</link></item>" for path in paths)
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


def source(site: Site, **extra: Any) -> str:
    lines = {"name": "odd", "kind": "feed", "url": f"{site.base}/feed", "delay": 0, **extra}
    return "- " + "\n  ".join(f"{key}: {value}" for key, value in lines.items()) + "\n"


def test_the_sample_site_ends_with_one_notice_a_text(desk: Desk) -> None:
    with serve() as base:
        desk.sources(demo_sources(base))
        first, again = desk.crawl(), desk.crawl()
    assert {name: report.error for name, report in first.items()} == {"demo-column": None, "demo-feed": None}
    assert first["demo-column"].outcomes == {"attachment": 1, "list": 3, "new": 8}
    assert first["demo-feed"].outcomes == {"blocked": 1, "deleted": 1, "list": 1, "new": 7, "unfetchable": 1}
    for report in (*first.values(), *again.values()):
        assert report.pages == sum(report.outcomes.values())
    assert first["demo-column"].new_articles + first["demo-feed"].new_articles == 15
    assert sum(report.new_articles + report.new_notices for report in again.values()) == 0
    assert again["demo-column"].outcomes == {"list": 1, "unchanged": 1}  # the list's ETag, asked for after a clean end

    notices = desk.store.notices(desk.store.notice_ids())
    carried = {notice.titles[0]: {carrier.account for carrier in notice.carriers} for notice in notices}
    assert len(notices) == 9
    assert carried["公开征求对《工业互联网平台数据分级保护规范（征求意见稿）》的意见"] == {
        *("工业和信息化部", "网安观潮", "数据治理前沿"),
    }
    digest = next(accounts for title, accounts in carried.items() if title.startswith("一周政策速览"))
    assert digest == {"政策早知道"}
    assert all(notice.official for notice in notices if len(notice.carriers) > 1)
    (offered,) = [notice.attachments for notice in notices if notice.attachments]
    assert offered[0].startswith("工业互联") and len("".join(offered)) > 200  # its name and its text


def test_a_first_crawl_is_live_only_for_what_is_open_or_new(desk: Desk) -> None:
    with serve() as base:
        desk.sources(demo_sources(base))
        desk.crawl("demo-column")
    modes = {event.notice_id: event.mode for event in desk.store.events_after(0) if event.kind == "new"}
    live = {
        notice.titles[0]
        for notice in desk.store.notices(desk.store.notice_ids())
        if modes[notice.notice_id] is Mode.LIVE
    }
    assert {title[:16] for title in live} == {
        "公开征求对《工业互联网平台数据分",
        "关于公开征求《车联网终端身份认证",
        "公开征求对《智能算力设施备案管理",
    }


def test_a_backfill_takes_what_is_young_enough_and_alerts_nobody(desk: Desk) -> None:
    today = datetime.now(SHANGHAI).date()
    with serve(today) as base:
        desk.sources(demo_sources(base))
        report = desk.crawl("demo-column", since=today - timedelta(days=5))["demo-column"]
    assert report.new_articles == 3
    assert {event.mode for event in desk.store.events_after(0)} == {Mode.BACKFILL}
    with desk.store.reading() as connection:
        assert connection.execute(select(sources.c.last_success)).scalar() is None  # the next crawl is the first one


def test_every_page_of_a_bad_site_has_one_outcome_and_the_rest_goes_on(desk: Desk) -> None:
    paths = ["/good", "/gone", "/broken", "/empty", "/latin", "/huge", "/cut", "/moved", "/secret/x", "/last"]
    site = Site()
    with serving(site):
        site.answers = {
            "/robots.txt": always(200, "User-agent: *\nDisallow: /secret/\n"),
            "/feed": always(200, feed(site.base, *paths)),
            "/good": always(200, article("好")),
            "/broken": always(500, "x"),
            "/empty": always(200, ""),
            "/latin": lambda _: (200, {}, b"\x80\xff\xfe\xfd" * 500),
            "/huge": always(200, "x" * 2_000_000),
            "/cut": always(0),
            "/moved": always(302, Location="/good2"),
            "/good2": always(200, article("到了")),
            "/last": always(200, article("末")),
        }
        desk.sources(source(site))
        report = desk.crawl()["odd"]
        again = desk.crawl()["odd"]
    expected = {
        "list": 1,
        "new": 3,
        "gone": 1,
        "error": 2,
        "empty": 1,
        "too_large": 1,
        "unreachable": 1,
        "disallowed": 1,
    }
    assert report.outcomes == expected
    assert report.error is None
    assert again.outcomes["known"] == 3 and again.new_articles == 0
    assert site.asked["/secret/x"] == 0
    with desk.store.reading() as connection:
        kept = {row.url: row for row in connection.execute(select(pages))}
        assert len(kept) == 7
        assert desk.pages.get(kept[f"{site.base}/latin"].body_hash) == b"\x80\xff\xfe\xfd" * 500
        assert {row.attempts for row in connection.execute(select(visits)) if row.state == "empty"} == {2}


@pytest.mark.parametrize(("status", "wait"), [(429, "120"), (521, "")])
def test_a_wall_pauses_its_host_and_is_not_hit_again(desk: Desk, status: int, wait: str) -> None:
    site = Site()
    with serving(site):
        site.answers = {
            "/feed": always(200, feed(site.base, "/a", "/b", "/c")),
            "/a": always(200, article("甲")),
            "/b": always(status, "x", **({"Retry_After": wait} if wait else {})),
        }
        desk.sources(source(site))
        report = desk.crawl()["odd"]
        assert report.outcomes == {"list": 1, "new": 1, "blocked": 1, "postponed": 1}
        before = Counter(site.asked)
        again = desk.crawl("odd", urls=(f"{site.base}/b", f"{site.base}/c"))["odd"]
        assert again.outcomes == {"postponed": 2}
        assert site.asked == before
    with desk.store.reading() as connection:
        row = connection.execute(select(hosts)).one()
    minutes = (row.paused_until - datetime.now(timezone.utc)) / timedelta(minutes=1)
    assert minutes == pytest.approx(2 if wait else 30, abs=1)
    assert str(status) in row.reason


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (always(200, "<html>改版</html>"), "changed_layout", "no item"),
        (always(403, ""), "blocked", "HTTP 403"),
        (always(0), "unreachable", "cannot be fetched"),
    ],
)
def test_a_list_that_cannot_be_read_is_said_aloud(desk: Desk, answer: Any, outcome: str, said: str) -> None:
    site = Site()
    with serving(site):
        site.answers = {"/feed": answer}
        desk.sources(source(site))
        report = desk.crawl()["odd"]
    assert report.outcomes == {outcome: 1}
    assert report.error is not None and said in report.error


def test_a_feed_with_whole_texts_is_read_without_asking_the_site(desk: Desk) -> None:
    site = Site()
    long = "https://mp.weixin.qq.com/s?__biz=MzA1MTExMTExMQ==&amp;mid=2650000001&amp;idx=1"
    with serving(site):
        text = "".join(f"<p>第{number}段，全文都在订阅源里，不必再去请求那个网站。</p>" for number in range(30))
        item = (
            f"<item><title>全文</title><link>{long}</link><content:encoded><![CDATA[{text}]]></content:encoded></item>"
        )
        space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        site.answers = {
            "/feed": always(200, f'<rss version="2.0" {space}><channel><title>号</title>{item}</channel></rss>'),
        }
        desk.sources(source(site))
        report = desk.crawl()["odd"]
    assert report.outcomes == {"list": 1, "new": 1}
    (notice,) = desk.store.notices(desk.store.notice_ids())
    assert notice.carriers[0].account == "号" and "第29段" in notice.body


def test_moved_and_shared_pages_are_followed_where_they_can_be(desk: Desk) -> None:
    recorded = ROOT / "tests" / "pages" / "wechat"
    share, moved, post = ((recorded / f"{name}.html").read_text() for name in ("share_only", "moved", "normal_2025"))
    short = re.sub(r"transferTargetLink = '.*?'", "transferTargetLink = '/s/here'", moved)
    site, wechat = Site(), "https://mp.weixin.qq.com"
    with serving(site):
        site.answers = {
            "/feed": always(200, feed(wechat, "/s/shared", "/s/moved", "/s/lost")),
            "/s/shared": always(200, share),
            "/s/moved": always(200, short),
            "/s/lost": always(200, moved),
            "/s/here": always(200, post),
        }
        desk.sources(source(site, bases=f'{{mp.weixin.qq.com: "{site.base}"}}'))
        report = desk.crawl()["odd"]
    assert report.outcomes == {"list": 1, "share": 1, "moved": 2, "unfetchable": 2, "new": 1}
    with desk.store.reading() as connection:
        assert f"{wechat}/s/here" in set(connection.execute(select(pages.c.url)).scalars())


def test_a_crawl_that_takes_too_long_is_ended_and_keeps_what_it_has(desk: Desk) -> None:
    site = Site()
    with serving(site):
        site.answers = {
            "/feed": always(200, feed(site.base, *(f"/{number}" for number in range(50)))),
            **{f"/{number}": always(200, article(str(number))) for number in range(50)},
        }
        desk.sources(source(site, delay=1))
        slow = Desk(desk.settings.model_copy(update={"crawl_timeout": 4}), desk.store, desk.pages)
        report = slow.crawl()["odd"]
    assert report.error is not None
    assert report.outcomes["new"] >= 1
    assert report.pages == 51
    assert len(desk.store.notice_ids()) == report.new_notices


def test_an_unknown_source_is_a_wrong_use(desk: Desk) -> None:
    desk.sources("[]")
    with pytest.raises(Problem, match="no source is called x") as caught:
        desk.crawl("x")
    assert caught.value.status == 2


def test_a_crawl_refuses_settings_that_are_not_ours(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SCRAPY_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-P", "-m", "scheduler.crawl_child"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, input="{}", capture_output=True, text=True)
    assert done.returncode == 2
    assert "refused to crawl" in done.stderr


def test_an_order_survives_the_way_to_its_process(tmp_path: Path) -> None:
    source = Source("a", "unit", "https://x.cn/", bases={"x.cn": "http://127.0.0.1:1"}, checks=("b",))
    policy = HostPolicy("x.cn", "ignore", "because", 2.0)
    errand = Errand({"a": source}, {"x.cn": policy}, ("a",), patient=True, timeout=9.0)
    order = Order(errand, Settings(data=tmp_path), "sqlite:///other.db")
    assert Order.from_json(json.dumps(json.loads(order.to_json()))) == order

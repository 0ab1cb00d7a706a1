"""Attached files from a site on loopback to the index: fetched, read apart, searched, counted when they are none."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from config.sources import Source
from notices.schema import article_files, files, hosts, pages
from notices.target import Kind, Target
from pipelines.filetext.result import FileOutcome, FileText
from scheduler import file_reading
from scheduler.corrections import forget
from scheduler.file_reading import read_apart
from scheduler.looking import Looking
from scheduler.prune import prune
from scheduler.reprocess import reprocess
from tests.scheduler.crawled import Crawl, crawling
from tests.scheduler.test_crawl import Desk, Site, always, desk, serving

__all__ = ["desk"]
MADE = Path(__file__).parent.parent / "pipelines" / "files_made"
DATE = "2026-11-20"
NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
HEAD = f'<meta name="ArticleTitle" content="公开征求对《样例规范》的意见"><meta name="PubDate" content="{DATE} 09:00">'


def page(links: str) -> str:
    words = "为做好样例工作，我们组织起草了《样例规范（征求意见稿）》，现公开征求意见，详见附件。" * 3
    return (
        f'<html><head>{HEAD}</head><body><h1 id="con_title">公开征求对《样例规范》的意见</h1>'
        f'<div class="cinfo center"><span id="con_time">发布时间：{DATE} 09:00</span></div>'
        f'<div class="ccontent center" id="con_con"><p>{words}</p>{links}</div></body></html>'
    )


def test_a_file_is_fetched_read_and_searched_and_gives_the_deadline(desk: Desk) -> None:
    site, body = Site(), (MADE / "notice.doc").read_bytes()
    with serving(site):
        links = "".join(
            f'<p><a href="/f/{name}">{name}</a></p>' for name in ("规范.doc", "wall.pdf", "gone.xls", "bad.zip")
        )
        site.answers = {
            "/art/2026/art_1.html": always(200, page(links)),
            "/f/%E8%A7%84%E8%8C%83.doc": lambda _: (200, {"Content-Type": "application/msword"}, body),
            "/f/wall.pdf": always(200, "<html>请完成验证</html>", Content_Type="text/html"),
            "/f/bad.zip": lambda _: (200, {}, b"PK\x03\x04 and nothing more"),
        }
        bases = f'{{www.miit.gov.cn: "{site.base}"}}'
        desk.sources(f"- name: one\n  kind: feed\n  url: {site.base}/feed\n  delay: 0\n  bases: {bases}\n")
        report = desk.crawl("one", urls=("https://www.miit.gov.cn/art/2026/art_1.html",))["one"]
    assert report.outcomes["new"] == 1 and report.outcomes["attachment"] == 2
    with desk.store.reading() as connection:
        rows = {row.url.rpartition("/")[2]: row for row in connection.execute(select(files))}
    assert {name: row.outcome for name, row in rows.items()} == {
        "规范.doc": "read",
        "gone.xls": "gone",
        "bad.zip": "unreadable",
    }
    (notice,) = desk.store.notices(desk.store.notice_ids())
    assert "应当每年至少开展一次自查" in "".join(notice.attachments)
    assert str(notice.fields.comment_end) == "2026-12-18"
    assert "yangli@example.gov.cn" in notice.fields.emails
    assert forget(
        desk.store, desk.pages, "https://www.miit.gov.cn/art/2026/art_1.html", now=notice.published_at
    ).articles
    with desk.store.reading() as connection:
        assert not connection.execute(select(files.c.url).where(files.c.text != "")).all()


@pytest.mark.parametrize("limits", [{"memory_mb": 160}, {"seconds": 1}])
def test_a_file_that_costs_too_much_ends_its_process_and_nothing_else(limits: dict[str, int]) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>样例{n}</t></is></c></row>' for n in range(1, 400_000)
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", f'<w:d xmlns:w="x">{rows * 4}</w:d>')
    found = read_apart("a.docx", buffer.getvalue(), **limits)
    assert found.outcome is FileOutcome.TOO_COSTLY and found.reason


def test_a_look_reads_a_few_files_and_the_next_one_the_rest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = {"kind": "", "outcome": "", "reason": "", "text": "", "rules": 0, "size": 1, "read_at": None}
    with desk.store.writing() as connection:
        for number in range(7):
            key = desk.pages.put(str(number).encode())
            row = {"url": f"https://a.example/{number}.txt", "name": "", "body_hash": key, "fetched_at": NOW}
            connection.execute(files.insert().values(row | empty))
    monkeypatch.setattr(file_reading, "read_apart", lambda name, body: FileText(FileOutcome.READ, name))
    looking = Looking(desk.settings, desk.store, desk.pages, lambda: NOW)

    def waiting() -> int:
        with desk.store.reading() as connection:
            return len(connection.execute(select(files.c.url).where(files.c.outcome == "")).all())

    assert not file_reading.read_files(desk.store, desk.pages, NOW, seconds=0.0)
    looking._read()
    assert waiting() == 2
    looking._read()
    assert waiting() == 0


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Crawl]:
    with crawling(tmp_path, Source("one", "feed", "https://www.miit.gov.cn/feed")) as made:
        yield made


SCRIPT = "<html><script>document.cookie='x';location.reload()</script></html>"
LOGIN = "<html><h1>请登录</h1><p>用户名 密码</p></html>"


@pytest.mark.parametrize(
    ("status", "body", "outcome", "reason", "paused"),
    [
        (403, "<html>拒绝访问</html>", "blocked", "HTTP 403", True),
        (200, SCRIPT, "blocked", "a script instead of a page", True),
        (404, "<html>页面不存在</html>", "gone", "HTTP 404", False),
        (502, "<html>网关错误</html>", "error", "HTTP 502", False),
        (200, LOGIN, "error", "a page in the file's place", False),
        (200, "", "empty", "no bytes", False),
    ],
)
def test_what_answers_in_a_files_place_is_kept_as_a_page_and_counted(
    crawl: Crawl, status: int, body: str, outcome: str, reason: str, paused: bool
) -> None:
    """Its bytes, headers and time, for the 90 days of other pages; no rule ever makes an article of it."""
    url = "https://www.miit.gov.cn/cms_files/filemanager/1/attach/20269/a.pdf"
    for number in range(2):  # the same answer again is the same page and another outcome
        crawl.queue(Target(url, "附件", kind=Kind.ATTACHMENT, source="one"))
        target = crawl.take()
        assert target is not None
        crawl.answer(target, body, status, Content_Type="text/html; charset=utf-8", X_Cache="miss")
        with crawl.store.writing() as connection:
            connection.execute(hosts.update().values(paused_until=None)) if number == 0 else None
        crawl.clock.wait(hours=1)
    with crawl.store.reading() as connection:
        (page,) = connection.execute(select(pages)).all()
        (host,) = connection.execute(select(hosts)).all() if paused else (None,)
    assert crawl.pages.get(page.body_hash) == body.encode()
    assert (page.url, page.state, page.reason, page.status) == (url, outcome, reason, status)
    assert page.headers["x-cache"] == "miss" and page.article_id is None
    assert [run.outcomes for run in crawl.runs("one")] == [{outcome: 2}]
    assert (host is not None and host.walls > 0) is paused
    assert reprocess(crawl.store, crawl.pages, workers=1, now=crawl.clock()).outcomes == {outcome: 1}
    assert prune(crawl.store, crawl.pages, 30, 90, page.fetched_at + timedelta(days=89)) == 0
    assert prune(crawl.store, crawl.pages, 30, 90, page.fetched_at + timedelta(days=91)) == 1


def test_what_answered_in_a_files_place_is_forgotten_with_its_article(crawl: Crawl) -> None:
    article = "https://www.miit.gov.cn/art/2026/art_1.html"
    crawl.queue(Target(article, source="one"))
    for _ in range(2):  # the article, then the file it offers
        target = crawl.take()
        assert target is not None
        answers = {Kind.PAGE: page('<p><a href="/f/a.pdf">附件</a></p>'), Kind.ATTACHMENT: LOGIN}
        crawl.answer(target, answers[target.kind], Content_Type="text/html")
    with crawl.store.reading() as connection:
        assert len(connection.execute(select(pages)).all()) == 2
        assert len(connection.execute(select(article_files)).all()) == 1
    forget(crawl.store, crawl.pages, article, now=crawl.clock())
    with crawl.store.reading() as connection:
        assert connection.execute(select(pages)).all() == []

"""Pages that should not be: each gets a state and a reason."""

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from config.sources import load_sources, read_sources
from notices.kinds import PageState
from notices.page import Page
from spiders.decode import LARGEST, text_of
from spiders.listing import Ask, LayoutChanged
from spiders.lists import reader_of
from spiders.readers import read
from tests.spiders.shapes import ADDRESSES, SHAPES, shaped

WECHAT = "https://mp.weixin.qq.com/s/abc"
MIIT = "https://www.miit.gov.cn/a/art_1.html"
PAGES = Path(__file__).parent.parent / "pages"
ADDRESS = re.compile(rb"https?://[^\s\"'<>\\]+|(?<=href=\")[^\"]+")


def page(body: bytes, url: str = WECHAT, status: int = 200, **headers: str) -> Page:
    return Page(url=url, body=body, fetched_at=datetime.now(timezone.utc), status=status, headers=headers)


@pytest.mark.parametrize(
    ("bad", "state"),
    [
        (page(b""), PageState.EMPTY),
        (page(b" \x00\r\n"), PageState.EMPTY),
        (page(b"", status=403), PageState.BLOCKED),
        (page(b"<p>x</p>", status=429), PageState.BLOCKED),
        (page(b"<script>x</script>", MIIT, status=521), PageState.BLOCKED),
        (page(b"x", status=404), PageState.GONE),
        (page(b"x", status=500), PageState.ERROR),
        (page(b"\x80\xff\xfe\xfd" * 500), PageState.ERROR),
        (page(b"%PDF-1.7 x", MIIT), PageState.ERROR),
        (page(b"x" * (LARGEST + 1)), PageState.ERROR),
        (page("\u4e2d".encode("utf-16-le") * 3), PageState.ERROR),
        (page(b"<div id=js_content>x", WECHAT), PageState.ERROR),
        (page(b"<!-- nothing -->", "https://example.cn/a"), PageState.EMPTY),
        (page(b"<div id='con_con'></div>", MIIT), PageState.EMPTY),
    ],
)
def test_a_bad_page_has_a_state_and_a_reason(bad: Page, state: PageState) -> None:
    reading = read(bad)
    assert reading.state is state
    assert reading.article is None
    assert reading.reason


def test_a_wall_that_a_bridge_met_is_no_article() -> None:
    told = {"x-feed-account": "海风观察"}
    for text, state in (
        ("<h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><p>去验证</p>", PageState.BLOCKED),
        ("<p>该内容已被发布者删除</p>", PageState.DELETED),
    ):
        assert read(page(text.encode(), **told)).state is state
    long = "https://mp.weixin.qq.com/s?__biz=MzA5TEST==&mid=7&idx=2&sn=a"
    found = read(page(("<p>现公开征求意见。</p>" * 30).encode(), long, **told)).article
    assert found is not None
    assert (found.account, found.biz, found.mid, found.idx) == ("海风观察", "MzA5TEST==", "7", "2")


def test_a_wall_that_a_redirect_led_to_is_seen() -> None:
    led = {"x-location": "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x"}
    assert read(page(b"<html><body>ok</body></html>", **led)).state is PageState.BLOCKED


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("公开征求意见".encode("gb18030"), {"content-type": "text/html; charset=GBK"}),
        ("<meta charset=gb2312>公开征求意见".encode("gb18030"), {}),
        ("公开征求意见".encode("gb18030"), {"content-type": "text/html; charset=nonsense"}),
        ("公开征求意见".encode(), {"content-type": "text/html; charset=gb2312"}),
        ("\ufeff公开征求意见".encode("utf-16"), {}),
        ("公开\x00征求意见".encode(), {}),
        ("<meta charset=undefined>公开征求意见".encode("gb18030"), {}),
        ("<meta charset=u7>公开征求意见".encode("gb18030"), {}),
        ("<meta charset=unicode_escape>\\ud800 公开征求意见".encode("gb18030"), {}),
        ("<meta charset=utf-16>公开征求意见".encode("gb18030"), {}),
        ("<meta charset=x-gbk>公开征求意见".encode("gb18030"), {}),
        ("<meta charset=hex>公开征求意见".encode("gb18030"), {}),
        ("公开征求意见".encode() + b"\xff" + b"x" * 3000, {}),
    ],
)
def test_text_is_read_whatever_the_page_declares(body: bytes, headers: dict[str, str]) -> None:
    assert "公开征求意见" in text_of(page(body, **headers))


@pytest.mark.parametrize(
    "before",
    [
        "",
        '<script src="a.js" charset="gbk"></script>',
        '<link rel="stylesheet" href="a.css?charset=gbk" charset="utf-8">',
        '<!-- <meta charset="gbk"> -->',
        f"<!--{'x' * 3000}-->",
    ],
)
@pytest.mark.parametrize(("declared", "text"), [("big5", "公開徵求意見"), ("Shift_JIS", "意見の募集")])
def test_the_charset_is_the_one_of_the_page_not_of_its_parts(before: str, declared: str, text: str) -> None:
    body = f"<html><head>{before}<meta charset={declared}></head><body>{text}</body></html>"
    assert text in text_of(page(body.encode(declared)))


def test_a_western_charset_is_believed_only_where_the_bytes_are_not_chinese() -> None:
    declared = "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>"
    assert "公开征求意见" in text_of(page(f"{declared}公开征求意见".encode("gb18030")))
    assert "公开征求意见" in text_of(
        page("公开征求意见".encode("gb18030"), **{"content-type": "text/html; charset=latin1"})
    )
    assert "Séance à Genève" in text_of(page(f"{declared}Séance à Genève".encode("latin-1")))


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize("name", SHAPES)
def test_strange_shapes_are_read_to_their_end(name: str, url: str) -> None:
    """The square of such a size takes longer than any test may; how much it takes is a figure of `make bench`."""
    reading = read(page(shaped(name), url))
    assert reading.reason
    assert reading.article is None or len(reading.article.body) <= len(shaped(name))


@pytest.mark.parametrize(
    "broken", ["http://[", "http://[]/x", "//[x]/y", "https://a:b/", "https://a:0/", "https://a:99999/"]
)
def test_addresses_that_are_none_make_no_reader_raise(broken: str) -> None:
    sources = [*load_sources(), *read_sources((PAGES / "sources.yaml").read_text(encoding="utf-8"))]
    paths = [path for path in PAGES.rglob("*.*") if path.suffix in {".html", ".api", ".xml", ".json"}]
    assert len(paths) > 20
    for path in sorted(paths):
        body, count = ADDRESS.subn(lambda _: broken.encode(), path.read_bytes())
        for url in ADDRESSES:
            read(page(body, url))
        for source in sources if count else ():
            for ask in (*reader_of(source).first(source), Ask(source.url, "list"), Ask(source.url, "feed")):
                try:
                    rows = reader_of(source).read(source, ask, page(body, ask.url)).rows
                except LayoutChanged:
                    continue
                assert all(row.title for row in rows)

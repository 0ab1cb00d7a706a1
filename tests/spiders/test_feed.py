"""Feeds of every kind."""

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from config.sources import Source
from notices.page import Page
from spiders.listing import Ask, LayoutChanged, Listing, Row
from spiders.lists import reader_of

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>示例号</title><link>https://x.example/</link>
<item><title>第一\\n篇 &amp;quot;甲&amp;quot;</title><link>https://mp.weixin.qq.com/s?__biz=a==&amp;amp;mid=1&amp;amp;idx=1</link>
<author>某号</author><pubDate>Fri, 20 Nov 2026 09:15:00 +0800</pubDate>
<content:encoded><![CDATA[<p>全文&nbsp;<script>x</script></p>{more}]]></content:encoded></item>
<item><title>没有地址</title></item>
<item><title>第二篇</title><link>https://mp.weixin.qq.com/s/abc</link><pubDate>2026-11-19 08:00:00</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>示例号</title><entry><title>第三篇</title>
<link href="https://example.cn/3"/><updated>2026-11-20T01:15:00Z</updated><author><name>作者</name></author>
<content type="html">&lt;p&gt;文&lt;/p&gt;</content></entry></feed>"""
JSON = """{"version":"https://jsonfeed.org/version/1.1","title":"示例号","items":[{"id":"1","url":"https://example.cn/4",
"title":"第四篇","content_html":"<p>文</p>","date_published":"2026-11-20T09:15:00+08:00"},{"id":"2"},7]}"""
MORE = "<p>为加强海洋数据管理，我们起草了目录，现向社会公开征求意见。</p>" * 20
SOURCE = Source("feed", "feed", "https://bridge.example/feeds/1.rss")
WHEN = datetime(2026, 11, 20, 1, 15, tzinfo=timezone.utc)


def listing(body: bytes) -> Listing:
    return reader_of(SOURCE).read(SOURCE, Ask(SOURCE.url, "feed"), Page(SOURCE.url, body, datetime.now(timezone.utc)))


def read_feed(body: bytes) -> tuple[Row, ...]:
    return listing(body).rows


def test_rss_with_its_whole_texts_and_its_habits() -> None:
    first, second = read_feed(RSS.replace("{more}", MORE).encode())
    assert first.url == "https://mp.weixin.qq.com/s?__biz=a==&mid=1&idx=1"
    assert (first.title, first.account, first.published_at) == ('第一 篇 "甲"', "某号", WHEN)
    assert "全文" in first.content
    assert second.account == "示例号"
    assert second.published_at is not None and second.published_at.isoformat() == "2026-11-19T08:00:00+08:00"
    assert second.content == ""


@pytest.mark.parametrize(("text", "title"), [(ATOM, "第三篇"), (JSON, "第四篇"), ("\ufeff" + JSON, "第四篇")])
def test_atom_and_json(text: str, title: str) -> None:
    (item,) = read_feed(text.replace("{more}", MORE).encode())
    assert (item.title, item.published_at, item.content) == (title, WHEN, "")
    whole = text.replace("<p>文</p>", MORE).replace("&lt;p&gt;文&lt;/p&gt;", MORE.replace("<", "&lt;"))
    (item,) = read_feed(whole.encode())
    assert item.content == MORE


def test_a_description_is_a_whole_text_only_when_it_is_laid_out_and_not_cut() -> None:
    feed = "<rss><channel><title>号</title><item><title>一</title><link>https://a.example/1</link><description>{}</description></item></channel></rss>"
    escaped = MORE.replace("<", "&lt;")
    assert read_feed(feed.format(escaped).encode())[0].content == MORE
    assert read_feed(feed.format(escaped + "&lt;p&gt;未完……&lt;/p&gt;").encode())[0].content == ""
    assert read_feed(feed.format("海" * 900).encode())[0].content == ""


def test_a_json_feed_in_parts_and_with_plain_text() -> None:
    lines = "第一段。" + "海" * 500 + "\n第二段 <b> & 末。"
    item = {"id": "https://a.example/2", "content_text": lines}
    found = listing(json.dumps({"items": [item], "next_url": "?page=2"}).encode())
    assert found.next_page is not None and found.next_page.url == "https://bridge.example/feeds/1.rss?page=2"
    assert found.rows[0].content.startswith("<p>第一段。海") and "&lt;b&gt; &amp; 末" in found.rows[0].content


@pytest.mark.parametrize("broken", [b"", b"<html><p>x</p></html>", b"{", b'{"items":3}', b'{"items":[]}', b"\x00\xff"])
def test_what_is_no_feed_is_said_aloud(broken: bytes) -> None:
    with pytest.raises(LayoutChanged):
        read_feed(broken)


@pytest.mark.parametrize(
    "encoding", [b"utf\x90-8", b"\x90", b"undefined", b"x\x00y", b"unicode_escape", b"idna", b"hex"]
)
def test_a_declaration_that_cannot_be_read_costs_nothing(encoding: bytes) -> None:
    whole = RSS.replace("{more}", MORE * 9).encode()
    assert listing(whole.replace(b"utf-8", encoding, 1)) == listing(whole)


def test_a_feed_is_read_in_the_encoding_of_its_answer() -> None:
    for declared in ("gb2312", "GBK", "utf-8"):
        body = RSS.replace("{more}", MORE).replace("utf-8", declared, 1).encode("gb18030")
        assert [row.title for row in read_feed(body)] == ['第一 篇 "甲"', "第二篇"]


def test_an_answer_that_is_a_path_or_an_address_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(RSS.replace("{more}", MORE), encoding="utf-8")
    for answer in (str(tmp_path / "feed.xml"), (tmp_path / "feed.xml").as_uri()):
        with pytest.raises(LayoutChanged):
            read_feed(answer.encode())


def test_json_with_halves_of_characters_or_without_an_end_is_read_or_said_aloud() -> None:
    (row,) = read_feed(JSON.replace("第四篇", "第\\uD800四\\ud83d\\ude00篇").encode())
    assert row.title == "第?四\U0001f600篇"
    for nested in ("[" * 200_000, '{"items":' * 200_000):
        with pytest.raises(LayoutChanged):
            read_feed(nested.encode())

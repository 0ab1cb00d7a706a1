"""Feeds of every kind."""

from datetime import datetime, timezone

import pytest

from spiders.feed import NoFeed, read_feed

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>示例号</title><link>https://x.example/</link>
<item><title>第一\\n篇 &amp;quot;甲&amp;quot;</title><link>https://mp.weixin.qq.com/s?__biz=a==&amp;amp;mid=1&amp;amp;idx=1</link>
<author>某号</author><pubDate>Fri, 20 Nov 2026 09:15:00 +0800</pubDate>
<content:encoded><![CDATA[<p>全文&nbsp;<script>x</script></p>]]></content:encoded></item>
<item><title>没有地址</title></item>
<item><title>第二篇</title><link>https://mp.weixin.qq.com/s/abc</link><pubDate>2026-11-19 08:00:00</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>示例号</title><entry><title>第三篇</title>
<link href="https://example.cn/3"/><updated>2026-11-20T01:15:00Z</updated><author><name>作者</name></author>
<content type="html">&lt;p&gt;文&lt;/p&gt;</content></entry></feed>"""
JSON = """{"version":"https://jsonfeed.org/version/1.1","title":"示例号","items":[{"id":"1","url":"https://example.cn/4",
"title":"第四篇","content_html":"<p>文</p>","date_published":"2026-11-20T09:15:00+08:00"},{"id":"2"},7]}"""
WHEN = datetime(2026, 11, 20, 1, 15, tzinfo=timezone.utc)


def test_rss_with_its_whole_texts_and_its_habits() -> None:
    first, second = read_feed(RSS.encode())
    assert first.url == "https://mp.weixin.qq.com/s?__biz=a==&mid=1&idx=1"
    assert (first.title, first.account, first.published_at) == ('第一 篇 "甲"', "某号", WHEN)
    assert "全文" in first.content
    assert second.account == "示例号"
    assert second.published_at is not None and second.published_at.isoformat() == "2026-11-19T08:00:00+08:00"
    assert second.content == ""


@pytest.mark.parametrize(("text", "title"), [(ATOM, "第三篇"), (JSON, "第四篇"), ("\ufeff" + JSON, "第四篇")])
def test_atom_and_json(text: str, title: str) -> None:
    (item,) = read_feed(text.encode())
    assert (item.title, item.published_at, item.content) == (title, WHEN, "<p>文</p>")


@pytest.mark.parametrize("broken", [b"", b"<html><p>x</p></html>", b"{", b'{"items":3}', b'{"items":[]}', b"\x00\xff"])
def test_what_is_no_feed_is_said_aloud(broken: bytes) -> None:
    with pytest.raises(NoFeed):
        read_feed(broken)

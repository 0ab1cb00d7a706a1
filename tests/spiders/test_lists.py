"""Lists beyond their recorded samples: paging, refusals, and what is said when nothing was found."""

import json
from datetime import date, datetime, timezone
from typing import Any

import pytest

from config.sources import Source, load_sources
from notices.page import Page
from spiders.listing import Ask, LayoutChanged, Listing, Walled
from spiders.lists import reader_of

ALBUM = Source("a", "album", "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=a==&amp;album_id=7&is_reverse=1#wechat")
JSON = Source(
    "j",
    "json",
    "https://www.example.cn/list?p=1&n=2",
    selectors={"rows": "d.list", "link": "u", "title": "t", "date": "w", "page": "p", "size": "n", "total": "d.total"},
)
PAGE = Source("p", "page", "https://www.example.cn/list/", selectors={"row": "ul li"})
OPML = Source("o", "opml", "https://bridge.example/all.opml")
WALL = "<html><script>document.cookie='x';location.reload()</script></html>"


def read(source: Source, answer: str, ask: Ask | None = None) -> Listing:
    ask = ask or reader_of(source).first(source)[0]
    return reader_of(source).read(source, ask, Page(ask.url, answer.encode(), datetime.now(timezone.utc)))


def album(times: list[int], more: str = "1", **extra: Any) -> str:
    articles = [
        {
            "msgid": str(n),
            "itemidx": "1",
            "title": f"第{n}篇",
            "url": f"http://mp.weixin.qq.com/s/{n}",
            "create_time": n,
        }
        for n in times
    ]
    held = {"base_info": {"nickname": "海风观察"}, "article_list": articles, "continue_flag": more, **extra}
    return json.dumps({"base_resp": {"ret": 0}, "getalbum_resp": held})


def rows(*numbers: int, total: int = 9) -> str:
    entries = [{"u": f"/a/{n}", "t": f"<em>第</em>{n}行", "w": "2026.11.20"} for n in numbers]
    return json.dumps({"d": {"list": entries, "total": total}})


def test_an_album_is_asked_as_json_and_goes_on_from_its_last_article() -> None:
    (ask,) = reader_of(ALBUM).first(ALBUM)
    assert "album_id=7" in ask.url and "f=json" in ask.url and "is_reverse=0" in ask.url and "#" not in ask.url
    found = read(ALBUM, album([1_795_226_400, 1_795_140_000]))
    assert found.next_page is not None and found.next_page.number == 2
    assert "begin_msgid=1795140000&begin_itemidx=1" in found.next_page.url
    assert read(ALBUM, album([1_795_226_400], more="0")).next_page is None


def test_an_album_with_the_oldest_first_is_turned_round() -> None:
    found = read(ALBUM, album([1_795_140_000, 1_795_226_400]))
    assert found.next_page is None and "is_reverse=1" in found.asks[0].url
    turned = read(ALBUM, album([1_795_226_400, 1_795_140_000]), found.asks[0])
    assert turned.next_page is not None and not turned.asks


@pytest.mark.parametrize(
    "answer",
    ['{"base_resp":{"ret":200013}}', '{"base_resp":{"ret":0}}', "[]", "<html><p>x</p></html>", album([])],
)
def test_an_album_that_is_refused_or_empty_says_so(answer: str) -> None:
    with pytest.raises(LayoutChanged):
        read(ALBUM, answer)


def test_a_json_list_goes_on_until_its_total() -> None:
    found = read(JSON, rows(1, 2))
    assert [row.title for row in found.rows] == ["第1行", "第2行"]
    assert found.rows[0].url == "https://www.example.cn/a/1"
    assert found.next_page is not None and found.next_page.url == "https://www.example.cn/list?p=2&n=2"
    assert read(JSON, rows(9), Ask(JSON.url.replace("p=1", "p=5"), number=5)).next_page is None
    assert read(JSON, rows(), Ask(JSON.url, number=6)) == Listing(found={"rows": 0, "link": 0, "title": 0, "date": 0})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"code":200}', "no list at d.list"),
        (rows(), "0 rows"),
        ('{"d":{"list":[{"x":1}]}}', "1 rows in the JSON, none with u and t"),
        ("", "empty"),
        ("nonsense", "not JSON"),
    ],
)
def test_a_json_list_without_rows_says_what_is_missing(answer: str, said: str) -> None:
    with pytest.raises(LayoutChanged, match=said):
        read(JSON, answer)


@pytest.mark.parametrize("source", [JSON, PAGE, OPML, ALBUM], ids=lambda source: source.kind)
def test_a_wall_in_a_lists_place_is_no_changed_layout(source: Source) -> None:
    with pytest.raises(Walled):
        read(source, WALL)


def test_dates_beside_a_title_are_found_without_selectors() -> None:
    found = read(
        PAGE,
        "<ul><li><a href='1.html'>关于2025-01-01版目录的通知</a> 2026/11/20</li>"
        "<li><i>2026-11-18</i><a href='2.html'>甲</a><b>截止日期：2026年12月18日</b></li>"
        "<li><a href='3.html'>[进行中] 乙</a> 2026-11-17至2026-12-17</li><li><a href='#'>无</a></li></ul>",
    )
    assert [(row.published_at.date() if row.published_at else None, row.ends_on) for row in found.rows] == [
        (date(2026, 11, 20), None),
        (date(2026, 11, 18), date(2026, 12, 18)),
        (date(2026, 11, 17), date(2026, 12, 17)),
    ]
    assert [row.title for row in found.rows] == ["关于2025-01-01版目录的通知", "甲", "乙"]
    assert found.found == {"row": 4}


def test_a_page_list_without_rows_counts_its_selectors() -> None:
    with pytest.raises(LayoutChanged, match="row 0"):
        read(PAGE, "<html><div>改版了</div></html>")


def test_a_script_that_the_pattern_does_not_fit_is_no_address() -> None:
    chosen = {"row": "li", "link": "a::attr(onclick), a::attr(href)", "link_pattern": r"open\('(\d+)'", "title": "a"}
    source = Source("p", "page", "https://p.example/list/", selectors={**chosen, "link_format": "/d/{}"})
    scripts = ('jump("17", "2026-04-12")', "return show(17);", "a.b(17); return false", "javascript:go()")
    misfits = "".join(f"<li><a onclick='{script}'>甲</a></li>" for script in scripts)
    fitting = (
        """<li><a onclick="open('17')">乙</a></li><li><a href="a(1).html">丙</a></li><li><a href="b.html">丁</a></li>"""
    )
    found = read(source, f"<ul>{misfits}{fitting}</ul>")
    assert [row.url for row in found.rows] == [
        *("https://p.example/d/17", "https://p.example/list/a(1).html", "https://p.example/list/b.html")
    ]
    with pytest.raises(LayoutChanged, match="row 4, link 0"):
        read(source, f"<ul>{misfits}</ul>")


def test_the_shipped_list_of_tc260_is_read_with_either_quotes() -> None:
    (source,) = (one for one in load_sources() if one.name == "tc260")
    key = "3bb57023c00a464faf4c2f7b9a552001"
    item = f"""<div class="item"><a onclick='jumpDetail("{key}", "2026-12-12")'>甲</a><span>2026-11-12</span></div>"""
    (row,) = read(source, item).rows
    assert (row.url, row.ends_on) == (f"https://www.tc260.org.cn/portal/suggestion-detail/{key}", date(2026, 12, 12))


def test_feeds_of_an_opml_are_read_with_the_names_they_have_there() -> None:
    outline = '<opml><body><outline text="蓝色标准" xmlUrl="https://bridge.example/2"/></body></opml>'
    (ask,) = read(OPML, outline).asks
    assert (ask.step, ask.note) == ("feed", {"account": "蓝色标准"})
    feed = (
        "<rss><channel><title>x</title><item><title>一</title><link>https://a.example/1</link></item></channel></rss>"
    )
    assert read(OPML, feed, ask).rows[0].account == "蓝色标准"
    bomb = '<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
    with pytest.raises(LayoutChanged, match="names no feed"):
        read(OPML, bomb)

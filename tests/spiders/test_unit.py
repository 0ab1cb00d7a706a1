"""Lists behind a unit address."""

import json
from dataclasses import replace
from datetime import date, datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from config.sources import Source
from notices.page import Page
from spiders.listing import Ask, LayoutChanged, Listing, Row, Walled
from spiders.lists import reader_of
from spiders.lists.dates import last_day

BASE = "https://www.miit.gov.cn/gzcy/yjzj/index.html"
UNIT = "https://www.miit.gov.cn/api-gateway/jpaas-publish-server/front/page/build/unit?pageId=p"
SOURCE = Source("miit", "unit", BASE)


def unit(name: str, tag: str, page: str) -> str:
    return f"""<script {name}="{{'parseType':'buildstatic','tagId':'{tag}','pageId':'{page}'}}" url="/unit"></script>"""


def answer(fragment: str) -> bytes:
    return json.dumps({"success": True, "code": "200", "data": {"html": fragment}}).encode()


def listing(body: bytes, ask: Ask | None = None, source: Source = SOURCE) -> Listing:
    ask = ask or Ask(UNIT, note={"column": BASE})
    return reader_of(source).read(source, ask, Page(ask.url, body, datetime.now(timezone.utc)))


def shell_of(text: str, source: Source = SOURCE) -> Listing:
    return listing(text.encode(), Ask(BASE, "shell"), source)


def published(row: Row) -> date | None:
    return row.published_at.date() if row.published_at else None


@pytest.mark.parametrize("name", ["queryData", "querydata", "QUERYDATA"])
def test_the_request_is_read_from_the_shell(name: str) -> None:
    shell = f"<html>{unit(name, '导航', 'n')}{unit(name, '右侧内容', 'p')}{unit(name, '页脚', 'f')}</html>"
    (ask,) = shell_of(shell).asks
    first = ask.url
    rows = "".join(f"<li><a href='/{n}' title='t'></a><span>2026-01-02</span></li>" for n in range(24))
    following = listing(answer(f"{rows}<div rows='24' count='49'></div>"), ask).next_page
    assert following is not None and following.number == 2
    second = following.url
    last = listing(answer(f"{rows}<div rows='24' count='49'></div>"), replace(following, number=3))
    assert last.next_page is None
    assert first.startswith("https://www.miit.gov.cn/unit?") and "%E5%8F%B3" in first  # UTF-8, never GBK
    assert parse_qs(urlsplit(first).query)["pageId"] == ["p"]
    assert "paramJson" not in first
    assert parse_qs(urlsplit(second).query)["paramJson"] == ['{"pageNo":2,"pageSize":24}']


def test_rows_of_a_consultation_list_have_the_lists_own_deadline() -> None:
    found = listing(
        answer(
            """<ul><li><span class="fr">2026-09-14</span>
            <a href="/a/art_1.html" title="公开征求\n意见（全题）">公开...</a>
            <span class="endtime" style="display:none">1791993600000</span></li><li class="border-line"></li>
            <li><span class="fr">2026-09-11</span><a href="http://www.miit.gov.cn/b/art_2.html">第二行</a></li>
            <li class="empty"></li></ul><div class="pagination" rows="24" count="49" pageno="1"></div>"""
        )
    )
    assert [(row.title, published(row), row.ends_on) for row in found.rows] == [
        ("公开征求意见（全题）", date(2026, 9, 14), date(2026, 10, 14)),
        ("第二行", date(2026, 9, 11), None),
    ]
    assert found.rows[0].url == "https://www.miit.gov.cn/a/art_1.html"
    assert found.rows[1].url == "https://www.miit.gov.cn/b/art_2.html"  # the column's own scheme
    assert found.found == {"row": 2, "deadline": 1, "pages": 3}


def test_other_ministries_write_periods_and_deadlines_into_the_row() -> None:
    fragment = """<ul><li><div class="doctitle"><a href="/a.html" title="甲"></a></div>
    <div class="doctime">2026-09-17至2026-10-17</div></li>
    <li><a href="/b.html" title="乙"><span>乙</span><span class="date-info">截止日期  2026-10-18
</span></a></li></ul>"""
    rows = listing(answer(fragment)).rows
    assert [row.title for row in rows] == ["甲", "乙"]
    found = [(published(row), row.ends_on) for row in rows]
    assert found == [(date(2026, 9, 17), date(2026, 10, 17)), (None, date(2026, 10, 18))]


def test_the_end_is_the_day_before_the_midnight_that_is_given() -> None:
    assert last_day(1791993600000) == date(2026, 10, 14)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<html>521</html>",
        b'{"success":false,"data":{}}',
        b'{"success":true,"data":{"html":""}}',
        b'{"success":true,"data":{"html":"<ul><li><a href=\\"/more\\">\\u66f4\\u591a</a></li></ul>"}}',
        b"[]",
        b'{"success":true,"data":null}',
    ],
)
def test_a_list_without_rows_is_said_aloud(broken: bytes) -> None:
    with pytest.raises(LayoutChanged):
        listing(broken)


def test_a_shell_without_a_unit_is_said_aloud_and_a_wall_is_told_apart() -> None:
    with pytest.raises(LayoutChanged) as changed:
        shell_of("<html><p>新版栏目</p></html>")
    assert not isinstance(changed.value, Walled)
    with pytest.raises(Walled):
        shell_of("<html><script>document.cookie='__jsl_clearance=1';location.reload()</script></html>")
    with pytest.raises(Walled):
        listing(b"<html><script>location.reload()</script></html>")


def test_a_fallback_and_a_list_that_may_be_empty_are_the_sources_own_words() -> None:
    source = replace(SOURCE, fallback=UNIT, may_be_empty=True)
    found = shell_of("<html><p>新版栏目</p></html>", source)
    assert [ask.url for ask in found.asks] == [UNIT]
    assert found.found == {"script[querydata]": 0, "fallback": 1}
    assert listing(answer("<ul><li class='empty'></li></ul>"), source=source).rows == ()


def test_a_list_without_days_is_its_titled_items() -> None:
    found = listing(answer("<ul><li><a href='/a.html' title='甲'>甲...</a></li><li><a href='/more'>更多</a></li></ul>"))
    assert [(row.title, row.published_at) for row in found.rows] == [("甲", None)]


def test_a_page_after_the_last_ends_the_list() -> None:
    found = listing(answer("<ul></ul>"), Ask(UNIT, number=4))
    assert (found.rows, found.next_page) == ((), None)


def test_the_unit_address_itself_may_be_the_source() -> None:
    assert [ask.step for ask in reader_of(SOURCE).first(replace(SOURCE, url=UNIT))] == ["list"]


def test_halves_of_characters_in_a_fragment_are_replaced() -> None:
    (row,) = listing(answer("<li><a href='/1' title='第\ud800一'></a><span>2026-01-02</span></li>")).rows
    assert row.title == "第?一"

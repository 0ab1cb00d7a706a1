"""Lists behind a unit address."""

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from spiders.unit import LayoutChanged, last_day, list_request, list_rows

BASE = "https://www.miit.gov.cn/gzcy/yjzj/index.html"


def unit(name: str, tag: str, page: str) -> str:
    return f"""<script {name}="{{'parseType':'buildstatic','tagId':'{tag}','pageId':'{page}'}}" url="/unit"></script>"""


def answer(fragment: str) -> bytes:
    return json.dumps({"success": True, "code": "200", "data": {"html": fragment}}).encode()


@pytest.mark.parametrize("name", ["queryData", "querydata", "QUERYDATA"])
def test_the_request_is_read_from_the_shell(name: str) -> None:
    shell = f"<html>{unit(name, '导航', 'n')}{unit(name, '右侧内容', 'p')}{unit(name, '页脚', 'f')}</html>"
    request = list_request(shell, BASE)
    first, second = request.page(1, 24), request.page(2, 24)
    assert first.startswith("https://www.miit.gov.cn/unit?") and "%E5%8F%B3" in first  # UTF-8, never GBK
    assert parse_qs(urlsplit(first).query)["pageId"] == ["p"]
    assert "paramJson" not in first
    assert parse_qs(urlsplit(second).query)["paramJson"] == ['{"pageNo":2,"pageSize":24}']


def test_rows_of_a_consultation_list_have_the_lists_own_deadline() -> None:
    found = list_rows(
        answer(
            """<ul><li><span class="fr">2026-09-14</span>
            <a href="/a/art_1.html" title="公开征求\n意见（全题）">公开...</a>
            <span class="endtime" style="display:none">1791993600000</span></li><li class="border-line"></li>
            <li><span class="fr">2026-09-11</span><a href="http://www.miit.gov.cn/b/art_2.html">第二行</a></li>
            <li class="empty"></li></ul><div class="pagination" rows="24" count="49" pageno="1"></div>"""
        ),
        BASE,
    )
    assert [(row.title, row.published_on, row.ends_on) for row in found.rows] == [
        ("公开征求意见（全题）", date(2026, 9, 14), date(2026, 10, 14)),
        ("第二行", date(2026, 9, 11), None),
    ]
    assert found.rows[0].url == "https://www.miit.gov.cn/a/art_1.html"
    assert (found.pages, found.size) == (3, 24)


def test_other_ministries_write_periods_and_deadlines_into_the_row() -> None:
    fragment = """<ul><li><div class="doctitle"><a href="/a.html" title="甲"></a></div>
    <div class="doctime">2026-09-17至2026-10-17</div></li>
    <li><a href="/b.html" title="乙"><span>乙</span><span class="date-info">截止日期  2026-10-18
</span></a></li></ul>"""
    rows = list_rows(answer(fragment), BASE).rows
    found = [(row.published_on, row.ends_on) for row in rows]
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
        list_rows(broken, BASE)


def test_a_shell_without_a_unit_is_said_aloud() -> None:
    with pytest.raises(LayoutChanged):
        list_request("<html><script>location.reload()</script></html>", BASE)

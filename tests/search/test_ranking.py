"""What analysts want first comes first, on both engines: the draft, not the digests and reports that mention it."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from notices.kinds import NoticeType
from notices.notice import Notice
from search.answer import Result
from search.elastic.find import Remote
from search.find import find
from search.index import Index
from tests.search import elastic_samples as samples
from tests.search.conftest import SHANGHAI, make

NOW = datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)
CAC = ("国家互联网信息办公室",)
FILLING = [
    "样本活动",
    "各地",
    "企业",
    "平台",
    "服务",
    "管理",
    "办法",
    "安全",
    "数据",
    "网络",
    "发展",
    "标准",
    "技术",
    "要求",
    "评估",
    "系统",
    "用户",
    "行业",
    "通报",
    "会议",
]
Ask = Callable[[str], Result]


def filling(chance: random.Random, number: int) -> str:
    return "。".join("".join(chance.choices(FILLING, k=9)) for _ in range(number))


def digest(chance: random.Random, number: int, mentions: str) -> Notice:
    """A weekly that names the draft among much else, fresher than the draft itself."""
    body = f"{filling(chance, 30)}。{mentions}。{filling(chance, 30)}。"
    day = NOW - timedelta(days=number % 5)
    return make(number, f"网络安全一周要闻第{number}期", body=body, kind=NoticeType.ROUNDUP, published=day)


def archive() -> list[Notice]:
    """A draft, its final text, an interpretation, a report, five digests that mention it, and others."""
    chance = random.Random(11)
    named = "网信办就《个人信息样例保护办法（征求意见稿）》公开征求意见"
    asked, law = NoticeType.CONSULTATION, NoticeType.ISSUANCE
    rule = f"为保护个人信息，起草了《个人信息样例保护办法（征求意见稿）》，现公开征求意见。{filling(chance, 20)}。"
    found = [
        make(
            1,
            f"国家互联网信息办公室{named[3:]}的通知",
            body=rule,
            kind=asked,
            issuers=CAC,
            published=NOW - timedelta(days=15),
        ),
        make(
            2,
            "个人信息样例保护办法",
            body=f"《个人信息样例保护办法》现予公布，自公布之日起施行。{filling(chance, 20)}。",
            kind=law,
            issuers=CAC,
        ),
        make(3, "一图读懂个人信息样例保护办法", body=filling(chance, 12), kind=NoticeType.INTERPRETATION),
        make(4, "某行业年会召开", body=f"{filling(chance, 20)}。会上提到{named}。", kind=NoticeType.NEWS),
    ]
    found += [digest(chance, number, named) for number in range(5, 10)]
    return found + [make(number, filling(chance, 1), body=filling(chance, 25)) for number in range(10, 70)]


@pytest.fixture(params=["embedded", "elasticsearch"])
def ask(request: pytest.FixtureRequest, tmp_path: Path) -> Ask:
    """A search over the archive on one of the engines."""
    notices = archive()
    if request.param == "embedded":
        index = request.getfixturevalue("index")
        assert isinstance(index, Index)
        index.replace([], notices, 0, 1)
        return partial(find, index, now=NOW)
    with_server = request.getfixturevalue("elasticsearch_url")
    client = Elasticsearch(with_server, request_timeout=60)
    request.addfinalizer(client.close)
    return partial(Remote(samples.filled(client, request.getfixturevalue("elastic_base"), notices)).find, now=NOW)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("网信办 个人信息 征求意见", [1]),
        ("个人信息样例保护办法", [2]),
        ("个人信息样例保护办法（征求意见稿）", [1]),
        ("读懂 个人信息样例保护办法", [3]),
    ],
)
def test_what_a_query_is_about_stands_above_what_mentions_it(ask: Ask, query: str, first: list[int]) -> None:
    found = [hit.notice_id for hit in ask(query).hits]
    assert found[: len(first)] == first


def test_digests_and_reports_that_mention_a_draft_come_after_it(ask: Ask) -> None:
    found = [hit.notice_id for hit in ask("网信办 个人信息 征求意见").hits]
    assert found[0] == 1 and set(found) >= {1, 4, 5, 6, 7, 8, 9}

"""What an analyst types into Kibana finds what it finds in ours: the server's own `kql` stands in for Kibana's.

Checked are a word, a phrase, a keyword and its alias, a range, not, and a star, with fields' English and Chinese names.
"""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from config.settings import Settings
from notices.kinds import NoticeType
from notices.notice import Notice
from search.elastic.bulk import Action
from search.elastic.connection import Elastic, connected
from search.elastic.documents import document
from search.elastic.projector import send
from search.elastic.templates import index_body
from search.find import matching
from search.index import Index
from search.parse import parse

MakeNotice = Callable[..., Notice]
KQL = [
    ("title: 征求意见", "title:征求意见"),
    ("标题: 征求意见", "标题:征求意见"),
    ('标题: "征求意见稿"', '标题:"征求意见稿"'),
    ("title: 5G网络", "title:5G网络"),
    ("title: GB/T39786", "title:GB/T39786"),
    ("title: 税*", "title:税"),
    ("body: 有意见", "body:有意见"),
    ("正文: 2024年", "正文:2024年"),
    ("attachments: 样本表", "附件:样本表"),
    ("征求意见", '"征求意见"'),
    ('"征求 意见"', '"征求 意见"'),
    ("type: consultation", "type:consultation"),
    ("类型: 征求意见", "类型:征求意见"),
    ("issuer: MIIT", "issuer:MIIT"),
    ("机关: 工信部", "机关:工信部"),
    ("issuer: 工业和信息化部", "issuer:工业和信息化部"),
    ('账号: "乙·号"', '账号:"乙·号"'),
    ("account: seven", "account:Seven"),
    ('文件: "网络安全法"', '文件:"《网络安全法》"'),
    ('number: "样本〔2026〕3号"', 'number:"样本(2026)3号"'),
    ('terms: "等保"', 'terms:"等保"'),
    ("is: official", "is:official"),
    ('deadline >= "2026-11-23T00:00:00+08:00"', "deadline >= 2026-11-23"),
    ('截止 < "2026-11-23T00:00:00+08:00"', "截止 < 2026-11-23"),
    ('published >= "2026-03-01T00:00:00+08:00"', "published >= 2026-03-01"),
    ("not deadline: *", "-deadline >= 1970-01-01"),
    ("title: 征求意见 and not 机关: MIIT", "title:征求意见 -机关:MIIT"),
    ('open_until >= "2026-11-23T00:00:00+08:00"', "is:open"),
]


@pytest.fixture(scope="module")
def notices(make_notice: MakeNotice) -> list[Notice]:
    when = datetime(2026, 3, 2, 9, 30, 15, 123456).astimezone()
    miit, office, draft = ("工业和信息化部",), ("工业和信息化部办公厅",), {"kind": NoticeType.CONSULTATION}
    files = ("附件样本表.xls", "另一张表")
    return [
        make_notice(1, "关于征求意见的通知", body="有意见请反馈", issuers=miit, end=date(2026, 11, 23), **draft),
        make_notice(2, "征求，意见", body="征求各方意见，2024年发布", issuers=office, number="样本〔2026〕3号"),
        make_notice(3, "征求意见稿", "5G 网络", accounts=("乙·号", "Seven"), end=date(2026, 11, 22), **draft),
        make_notice(4, "5G网络与GB/T 39786", documents=("网络安全法",), official=True, published=None),
        make_notice(5, "税收征管", body="等保要求，2024 年", attachments=files, published=when),
        make_notice(6, "收税", issuers=("国家互联网信息办公室",), end=date(2026, 12, 31), changed=True, **draft),
        make_notice(7, "没有截止日期的征求意见", published=datetime(2026, 11, 20).astimezone(), **draft),
    ]


@pytest.fixture(scope="module")
def elastic(elasticsearch_url: str, elastic_module_base: str, notices: list[Notice]) -> Iterator[Elastic]:
    settings = Settings(elasticsearch_url=elasticsearch_url, elasticsearch_index=elastic_module_base)
    with connected(settings, seconds=60) as opened:
        opened.client.indices.create(index=f"{elastic_module_base}-notices", **index_body("notices", {}))
        actions = [Action(one.notice_id, one.version, document(one)) for one in notices]
        done = send(opened, opened.names.read, actions, threading.Event(), refresh=True)
        assert (done.written, done.refused) == (len(notices), {})
        yield opened


def found(elastic: Elastic, query: dict[str, Any]) -> set[int]:
    answer = elastic.client.search(index=elastic.names.read, query=query, size=100, source=False)
    return {int(row["_id"]) for row in answer["hits"]["hits"]}


@pytest.mark.parametrize(("typed", "ours"), KQL)
def test_kql_finds_what_our_language_finds(
    elastic: Elastic, notices: list[Notice], index: Index, now: datetime, typed: str, ours: str
) -> None:
    index.replace([], notices, 0, 1)
    wanted = set(matching(index, parse(ours, now).tree))
    assert found(elastic, {"kql": {"query": typed}}) == wanted != {one.notice_id for one in notices}


def test_words_with_spaces_between_are_or_in_kql(elastic: Elastic) -> None:
    assert found(elastic, {"kql": {"query": "title: 征求意见 税收"}}) == {1, 3, 5, 7}


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_a_deadline_of_today_is_open_in_every_zone(elastic: Elastic, zone: str) -> None:
    """At noon in Shanghai the period that ends today has not ended, wherever the browser stands."""
    noon = {"range": {"deadline": {"gte": "2026-11-23T12:00:00+08:00", "time_zone": zone}}}
    assert found(elastic, noon) == {1, 6}
    for typed, wanted in (('deadline_day: "2026-11-23"', {1}), ("deadline_day >= 2026-11-23", {1, 6})):
        assert found(elastic, {"kql": {"query": typed, "time_zone": zone}}) == wanted


def test_a_phrase_never_reaches_from_one_value_into_the_next(elastic: Elastic) -> None:
    for typed, wanted in (('attachments: "样本表xls 另一张表"', set()), ('attachments: "样本表xls"', {5})):
        assert found(elastic, {"kql": {"query": typed}}) == wanted


def test_a_highlight_in_kibana_is_the_whole_phrase(elastic: Elastic) -> None:
    """Each token is made where it stands in the text, to its end, whatever the table and the marks changed."""
    texts = {1: "关于<征求意见>的通知", 4: "<5G网络>与GB/T 39786"}
    for (one, marked), typed in zip(texts.items(), ("征求意见", "5G网络"), strict=True):
        answer = elastic.client.search(
            index=elastic.names.read,
            query={"kql": {"query": f"title: {typed}"}},
            highlight={"fields": {"title": {}}, "number_of_fragments": 0, "pre_tags": ["<"], "post_tags": [">"]},
        )
        lights = {row["_id"]: row["highlight"]["title"] for row in answer["hits"]["hits"]}
        assert lights[str(one)] == [marked]


def test_panels_count_names_as_they_are_written(elastic: Elastic) -> None:
    fields = {"issuer.shown": "工业和信息化部", "account.shown": "乙·号", "type": "consultation", "words": None}
    aggs = {field: {"terms": {"field": field}} for field in fields}
    answer = elastic.client.search(index=elastic.names.read, size=0, aggs=aggs)["aggregations"]
    for field, value in fields.items():
        keys = [bucket["key"] for bucket in answer[field]["buckets"]]
        assert value in keys or (value is None and keys == [])


def test_carriers_are_whole_and_flat(elastic: Elastic) -> None:
    inside = {"bool": {"must": [{"term": {"carriers.account": "Seven"}}, {"term": {"carriers.article_id": 0}}]}}
    assert found(elastic, {"nested": {"path": "carriers", "query": inside}}) == set()  # Seven is its second carrier
    assert found(elastic, {"term": {"account.shown": "Seven"}}) == {3} == found(elastic, {"term": {"carrier_count": 2}})


def test_facts_are_read_without_the_texts(elastic: Elastic, notices: list[Notice], index: Index) -> None:

    index.replace([], notices, 0, 1)
    shown = {one.notice_id: list(one.fields.issuers) for one in notices}
    answer = elastic.client.search(index=elastic.names.read, size=100, source=False, stored_fields=["facts"])
    columns = "spaced, lead, named, issuers, type, size"
    for row in answer["hits"]["hits"]:
        wanted = index.database.execute(f"SELECT {columns} FROM docs WHERE id = ?", (int(row["_id"]),)).fetchone()
        facts = json.loads(row["fields"]["facts"][0])
        assert facts.pop("shown") == shown[int(row["_id"])]
        assert tuple(facts.values()) == wanted


def test_the_templates_make_the_same_index(elastic: Elastic, elasticsearch_url: str) -> None:
    from search.elastic.indices import put_templates

    put_templates(elastic)
    base = elastic.names.base
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        client.indices.create(index=f"{base}-notices-v9")
        both = client.indices.get(index=f"{base}-notices,{base}-notices-v9", flat_settings=True)
    ours, theirs = (both[f"{base}-{name}"] for name in ("notices", "notices-v9"))
    assert {**ours["mappings"], "_meta": 0} == {**theirs["mappings"], "_meta": 0}
    own = ("uuid", "creation_date", "provided_name")
    for row in (ours, theirs):
        row["settings"] = {name: value for name, value in row["settings"].items() if name.split(".")[-1] not in own}
    assert ours["settings"] == theirs["settings"]

"""What is exported for Kibana: every rule of an import holds; a real server answers every panel and saved search."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from kibana_double import Kibana, started

from notices.kinds import NoticeType
from notices.notice import Notice
from notices.schema import SHANGHAI
from notices.store.source_runs import SourceRun
from search.elastic.documents import document, run_document
from search.elastic.templates import index_body
from search.kibana.aggregations import CHOSEN, kql, request, runtime
from search.kibana.description import Description, Search, description
from search.kibana.fields import Fields, fields_of
from search.kibana.objects import ndjson
from search.kibana.rules import complaints
from search.kibana.send import KibanaRefused, send

ZONES = ("Asia/Shanghai", "America/New_York")
ALIASES = {"notices": "policywatch-notices", "sources": "policywatch-sources"}
FIELDS = {ALIASES[kind]: fields_of(index_body(kind, {})["mappings"]) for kind in ALIASES}
TODAY = datetime.now(SHANGHAI)


@pytest.fixture(scope="module")
def exported() -> str:
    return ndjson(description(), ALIASES)


def changed(text: str, kind: str, change: Callable[[dict[str, Any]], None]) -> str:
    """The file with its first object of a kind changed."""
    rows = [json.loads(line) for line in text.splitlines()]
    change(next(row for row in rows if row["type"] == kind))
    return "\n".join(json.dumps(row) for row in rows)


def panels(row: dict[str, Any], change: Callable[[list[Any]], None]) -> None:
    held = json.loads(row["attributes"]["panelsJSON"])
    change(held)
    row["attributes"]["panelsJSON"] = json.dumps(held)


def first_column(held: list[Any]) -> dict[str, Any]:
    layers = held[4]["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]
    column: dict[str, Any] = layers["layer1"]["columns"]["row0"]
    return column


def last_value(held: list[Any]) -> dict[str, Any]:
    layers = held[-1]["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]
    column: dict[str, Any] = layers["layer1"]["columns"]["value0"]
    assert column["operationType"] == "last_value"
    return column


def test_what_is_exported_breaks_no_rule(exported: str) -> None:
    assert complaints(exported, FIELDS) == []
    assert exported.endswith("}\n") and "exportedCount" not in exported
    assert {"正在征求意见（按截止日）", "本周新增", "转载最多", "工业和信息化部发布的", "政策观察"} <= {
        json.loads(line)["attributes"].get("title") for line in exported.splitlines()
    }


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("search", lambda row: row.update(version="x"), "key version is refused"),
        ("search", lambda row: row.update(typeMigrationVersion="10.9.0"), "newer ones are refused"),
        ("search", lambda row: row["attributes"].update(hits=1), "attribute hits is refused"),
        ("search", lambda row: row["attributes"].update(columns=["nowhere"]), "field nowhere is not in the mapping"),
        ("search", lambda row: row["attributes"].update(sort=[["body", "asc"]]), "field body cannot be sorted by"),
        ("search", lambda row: row.update(references=[]), "its index is no reference"),
        ("index-pattern", lambda row: row["attributes"].update(title="other"), "no index of ours is called other"),
        ("index-pattern", lambda row: row["attributes"].update(fields=[]), "fields is not JSON in a string"),
        ("dashboard", lambda row: row["attributes"].update(locked=True), "attribute locked is refused"),
        ("dashboard", lambda row: row["references"].pop(), "the dashboard has no reference health:"),
        ("dashboard", lambda row: panels(row, lambda held: held.pop()), "is used by no panel"),
        ("dashboard", lambda row: panels(row, lambda held: held[0]["gridData"].update(x=6)), "overlap"),
        ("dashboard", lambda row: panels(row, lambda held: held[3]["gridData"].update(w=20)), "is wider than 48"),
        (
            "dashboard",
            lambda row: panels(row, lambda held: first_column(held).update(sourceField="carriers.title")),
            "field carriers.title is not in the mapping",
        ),
        (
            "dashboard",
            lambda row: panels(row, lambda held: first_column(held).update(sourceField="title")),
            "field title has no buckets",
        ),
        (
            "dashboard",
            lambda row: panels(
                row, lambda held: held[0]["embeddableConfig"]["attributes"].update(visualizationType="x")
            ),
            "x is no kind of Lens",
        ),
        (
            "dashboard",
            lambda row: panels(row, lambda held: last_value(held)["params"].update(sortField="source")),
            "the last value of health is told by source, which is no time",
        ),
    ],
)
def test_every_rule_finds_what_breaks_it(
    exported: str, kind: str, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    found = complaints(changed(exported, kind, change), FIELDS)
    assert any(said in one for one in found), found


def test_lines_that_stand_twice_or_are_a_summary_are_found(exported: str) -> None:
    twice = exported + exported.splitlines()[0] + "\n"
    assert any("stands twice" in one for one in complaints(twice, FIELDS))
    assert any("export summary" in one for one in complaints(exported + '{"exportedCount":1}\n', FIELDS))


def test_nested_fields_are_no_fields_for_lens() -> None:
    assert "carriers.account" not in FIELDS["policywatch-notices"].names
    assert "account.shown" in FIELDS["policywatch-notices"].aggregatable
    assert Fields({}).with_runtime({"x": "long"}).aggregatable == {"x"}


def day(ahead: int) -> date:
    return (TODAY + timedelta(days=ahead)).date()


def at(ago: int) -> datetime:
    return TODAY - timedelta(days=ago)


CONSULTATION = NoticeType.CONSULTATION
MIIT, CAC = ("工业和信息化部",), ("国家互联网信息办公室",)
MakeNotice = Callable[..., Notice]


def notices(make: MakeNotice) -> list[Notice]:
    asked = {"kind": CONSULTATION}
    law = {"kind": NoticeType.ISSUANCE, "issuers": ("工业和信息化部科技司",)}
    found = [
        make(1, "公开征求样例规范意见", **asked, issuers=MIIT, end=day(0), published=at(20), accounts=("甲",)),
        make(2, "样例办法征求意见", **asked, issuers=CAC, end=day(5), published=at(3), accounts=("甲", "乙", "丙")),
        make(3, "样例标准征求意见", **asked, issuers=MIIT, end=day(-1), published=at(40), accounts=("乙",)),
        make(4, "样例指南征求意见", **asked, issuers=CAC, published=at(10), accounts=("丁", "甲", "乙", "丙")),
        make(5, "印发样例办法", **law, published=at(2), accounts=("甲",)),
        make(6, "旧闻", kind=NoticeType.NEWS, published=at(500), accounts=("戊",)),
        make(7, "样例办法征求意见", **asked, issuers=CAC, end=day(9), published=at(100), accounts=("甲",)),
    ]
    found[2:4] = gone(found[2], first=True), gone(found[3], first=False)
    return [replace(one, words=("样例", "规范") if one.notice_id < 3 else ("样例",)) for one in found]


def gone(notice: Notice, *, first: bool) -> Notice:
    """The notice without the page that it shows, or without that of a repost."""
    down = replace(notice.carriers[0 if first else 1], removed_at=at(1))
    if first:
        return replace(notice, url=down.url, carriers=(down, *notice.carriers[1:]))
    return replace(notice, carriers=(notice.carriers[0], down, *notice.carriers[2:]))


RUNS = [
    SourceRun(1, "miit-yjzj", at(1), 3.0, {"list": 1, "new": 2}, 2, 2, "", "ok"),
    SourceRun(2, "miit-yjzj", at(0), 3.0, {"list": 1, "failed": 1}, 0, 0, "the list cannot be fetched", "unreachable"),
    SourceRun(3, "cac", at(2), 1.0, {"blocked": 4}, 0, 0, "", "blocked"),
    SourceRun(4, "cac", at(1), 1.0, {}, 0, 0, ""),  # under way: not judged yet
    SourceRun(5, "mot-yjzj", at(9), 1.0, {"list": 1, "failed": 3}, 0, 0, "", "stale"),  # judged long after
]


@pytest.fixture(scope="module")
def server(
    elasticsearch_url: str, elastic_module_base: str, make_notice: MakeNotice
) -> Iterator[tuple[Elasticsearch, dict[str, str]]]:
    names = {kind: f"{elastic_module_base}-{kind}-v1" for kind in ALIASES}
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        for kind, name in names.items():
            client.indices.create(index=name, **index_body(kind, {}))
        for notice in notices(make_notice):
            client.index(index=names["notices"], id=str(notice.notice_id), document=json.loads(document(notice)))
        for run in RUNS:
            client.index(index=names["sources"], id=str(run.run_id), document=json.loads(run_document(run)))
        client.indices.refresh(index=",".join(names.values()))
        yield client, names


def value_of(measured: dict[str, Any]) -> Any:
    """What was measured, or the last value."""
    if "last" in measured:
        return measured["last"]["hits"]["hits"][0]["fields"]["health"][0]
    return measured.get(CHOSEN, measured)["value"]


def rows_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The first buckets of an answer: how many documents, or the values that were measured."""
    found = {}
    for bucket in answer["aggregations"]["row0"]["buckets"]:
        values = [value_of(bucket[name]) for name in sorted(bucket) if name.startswith("value")]
        inner = bucket.get("row1", {}).get("buckets", [])
        key = bucket.get("key_as_string", bucket["key"])
        if inner and "value0" in inner[0]:
            found[key] = [
                (one["key"], [one[n]["value"] for n in sorted(one) if n.startswith("value")]) for one in inner
            ]
        elif inner:
            found[key] = {one["key"]: one["doc_count"] for one in inner}
        elif bucket["doc_count"] or values:
            found[key] = values or bucket["doc_count"]
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_every_panel_gets_its_answer(server: tuple[Elasticsearch, dict[str, str]], zone: str) -> None:
    client, names = server
    found: Description = description()
    views = {view.id: view for view in found.views}
    answers = {
        panel.id: client.search(
            index=names[views[panel.view].index], **request(panel, found.board, views[panel.view], zone)
        ).body
        for panel in found.board.panels
    }
    totals = {name: answer["hits"]["total"]["value"] for name, answer in answers.items()}
    assert (totals["open-count"], totals["soon-count"], totals["new-count"], totals["ill-count"]) == (4, 2, 2, 1)
    table = rows_of(answers["open-table"])
    assert list(table)[:2] == ["公开征求样例规范意见", "样例办法征求意见"]
    assert table["样例办法征求意见"] == [(day(5).isoformat(), [5.0, 3.0]), (day(9).isoformat(), [9.0, 1.0])]
    assert table["公开征求样例规范意见"] == [(day(0).isoformat(), [0.0, 1.0])]
    assert table["样例指南征求意见"] == [("__missing__", [19.0, 4.0])]
    assert sum(rows_of(answers["deadlines"]).values()) == 3
    weekly = rows_of(answers["types"]).values()
    assert sum(one.get("consultation", 0) for one in weekly if isinstance(one, dict)) == 5
    assert rows_of(answers["issuers"]) == {"工业和信息化部": 3, "国家互联网信息办公室": 3, "工业和信息化部科技司": 1}
    assert next(iter(rows_of(answers["carriers"]).items())) == ("样例指南征求意见", [4.0])
    assert rows_of(answers["accounts"])["甲"] == 5
    assert rows_of(answers["words"]) == {"样例": 6, "规范": 2}
    assert list(rows_of(answers["health"])) == ["miit-yjzj", "cac", "mot-yjzj"]
    healths = {name: (values[0], *values[2:4]) for name, values in rows_of(answers["health"]).items()}
    assert healths == {
        "miit-yjzj": ("unreachable", 1.0, 0.0),
        "cac": ("blocked", 0.0, 4.0),
        "mot-yjzj": ("stale", 0.0, 0.0),  # not run for nine days: it stays in sight
    }


def spanned(search: Search, zone: str) -> dict[str, str]:
    """The time range that a saved search brings along, as Discover asks for it."""
    rows = [json.loads(line) for line in ndjson(description(), ALIASES).splitlines()]
    (held,) = [row["attributes"] for row in rows if row["attributes"].get("title") == search.title]
    assert held["timeRestore"] is True
    return {"gte": held["timeRange"]["from"], "lte": held["timeRange"]["to"], "time_zone": zone}


@pytest.mark.parametrize("zone", ZONES)
def test_every_saved_search_finds_what_it_says(server: tuple[Elasticsearch, dict[str, str]], zone: str) -> None:
    client, names = server
    found = description()
    wanted = {
        "open": [1, 2, 7, 4],
        "this-week": [5, 2],
        "most-reposted": [4, 2],
        "removed": [3, 4],
        "issuer-miit": [5, 1, 3],
        "issuer-cac": [2, 4, 7],
    }
    for search in found.all_searches():
        answer = client.search(
            index=names["notices"],
            query={"bool": {"filter": [kql(search.query, zone), {"range": {"published": spanned(search, zone)}}]}},
            sort=[{search.sort[0]: {"order": search.sort[1], "missing": "_last"}}],
            runtime_mappings=runtime(found.views[0].runtime),
            fields=list(search.columns),
        )
        assert [int(hit["_id"]) for hit in answer["hits"]["hits"]] == wanted.get(search.id, []), search.id


@pytest.mark.parametrize("zone", ZONES)
def test_what_an_analyst_types_means_the_same_in_every_zone(
    server: tuple[Elasticsearch, dict[str, str]], zone: str
) -> None:
    client, names = server
    typed = {
        f'deadline >= "{day(0).isoformat()}"': {1, 2, 7},
        'issuer: "MIIT"': {1, 3, 5},
        "机关: 网信办": {2, 4, 7},
        "title: 征求意见": {2, 3, 4, 7},
        'title: "样例办法"': {2, 5, 7},
        "type: consultation and not is: official": {1, 2, 3, 4, 7},
    }
    for query, ids in typed.items():
        hits = client.search(index=names["notices"], query=kql(query, zone))["hits"]["hits"]
        assert {int(hit["_id"]) for hit in hits} == ids, query


@pytest.fixture
def kibana() -> Iterator[str]:
    with started() as url:
        yield url


def test_an_import_is_posted_with_the_key_and_replaces_an_earlier_one(exported: str, kibana: str) -> None:
    assert send(exported, kibana + "/s/policy/", "good").objects == len(exported.splitlines())
    ((path, headers, body),) = Kibana.asked
    assert path == "/s/policy/api/saved_objects/_import?overwrite=true"
    assert (
        headers["kbn-xsrf"] and b'filename="policywatch.ndjson"' in body and exported.splitlines()[0].encode() in body
    )


@pytest.mark.parametrize(
    ("path", "key", "said"),
    [
        ("", "wrong-secret", "set POLICYWATCH_KIBANA_API_KEY"),
        ("/broken", "good", "1 objects, the first search x: unsupported_type"),
    ],
)
def test_what_kibana_refuses_is_said_without_the_key(
    exported: str, kibana: str, path: str, key: str, said: str
) -> None:
    with pytest.raises(KibanaRefused, match=said) as refused:
        send(exported, kibana + path, key)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://kibana:port"])
def test_a_kibana_that_is_away_is_said_to_be(exported: str, url: str) -> None:
    with pytest.raises(KibanaRefused, match="cannot be reached"):
        send(exported, url, "good")


def test_a_key_that_is_none_is_refused_before_it_is_sent(exported: str, kibana: str) -> None:
    with pytest.raises(KibanaRefused, match="characters that no key has"):
        send(exported, kibana, "密钥")
    assert not Kibana.asked

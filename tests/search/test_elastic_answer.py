"""Elasticsearch as an engine of searches: on a real server, beside the embedded index and the in-memory reader."""

import json
import random
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from config.settings import Settings
from notices.kinds import NoticeType
from notices.notice import Notice
from notices.problem import Problem
from search.elastic.find import Remote
from search.elastic.shallow import DEEPEST, shallow
from search.embedded import Embedded
from search.engine import opened
from search.memory import Held, holds
from search.moments import SHANGHAI
from search.parse import parse
from tests.commands import run
from tests.search import elastic_samples as samples
from tests.search import oracle
from tests.search.conftest import make
from tests.search.test_same_answer import some_notice


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, request_timeout=60) as opened_client:
        yield opened_client


def test_same_answer_as_memory(client: Elasticsearch, elastic_base: str, now: datetime) -> None:
    chance = random.Random(11)
    held = {number: some_notice(chance, number, now) for number in range(1, 121)}
    remote = Remote(samples.filled(client, elastic_base, held.values()))
    taken = [Held.of(notice) for notice in held.values()]
    generator = oracle.Generator(list(held.values()), now, 11)
    answered = 0
    for _ in range(400):
        asked = generator.query()
        read = parse(asked.text, now)
        wanted = {one.notice_id for one in taken if holds(read.tree, one)}
        assert remote.matching(read) == wanted, asked.text
        assert remote.matching(read, range(1, 41)) == {one for one in wanted if one <= 40}
        answered += 0 < len(wanted) < len(held)
    assert answered > 150


def test_deep_queries_are_made_shallow(client: Elasticsearch, elastic_base: str, now: datetime) -> None:
    chance = random.Random(5)
    notices = [some_notice(chance, number, now) for number in range(1, 61)]
    remote = Remote(samples.filled(client, elastic_base, notices))
    taken = [Held.of(notice) for notice in notices]
    words = ["税", "数据安全", "AI", "工信部", "is:official", "type:news", "草案", "not 试行", "5G", "的"]
    for _ in range(12):
        text = "征求意见"
        for _ in range(48):
            joint = chance.choice(["or", "and"])
            text = f"{chance.choice(['', '', 'not '])}({chance.choice(words)} {joint} {text} or {chance.choice(words)})"
        read = parse(text, now)
        flat = shallow(read.tree)
        wanted = {one.notice_id for one in taken if holds(read.tree, one)}
        assert {one.notice_id for one in taken if holds(flat, one)} == wanted
        assert remote.matching(read) == wanted
    assert flat != read.tree and DEEPEST < 30


def test_an_open_end_stands_for_every_token_that_begins_with_it(
    client: Elasticsearch, elastic_base: str, now: datetime
) -> None:
    notices = [make(number, f"网络安全，税{chr(0x4E00 + number)}") for number in range(1, 121)]
    remote = Remote(samples.filled(client, elastic_base, notices))
    for text in ('"安全，税"', "税", 'title:"安全，税"'):
        assert remote.matching(parse(text, now)) == set(range(1, 121)), text
    assert remote.find('"安全，税"', now=now).total == 120


def test_a_search_that_the_server_refuses_is_one_line(client: Elasticsearch, elastic_base: str) -> None:
    remote = Remote(samples.filled(client, elastic_base, []))
    with pytest.raises(Problem, match="refused the search") as caught:
        remote.asking.searches([{"query": {"match_phrase": {"title": {"query": "税", "analyzer": "none of ours"}}}}])
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def taken_down(notice: Notice) -> Notice:
    """Of every second notice, the page of one carrier or of all is gone."""
    if notice.notice_id % 2 or not notice.carriers:
        return notice
    at = datetime(2026, 11, 1 + notice.notice_id % 20, 8, 30, 15, 120_000, tzinfo=SHANGHAI)
    first, *rest = (replace(one, removed_at=at) for one in notice.carriers)
    return replace(notice, carriers=(first, *(rest if notice.notice_id % 4 else notice.carriers[1:])))


def test_both_engines_show_the_same(client: Elasticsearch, elastic_base: str, now: datetime, tmp_path: Path) -> None:
    chance = random.Random(3)
    notices = [some_notice(chance, number, now) for number in range(1, 81)]
    notices = [replace(taken_down(one), end_of_matter=one.notice_id % 3 == 0) for one in notices]
    here = Embedded(tmp_path)
    here.index.clear("the store")
    here.index.replace([], notices, 0, 1)
    there = Remote(samples.filled(client, elastic_base, notices))
    generator = oracle.Generator(notices, now, 3)
    removed = 0
    for number in range(60):
        text = generator.query().text
        for sort in ("published", "deadline"):
            ours, theirs = (one.find(text, now=now, limit=20, sort=sort, facets=True) for one in (here, there))
            removed += sum(bool(hit.removed) for hit in ours.hits)
            assert (ours.total, ours.hits, ours.facets) == (theirs.total, theirs.hits, theirs.facets), text
            if number < 5:
                assert list(here.each(text, now=now, sort=sort)) == list(there.each(text, now=now, sort=sort))
        ours, theirs = (one.find(text, now=now, limit=80) for one in (here, there))
        exact = [{hit.notice_id for hit in one.hits if hit.exact} for one in (ours, theirs)]
        assert exact[0] == exact[1] and ours.total == theirs.total == len(exact[0])
        assert [hit.exact for hit in theirs.hits] == sorted((hit.exact for hit in theirs.hits), reverse=True)
        assert len({hit.notice_id for hit in theirs.hits}) == len(theirs.hits)
    assert removed > 50
    here.close()


def test_looser_matches_follow_and_keep_the_filters(client: Elasticsearch, elastic_base: str, now: datetime) -> None:
    notices = [
        make(1, "关于数据安全应急预案的通知", body="样本文字" * 60),
        make(2, "数据安全培训", body="应急演练与预案" * 30, kind=NoticeType.NEWS),
        make(3, "数据安全培训", body="应急演练与预案" * 30, end=date(2026, 12, 1)),
        make(4, "别的事情", body="没有关系的文字" * 30),
    ]
    remote = Remote(samples.filled(client, elastic_base, notices))
    found = remote.find("数据安全 应急预案 -type:news", now=now)
    assert [(hit.notice_id, hit.exact) for hit in found.hits] == [(1, True), (3, False)]
    assert found.total == 1 and found.engine == "elasticsearch"
    assert found.hits[0].highlights[0] == {"field": "title", "text": "关于【数据安全应急预案】的通知"}
    assert [hit.notice_id for hit in remote.find("数据安全 应急预案", now=now, sort="deadline").hits] == [1]
    assert remote.find("数据安全 应急预案", now=now, limit=1).total == 1


def test_what_stands_in_too_many_notices_is_scored_in_titles_only(
    client: Elasticsearch, elastic_base: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = [make(number, f"别的事情{number}", body="数据安全" * number) for number in range(1, 9)]
    notices += [make(9, "数据安全通知", body="没有关系的数据"), make(10, "量子计算通知", body="没有关系的文字" * 30)]
    remote = Remote(samples.filled(client, elastic_base, notices))
    asked: list[str] = []
    send = remote.asking.searches
    monkeypatch.setattr(remote.asking, "searches", lambda bodies: asked.append(json.dumps(bodies)) or send(bodies))
    for most, in_bodies, best in ((100, True, 8), (3, False, 9)):
        monkeypatch.setattr("search.elastic.relevance.BUDGET", most)
        asked.clear()
        answer = remote.find("数据安全", now=now, limit=20)
        assert answer.total == 9 == len(answer.hits) and answer.hits[0].notice_id == best
        clauses = json.dumps(json.loads(asked[0])[1]["query"]["bool"]["should"])
        assert '"title"' in clauses and ('"body"' in clauses) is in_bodies
    rare = remote.find("量子计算 数据安全", now=now, limit=20)  # the rare word is sought everywhere, the common one not
    assert rare.total == 0 and [hit.notice_id for hit in rare.hits] == [10]


def test_all_pages_come_once_in_order(
    client: Elasticsearch, elastic_base: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(9)
    notices = [some_notice(chance, number, now) for number in range(1, 121)]
    remote = Remote(samples.filled(client, elastic_base, notices))
    whole = remote.find("", now=now, limit=200, sort="published").hits
    for name, value in (("PAGE", 7), ("WINDOW", 50)):
        monkeypatch.setattr(f"search.elastic.asking.{name}", value)
    monkeypatch.setattr("search.elastic.find.WINDOW", 50)
    monkeypatch.setattr("search.elastic.relevance.WINDOW", 50)
    assert tuple(remote.each("", now=now)) == whole and len(whole) == 120
    assert remote.find("", now=now, limit=200, sort="published").hits == whole
    assert {hit.notice_id for hit in remote.find("题", now=now, limit=200).hits} == set(range(1, 121))
    stats = client.indices.stats(index=f"{elastic_base}-*", metric="search")
    assert stats["_all"]["total"]["search"]["open_contexts"] == 0  # no view of the index is left open


def test_a_server_that_is_away_and_an_index_that_is_not_there_say_so(elasticsearch_url: str, elastic_base: str) -> None:
    with pytest.raises(Problem, match="cannot be reached") as caught:
        opened(Settings(elasticsearch_url="http://127.0.0.1:9"))
    assert "\n" not in str(caught.value)
    with pytest.raises(Problem, match=r"has no index .*reindex"):
        opened(Settings(elasticsearch_url=elasticsearch_url, elasticsearch_index=elastic_base))


def test_an_index_of_another_version_is_explained(
    client: Elasticsearch, elasticsearch_url: str, elastic_base: str
) -> None:
    samples.filled(client, elastic_base, [])
    opened(Settings(elasticsearch_url=elasticsearch_url, elasticsearch_index=elastic_base)).close()
    client.indices.put_mapping(index=f"{elastic_base}-notices-v1", meta={"projection": "0"})
    with pytest.raises(Problem, match=r"another version.*reindex"):
        opened(Settings(elasticsearch_url=elasticsearch_url, elasticsearch_index=elastic_base))


def _search(url: str, base: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    given = {"POLICYWATCH_ELASTICSEARCH_URL": url, "POLICYWATCH_ELASTICSEARCH_INDEX": base}
    return run(folder, "search", *arguments, **given)


def test_the_command_asks_the_engine_of_the_settings(
    client: Elasticsearch, elasticsearch_url: str, elastic_base: str, tmp_path: Path
) -> None:
    samples.filled(client, elastic_base, [make(7, "数据安全应急预案", body="样本文字" * 60)])
    done = _search(elasticsearch_url, elastic_base, tmp_path, "数据安全", "--json", "--facets")
    found = json.loads(done.stdout)
    assert (found["engine"], found["total"], found["facets"]["type"]) == ("elasticsearch", 1, {"other": 1})
    assert [hit["notice_id"] for hit in found["hits"]] == [7]
    away = _search("http://127.0.0.1:9", elastic_base, tmp_path, "数据安全")
    assert away.returncode == 1 and away.stdout == "" and away.stderr.count("\n") == 1
    assert "cannot be reached" in away.stderr

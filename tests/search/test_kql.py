"""What an analyst types into Kibana, through the server's own `kql` query: which forms mean what ours mean."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from notices.kinds import NoticeType
from search.elastic.connection import Elastic
from search.memory import Held, holds
from search.parse import parse
from tests.search import elastic_samples as samples
from tests.search import kql
from tests.search.conftest import make
from tests.search.test_same_answer import some_notice


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, request_timeout=60) as opened:
        yield opened


def found(elastic: Elastic, query: dict[str, Any]) -> set[int]:
    answer = elastic.client.search(index=elastic.names.read, query=query, size=1_000, source=False)
    return {int(hit["_id"]) for hit in answer["hits"]["hits"]}


def typed(elastic: Elastic, text: str, zone: str = kql.ZONE) -> set[int]:
    return found(elastic, {"kql": {"query": text, "time_zone": zone}})


def test_runs_phrases_keywords_and_ranges_mean_the_same(
    client: Elasticsearch, elastic_base: str, now: datetime
) -> None:
    chance = random.Random(21)
    notices = [some_notice(chance, number, now) for number in range(1, 121)]
    elastic = samples.filled(client, elastic_base, notices)
    taken = [Held.of(notice) for notice in notices]
    forms = kql.Forms(notices, 21)
    answered = 0
    for _ in range(300):
        pair = forms.pair()
        tree = parse(pair.ours, now).tree
        wanted = {one.notice_id for one in taken if holds(tree, one)}
        assert found(elastic, kql.query(pair)) == wanted, pair
        answered += 0 < len(wanted) < len(notices)
    assert answered > 100


def test_one_character_is_a_beginning_with_a_star(client: Elasticsearch, elastic_base: str, now: datetime) -> None:
    notices = [make(1, "税费征管"), make(2, "退税"), make(3, "别的")]
    elastic = samples.filled(client, elastic_base, notices)
    assert typed(elastic, "title: 税") == {2}
    assert typed(elastic, "title: 税*") == {1, 2}
    assert {number for number in (1, 2, 3) if holds(parse("税", now).tree, Held.of(notices[number - 1]))} == {1, 2}


def test_words_with_spaces_between_are_or_and_a_synonym_is_a_word(
    client: Elasticsearch, elastic_base: str, now: datetime
) -> None:
    notices = [make(1, "数据安全与算法"), make(2, "数据安全"), make(3, "算法"), make(4, "工业和信息化部通知")]
    elastic = samples.filled(client, elastic_base, notices)
    assert typed(elastic, "数据安全 算法") == {1, 2, 3}
    assert typed(elastic, "数据安全 and 算法") == {1}
    assert typed(elastic, "title: 数据安全 and title: 算法") == {1}
    assert typed(elastic, "工信部") == set() and typed(elastic, "terms: 工信部") == {4}
    taken = [Held.of(notice) for notice in notices]
    assert {one.notice_id for one in taken if holds(parse("工信部", now).tree, one)} == {4}


def test_a_distance_from_now_is_kqls_own(client: Elasticsearch, elastic_base: str, now: datetime) -> None:
    day = datetime.now(now.tzinfo)
    notices = [make(number, "样本", published=day - timedelta(days=number)) for number in (1, 6, 9)]
    elastic = samples.filled(client, elastic_base, notices)
    assert typed(elastic, "published >= now-7d/d") == {1, 6}
    assert typed(elastic, "发布 < now-7d/d") == {9}


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC", "Pacific/Honolulu", "Asia/Tokyo"])
def test_deadlines_are_right_west_of_shanghai_and_their_days_everywhere(
    client: Elasticsearch, elastic_base: str, now: datetime, zone: str
) -> None:
    days = [date(2026, 11, 20) + timedelta(days=number) for number in range(8)]
    notices = [make(number, "草案", kind=NoticeType.CONSULTATION, end=day) for number, day in enumerate(days, 1)]
    elastic = samples.filled(client, elastic_base, notices)
    for sign in ("<", "<=", ">", ">="):
        tree = parse(f"deadline {sign} 2026-11-23", now).tree
        wanted = {number for number, notice in enumerate(notices, 1) if holds(tree, Held.of(notice))}
        assert typed(elastic, f'deadline_day {sign} "2026-11-23"', zone) == wanted, sign
        if zone != "Asia/Tokyo":
            assert typed(elastic, f'deadline {sign} "2026-11-23"', zone) == wanted, sign

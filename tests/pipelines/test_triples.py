"""An official page, a repost, a text that holds it and a near relative, in every order of arrival."""

import random

import pytest

from docs.figures.triples import ORDERS, Sample, arrive, judge, load
from pipelines.fingerprint import fingerprint

TRIPLES = load()


def f1(judged: list[tuple[int, int, int, list[str]]]) -> float:
    hit, said, wanted = (sum(one[place] for one in judged) for place in range(3))  # type: ignore[misc]
    return 2 * hit / (said + wanted)


def test_there_are_enough_and_they_differ() -> None:
    assert len(TRIPLES) >= 30
    bodies = [sample.understood.article.body for triple in TRIPLES for sample in triple]
    assert len(set(bodies)) >= 0.97 * len(bodies)  # a repost without its advertising may be the page word for word
    assert all({sample.role for sample in triple} >= {"official", "repost", "holder"} for triple in TRIPLES)


@pytest.mark.parametrize("order", ORDERS)
def test_each_alone(order: str) -> None:
    judged, official = [], 0
    for triple in TRIPLES:
        samples = sorted(triple, key=lambda sample: ORDERS[order].index(sample.role))
        groups = arrive(samples).groups
        judged.append(judge(samples, groups))
        place = next(number for number, sample in enumerate(samples) if sample.role == "official")
        official += any(group.canonical == place for group in groups)
    assert f1(judged) >= 0.97, [line for one in judged for line in one[3]]
    assert official == len(TRIPLES)


def named(samples: list[Sample]) -> set[tuple[frozenset[str], str]]:
    keys = [sample.understood.key for sample in samples]
    groups = arrive(samples).groups
    return {(frozenset(keys[one] for one in group.members), keys[group.canonical]) for group in groups}


def test_all_together_in_any_order() -> None:
    pooled = [sample for triple in TRIPLES for sample in triple]
    assert f1([judge(pooled, arrive(pooled).groups)]) >= 0.97
    expected = named(pooled)
    for seed in range(3):
        random.Random(seed).shuffle(pooled)
        assert named(pooled) == expected


def test_few_keys_for_each_article() -> None:
    counts = [len(sample.understood.fingerprint.keys) for triple in TRIPLES for sample in triple]
    assert sum(counts) / len(counts) < 40
    first = TRIPLES[0][0].understood
    assert fingerprint(first.article, first.fields) == first.fingerprint

"""Groups of articles that carry one text: a pure function of the articles of a connected component."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from notices.understood import Understood
from pipelines.relate import Kind, Relation

RULED = 1000  # the greatest strength that a rule gives; a person's decision is stronger and heeds no veto
BOTH = 0.8  # of the length of two texts together: what is longer holds both, and more than a part of each
WHOLE = 0.8  # of the longest copy's length: what is shorter was trimmed

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """The articles of one notice, ascending, and which of them is its canonical article."""

    members: tuple[int, ...]
    canonical: int


def partition(members: Mapping[int, Understood], relations: Mapping[Pair, Relation]) -> list[Group]:
    """The groups of a component; `relations` holds the decided pairs, each with the smaller id first.

    Strongest bonds join first; no bond joins what a veto holds apart, and what holds several notices joins none. Ids
    decide nothing, so that order of arrival cannot.
    """
    vetoes = {pair for pair, relation in relations.items() if relation.kind is Kind.DIFFERENT}
    bonds = {pair: relation for pair, relation in relations.items() if relation.kind is Kind.SAME}
    loose = _gathered(members, bonds, vetoes)
    ranked = sorted(
        (pair for pair in bonds if pair not in loose),
        key=lambda pair: (-bonds[pair].strength, *sorted(members[one].key for one in pair)),
    )
    cluster = {one: {one} for one in members}
    for a, b in ranked:
        left, right = cluster[a], cluster[b]
        if left is right or (bonds[a, b].strength <= RULED and _held_apart(left, right, vetoes)):
            continue
        left |= right
        for one in right:
            cluster[one] = left
    distinct = {id(group): group for group in cluster.values()}
    return [Group(tuple(sorted(group)), canonical(group, members)) for group in distinct.values()]


def canonical(group: set[int], members: Mapping[int, Understood]) -> int:
    """The official original where there is one, else the most complete early copy."""
    longest = max(len(members[one].article.body) for one in group)

    def rank(one: int) -> tuple[bool, bool, bool, str, int, str]:
        article = members[one].article
        day = article.published_at.date().isoformat() if article.published_at else "9999"
        whole = not article.truncated and len(article.body) >= WHOLE * longest
        return not article.official, not whole, bool(article.origin_account), day, -len(article.body), members[one].key

    return min(group, key=rank)


def _gathered(members: Mapping[int, Understood], bonds: Mapping[Pair, Relation], vetoes: set[Pair]) -> set[Pair]:
    """The bonds of articles that are like two others, which are kept apart, and long enough to hold them both."""
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in bonds:
        near[a].add(b)
        near[b].add(a)
    loose: set[Pair] = set()
    for a, b in vetoes:
        for one in near[a] & near[b]:
            if len(members[one].article.body) >= BOTH * sum(len(members[part].article.body) for part in (a, b)):
                loose |= {(min(one, part), max(one, part)) for part in (a, b)}
    return {pair for pair in loose if bonds[pair].strength <= RULED}


def _held_apart(left: set[int], right: set[int], vetoes: set[Pair]) -> bool:
    small, large = (left, right) if len(left) <= len(right) else (right, left)
    return any((min(a, b), max(a, b)) in vetoes for a in small for b in large)

"""Groups of articles that carry one text: a pure function of the articles of a connected component."""

from collections.abc import Mapping
from dataclasses import dataclass

from notices.understood import Understood
from pipelines.relate import Kind, Relation


@dataclass(frozen=True, slots=True)
class Group:
    """The articles of one notice, ascending, and which of them is its canonical article."""

    members: tuple[int, ...]
    canonical: int


def partition(members: Mapping[int, Understood], relations: Mapping[tuple[int, int], Relation]) -> list[Group]:
    """The groups of a component; `relations` holds the decided pairs, each with the smaller id first.

    Strongest bonds join first; no bond joins what a veto holds apart. Ids decide nothing, so that order of arrival cannot.
    """
    cluster = {one: {one} for one in members}
    vetoes = {pair for pair, relation in relations.items() if relation.kind is Kind.DIFFERENT}
    bonds = [(pair, relation) for pair, relation in relations.items() if relation.kind is Kind.SAME]
    bonds.sort(key=lambda bond: (-bond[1].strength, *sorted(members[one].key for one in bond[0])))
    for (a, b), relation in bonds:
        left, right = cluster[a], cluster[b]
        if left is right or (relation.strength <= 1000 and _held_apart(left, right, vetoes)):
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
        whole = not article.truncated and len(article.body) >= 0.8 * longest
        return not article.official, not whole, bool(article.origin_account), day, -len(article.body), members[one].key

    return min(group, key=rank)


def _held_apart(left: set[int], right: set[int], vetoes: set[tuple[int, int]]) -> bool:
    return any((min(a, b), max(a, b)) in vetoes for a in left for b in right)

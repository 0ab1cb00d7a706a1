"""The groups of a component depend on its articles alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from notices.article import Article
from notices.fields import Fields
from notices.understood import Fingerprint, Understood
from pipelines.group import partition
from pipelines.relate import Kind, Relation

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTHING = Fingerprint(0, b"", ())


def member(name: str, day: int = 1, size: int = 500, **other: bool | str) -> Understood:
    published = datetime(2031, 5, day, 12, tzinfo=SHANGHAI)
    article = Article(url=f"https://x.example.cn/{name}", title=name, published_at=published, body="灯" * size)
    return Understood(name, replace(article, **other), Fields(), (), (), NOTHING)  # type: ignore[arg-type]


def same(strength: int) -> Relation:
    return Relation(Kind.SAME, strength, "")


APART = Relation(Kind.DIFFERENT, 900, "")


def by_name(
    members: Mapping[str, Understood], pairs: Mapping[tuple[str, str], Relation], order: list[str] | None = None
) -> set[tuple[frozenset[str], str]]:
    """The groups and their canonical articles, with ids given in an order."""
    names = order or sorted(members)
    number = {name: place + 1 for place, name in enumerate(names)}
    relations = {(min(number[a], number[b]), max(number[a], number[b])): relation for (a, b), relation in pairs.items()}
    groups = partition({number[name]: members[name] for name in names}, relations)
    return {(frozenset(names[one - 1] for one in group.members), names[group.canonical - 1]) for group in groups}


def parts(found: set[tuple[frozenset[str], str]]) -> set[str]:
    return {"".join(sorted(group)) for group, _ in found}


def abc(*names: str, **sizes: int) -> dict[str, Understood]:
    return {name: member(name, size=sizes.get(name, 500)) for name in names}


def test_a_veto_splits_a_chain_where_it_is_weakest() -> None:
    pairs = {("a", "b"): same(900), ("b", "c"): same(600), ("a", "c"): APART}
    assert parts(by_name(abc("a", "b", "c"), pairs)) == {"ab", "c"}


def test_what_holds_two_notices_joins_neither() -> None:
    pairs = {("a", "d"): same(850), ("b", "d"): same(860), ("a", "b"): APART}
    assert parts(by_name(abc("a", "b", "d", d=1100), pairs)) == {"a", "b", "d"}
    assert parts(by_name(abc("a", "b", "d", d=600), pairs)) == {"a", "bd"}


def test_a_persons_decision_heeds_no_veto() -> None:
    pairs = {("a", "b"): same(2000), ("b", "c"): same(990), ("a", "c"): APART}
    assert parts(by_name(abc("a", "b", "c"), pairs)) == {"ab", "c"}
    assert parts(by_name(abc("a", "b", "c"), {**pairs, ("a", "c"): same(2000)})) == {"abc"}


def test_the_canonical_article() -> None:
    pairs = {("a", "b"): same(900), ("a", "c"): same(900)}
    early = {"a": member("a", 9), "b": member("b", 3), "c": member("c", 5)}
    assert {one for _, one in by_name(early, pairs)} == {"b"}
    trimmed = {**early, "b": member("b", 3, size=300)}
    assert {one for _, one in by_name(trimmed, pairs)} == {"c"}
    cut = {**early, "b": member("b", 3, truncated=True)}
    assert {one for _, one in by_name(cut, pairs)} == {"c"}
    reposted = {**early, "b": member("b", 3, origin_account="甲")}
    assert {one for _, one in by_name(reposted, pairs)} == {"c"}
    official = {**early, "a": member("a", 9, size=90, official=True)}
    assert {one for _, one in by_name(official, pairs)} == {"a"}
    undated = {**early, "b": replace(early["b"], article=replace(early["b"].article, published_at=None))}
    assert {one for _, one in by_name(undated, pairs)} == {"c"}


NAMES = "abcdefgh"
PAIRS = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] < pair[1]),
    st.one_of(st.just(APART), st.builds(same, st.sampled_from([600, 800, 800, 1000]))),
    max_size=20,
)


@settings(max_examples=200, deadline=None)
@given(PAIRS, st.permutations(NAMES), st.lists(st.integers(300, 2000), min_size=8, max_size=8))
def test_ids_and_order_decide_nothing(
    pairs: dict[tuple[str, str], Relation], order: list[str], sizes: list[int]
) -> None:
    members = {name: member(name, size=size) for name, size in zip(NAMES, sizes, strict=True)}
    found = by_name(members, pairs)
    assert by_name(members, pairs, order) == found
    assert sorted(name for group, _ in found for name in group) == list(NAMES)
    together = {name: group for group, _ in found for name in group}
    assert not [
        pair for pair, relation in pairs.items() if relation is APART and together[pair[0]] is together[pair[1]]
    ]

"""Recomputes the groups that changed articles touch, and makes notices and events of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, or_, select

from notices.schema import links
from notices.store.article_rows import load_understood
from notices.store.chunks import chunks, rows_of
from notices.understood import Understood
from pipelines.candidates import Pair, relate_changed
from pipelines.group import Group, partition
from pipelines.matter_facts import facts_of
from pipelines.reconcile import Change, reconcile
from pipelines.relate import Kind, Relation
from pipelines.relink import Regrouped, relink


def regroup(
    connection: Connection,
    changed: Mapping[int, Understood],
    live: set[int],
    now: datetime,
    versions: Mapping[int, int] | None = None,
) -> int:
    """Groups changed articles anew inside the caller's transaction and links the notices; returns how many are new.

    `live` names the articles whose pages were met as they appeared: only their events may alert. `versions` are the
    numbers of the articles whose text became another one.
    """
    if not changed:
        return 0
    touched = relate_changed(connection, changed)
    bonds = _bonds(connection, touched)
    together = {one for pair in bonds for one in pair}
    loaded = load_understood(connection, (touched | together) - set(changed))
    texts = {**changed, **loaded}
    groups = [Group((one,), one) for one in texts if one not in together]
    relations = _inside(connection, together)
    for component in _components(bonds):
        members = {one: texts[one] for one in component if one in texts}
        inside = {pair: relations[pair] for pair in relations if pair[0] in component}
        groups += partition(members, inside)
    changes = reconcile(connection, groups, texts, set(changed), live, versions or {}, now)
    regrouped = {change.notice_id: _regrouped(change, texts, live) for change in changes}
    relink(connection, regrouped, {old for change in changes for old in change.swallowed}, now)
    return sum(change.fresh for change in changes)


def _regrouped(change: Change, texts: Mapping[int, Understood], live: set[int]) -> Regrouped:
    members = [texts[one] for one in change.group.members]
    facts = facts_of(change.said, texts[change.group.canonical], members)
    return Regrouped(facts, change.said.fields.comment_end, change.fresh, bool(live & set(change.group.members)))


def _bonds(connection: Connection, start: Iterable[int]) -> set[Pair]:
    """The pairs of one notice that are reached from some articles, over any number of steps."""
    reached, frontier, bonds = set(start), set(start), set()
    while frontier:
        found: set[Pair] = set()
        for some in chunks(frontier):
            near = or_(links.c.a.in_(some), links.c.b.in_(some))
            query = select(links.c.a, links.c.b).where(links.c.relation == Kind.SAME.value, near)
            found |= {(a, b) for a, b in connection.execute(query)}
        bonds |= found
        frontier = {one for pair in found for one in pair} - reached
        reached |= frontier
    return bonds


def _inside(connection: Connection, ids: set[int]) -> dict[Pair, Relation]:
    rows = rows_of(connection, select(links), links.c.a, ids)
    return {(row.a, row.b): Relation(Kind(row.relation), row.strength, "") for row in rows if row.b in ids}


def _components(bonds: Iterable[Pair]) -> list[set[int]]:
    part: dict[int, set[int]] = {}
    for a, b in bonds:
        left, right = part.get(a, {a}), part.get(b, {b})
        if len(left) < len(right):
            left, right = right, left
        left |= right
        for one in right:
            part[one] = left
        part[a] = part[b] = left
    return list({id(one): one for one in part.values()}.values())

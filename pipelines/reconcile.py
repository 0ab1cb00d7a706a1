"""Gives groups their notice ids and writes what changed of them, one event a notice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from notices.kinds import Mode
from notices.schema import articles, corrections, events, matter_moves, notice_aliases, notices
from notices.store.article_rows import fields_value
from notices.store.chunks import rows_of
from notices.understood import Understood
from pipelines.group import Group
from pipelines.happened import kinds
from pipelines.notice_fields import Said, notice_fields


@dataclass(slots=True)
class Change:
    """A group on its way to its row: the id it keeps (0: new), the ids it swallows, and what it says."""

    group: Group
    said: Said
    notice_id: int = 0
    fresh: bool = False
    swallowed: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


def reconcile(
    connection: Connection, groups: list[Group], texts: Mapping[int, Understood], changed: set[int], live: set[int],
    versions: Mapping[int, int], now: datetime,
) -> list[Change]:  # fmt: skip
    """Writes notices, aliases and events of regrouped articles, and returns what became of each group.

    On a merge the oldest id stays and the others become its aliases; on a split the side with the canonical article
    keeps the id.
    """
    held = _held(connection, texts)
    before = _rows(connection, {notice for notice in held.values() if notice})
    people = _corrections(connection, [texts[one].key for one in texts])
    changes = [Change(group, _say(group, texts, people)) for group in groups]
    _claim(changes, held, before)
    fresh = [change for change in changes if not change.notice_id]
    _insert(connection, fresh, now)
    _move(connection, changes, held)
    _hand_on(connection, changes, held, before)
    _swallow(connection, changes)
    _write(connection, changes, _log(changes, before, changed, live, versions, now))
    return changes


def _say(group: Group, texts: Mapping[int, Understood], people: Mapping[str, dict[str, str]]) -> Said:
    said: dict[str, str] = {}
    for one in group.members:
        said |= people.get(texts[one].key, {})
    return notice_fields(texts[group.canonical], [texts[one] for one in group.members], said)


def _held(connection: Connection, ids: Iterable[int]) -> dict[int, int | None]:
    rows = rows_of(connection, select(articles.c.id, articles.c.notice_id), articles.c.id, ids)
    return {row.id: row.notice_id for row in rows}


def _rows(connection: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    return {row.id: row for row in rows_of(connection, select(notices), notices.c.id, ids)}


def _corrections(connection: Connection, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    query = select(corrections).order_by(corrections.c.id)
    for row in rows_of(connection, query, corrections.c.article_key, keys):
        found[row.article_key][row.field] = row.value
    return found


def _claim(changes: list[Change], held: Mapping[int, int | None], before: Mapping[int, Row[Any]]) -> None:
    """Decides which group keeps which id: each old notice goes where its canonical article went."""
    place = {one: change for change in changes for one in change.group.members}
    claims: dict[int, list[int]] = defaultdict(list)
    members: dict[int, list[int]] = defaultdict(list)
    for one, notice in held.items():
        if notice:
            members[notice].append(one)
    for notice, row in before.items():
        heir = row.canonical_id if row.canonical_id in place else min(members[notice])
        claims[id(place[heir])].append(notice)
    for change in changes:
        ids = sorted(claims[id(change)])
        if ids:
            change.notice_id, change.swallowed = ids[0], ids[1:]
        change.joined = [one for one in change.group.members if held[one] != change.notice_id or not held[one]]
        change.left = [one for one in members.get(change.notice_id, []) if one not in change.group.members]


def _insert(connection: Connection, fresh: list[Change], now: datetime) -> None:
    if fresh:
        rows = [{**_values(change), "matter_id": 0, "version": 0, "created_at": now} for change in fresh]
        statement = insert(notices).returning(notices.c.id, sort_by_parameter_order=True)
        for change, made in zip(fresh, connection.execute(statement, rows).scalars(), strict=True):
            change.notice_id, change.fresh = made, True
        own = update(notices).where(notices.c.matter_id == 0).values(matter_id=notices.c.id)
        connection.execute(own)  # until it is linked, a notice is a matter of its own


def _move(connection: Connection, changes: list[Change], held: Mapping[int, int | None]) -> None:
    rows = [
        {"article": one, "notice": change.notice_id}
        for change in changes
        for one in change.group.members
        if held[one] != change.notice_id
    ]
    if rows:
        statement = update(articles).where(articles.c.id == bindparam("article"))
        connection.execute(statement.values(notice_id=bindparam("notice")), rows)


def _hand_on(
    connection: Connection, changes: list[Change], held: Mapping[int, int | None], before: Mapping[int, Row[Any]]
) -> None:
    """Notes that what was told of a matter was told of the notices too that its articles moved to."""
    moved = {
        (before[old].matter_id, change.notice_id)
        for change in changes
        for one in change.joined
        if (old := held[one]) and old in before
    }
    if moved:
        rows = [{"matter_id": matter, "notice_id": notice} for matter, notice in sorted(moved)]
        connection.execute(insert(matter_moves), rows)


def _swallow(connection: Connection, changes: list[Change]) -> None:
    rows = [{"alias": old, "notice_id": change.notice_id} for change in changes for old in change.swallowed]
    if rows:
        connection.execute(delete(notices).where(notices.c.id.in_([row["alias"] for row in rows])))
        connection.execute(insert(notice_aliases), rows)


def _write(connection: Connection, changes: list[Change], log: list[dict[str, Any]]) -> None:
    if not log:
        return
    statement = insert(events).returning(events.c.number, sort_by_parameter_order=True)
    numbers = connection.execute(statement, log).scalars().all()
    version = {entry["notice_id"]: number for entry, number in zip(log, numbers, strict=True)}
    rows = [
        {**_values(change), "row": change.notice_id, "version": version[change.notice_id]}
        for change in changes
        if change.notice_id in version
    ]
    if rows:
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "row"}
        connection.execute(update(notices).where(notices.c.id == bindparam("row")).values(values), rows)


def _log(
    changes: list[Change], before: Mapping[int, Row[Any]], changed: set[int], live: set[int],
    versions: Mapping[int, int], now: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    log = []
    for change in changes:
        members = set(change.group.members)
        mode = Mode.LIVE if members & live else Mode.BACKFILL
        swallowed = [(old, ["merged"], {"into": change.notice_id}) for old in change.swallowed]
        happened, detail = kinds(change.said, before.get(change.notice_id), change, members & changed)
        if happened and change.group.canonical in versions:
            detail["version"] = versions[change.group.canonical]
        said = [(change.notice_id, happened, detail)] if happened else []
        for notice_id, names, what in swallowed + said:
            article = change.group.canonical
            entry = {"kind": names[0], "notice_id": notice_id, "article_id": article, "mode": mode.value}
            log.append({**entry, "at": now, "detail": what})
    return log


def _values(change: Change) -> dict[str, Any]:
    said = change.said
    return {
        "canonical_id": change.group.canonical,
        "fields": fields_value(said.fields),
        "reasons": said.reasons,
        "published_at": said.published_at,
        "precision": said.precision.value,
        "official": said.official,
    }

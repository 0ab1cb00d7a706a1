"""Alarms: one when a source falls ill, one when it is well again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from config.sources import Source
from notices.schema import alarms, runs
from notices.schema import sources as table
from notices.store import Store
from scheduler.health import Health, Verdict, is_still, last_runs, verdict

_PATIENT = {Health.UNREACHABLE: 2, Health.SLOW: 2}  # runs in a row: one lost connection is weather


@dataclass(frozen=True, slots=True)
class Alarm:
    """A source's trouble from its start to its end; `ended_at` is empty while it lasts."""

    id: int
    source: str
    kind: str
    detail: str
    started_at: datetime
    ended_at: datetime | None


def load_alarms(store: Store, *, lasting: bool = False) -> list[Alarm]:
    """The alarms in their order, only those that last if asked so."""
    query = select(alarms).order_by(alarms.c.id)
    with store.reading() as connection:
        rows = connection.execute(query.where(alarms.c.ended_at.is_(None)) if lasting else query)
        return [_alarm(row) for row in rows]


def watch(
    store: Store, sources: Sequence[Source], now: datetime, since: datetime | None = None, *, still: bool = False
) -> list[Alarm]:
    """Judges sources and writes down what begins and what ends; returns the alarms that did.

    `since` looks only at sources that had a run after that moment, with `still` also at those that may have fallen ill
    by doing nothing; without it all are judged.
    """
    with store.reading() as connection:
        names = None if since is None else _touched(connection, since)
        rows = {row.name: row for row in connection.execute(select(table))} if names is None or names or still else {}
        if names is not None and still:
            names |= {one.name for one in sources if one.name in rows and is_still(one, rows[one.name], now)}
        chosen = [source for source in sources if names is None or source.name in names]
        found = {one.name: verdict(one, rows.get(one.name), last_runs(connection, one.name), now) for one in chosen}
        lasting = _lasting(connection)
    gone = set(lasting) - {source.name for source in sources}
    differing = {name: one for name, one in found.items() if _differs(one, lasting.get(name))}
    if not differing and not gone:
        return []
    with store.writing() as connection:
        lasting = _lasting(connection)
        ended = [_end(connection, lasting[name], now) for name in (*differing, *gone) if name in lasting]
        begun = [_start(connection, name, one, now) for name, one in differing.items() if _is_loud(one)]
    return [*ended, *begun]


def _is_loud(found: Verdict) -> bool:
    if found.health in {Health.OK, Health.NEW}:
        return False
    return found.runs >= _PATIENT.get(found.health, 1)


def _differs(found: Verdict, lasting: Row[Any] | None) -> bool:
    """Whether an alarm has to begin or to end; a trouble that is not loud yet ends no other one."""
    if lasting is None:
        return _is_loud(found)
    if found.health is Health.OK:
        return True
    return _is_loud(found) and found.health.value != lasting.kind


def _touched(connection: Connection, since: datetime) -> set[str]:
    query = select(runs.c.source).where(runs.c.updated_at >= since).distinct()
    return set(connection.execute(query).scalars())


def _lasting(connection: Connection) -> dict[str, Row[Any]]:
    return {row.source: row for row in connection.execute(select(alarms).where(alarms.c.ended_at.is_(None)))}


def _start(connection: Connection, name: str, found: Verdict, now: datetime) -> Alarm:
    values = {"source": name, "kind": found.health.value, "detail": found.detail, "started_at": now}
    number = connection.execute(insert(alarms).returning(alarms.c.id), values).scalar_one()
    return Alarm(number, name, found.health.value, found.detail, now, None)


def _end(connection: Connection, row: Row[Any], now: datetime) -> Alarm:
    connection.execute(update(alarms).where(alarms.c.id == row.id).values(ended_at=now))
    return Alarm(row.id, row.source, row.kind, row.detail, row.started_at, now)


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(row.id, row.source, row.kind, row.detail, row.started_at, row.ended_at)

"""Alarms: one when a source falls ill, one when it is well again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from config.sources import Source
from notices.schema import alarms, runs
from notices.schema import sources as table
from notices.store import Store
from scheduler.health import Health, Verdict, is_still, last_runs, verdict
from scheduler.pauses import left_alone, waits_for
from scheduler.runs import Run

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
    """Judges sources and writes down their health and what begins and ends; returns the alarms that did.

    `since` looks only at sources that had a run after that moment, with `still` also at those that may have fallen ill
    by doing nothing; without it all are judged.
    """
    with store.reading() as connection:
        names = None if since is None else _touched(connection, since)
        rows = {row.name: row for row in connection.execute(select(table))} if names is None or names or still else {}
        if names is not None and still:
            names |= {one.name for one in sources if one.name in rows and is_still(one, rows[one.name], now)}
        chosen = [source for source in sources if names is None or source.name in names]
        last = {one.name: last_runs(connection, one.name) for one in chosen}
        alone = left_alone(connection, now)
        found = {
            one.name: verdict(one, rows.get(one.name), last[one.name], now, waits_for(one, alone)) for one in chosen
        }
        lasting = _lasting(connection)
    gone = set(lasting) - {source.name for source in sources}
    differing = {name: one for name, one in found.items() if _differs(one, lasting.get(name))}
    judged = dict(_judged(last, found))
    if not differing and not gone and not judged:
        return []
    with store.writing() as connection:
        for run_id, health in judged.items():
            values = {"health": health.value, "judged_at": now}
            connection.execute(update(runs).where(runs.c.id == run_id).values(values))
        lasting = _lasting(connection)
        ended = [_end(connection, lasting[name], now) for name in (*differing, *gone) if name in lasting]
        begun = [_start(connection, name, one, now) for name, one in differing.items() if _is_loud(one)]
    return [*ended, *begun]


def _judged(last: Mapping[str, Sequence[Run]], found: Mapping[str, Verdict]) -> Iterator[tuple[int, Health]]:
    """The newest run of each source that ended, where it does not say yet how the source is."""
    for name, its in last.items():
        newest = next((run for run in its if run.ended_at is not None), None)
        if newest is not None and newest.health != found[name].health:
            yield newest.id, found[name].health


def _is_loud(found: Verdict) -> bool:
    if found.health in {Health.OK, Health.NEW}:
        return False
    return found.runs >= _PATIENT.get(found.health, 1)


def _differs(found: Verdict, lasting: Row[Any] | None) -> bool:
    """Whether an alarm has to begin or to end; a trouble that is not loud yet ends no other one."""
    if lasting is None:
        return _is_loud(found)
    if found.health is Health.OK:
        return found.runs > 0
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

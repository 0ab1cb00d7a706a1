"""The runs of sources, in the order in which they last changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from notices.schema import runs

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICRO = timedelta(microseconds=1)
_updated, _judged = runs.c.updated_at, runs.c.judged_at
_changed: ColumnElement[Any] = case((_judged > _updated, _judged), else_=_updated)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """One crawl of a source: when it began, how long it took in seconds, what became of its pages, and its error.

    `health` is the source's own, judged while this was its newest run; empty before that. `changed` is when either last
    changed, in microseconds since 1970: a run grows while its pages come in.
    """

    run_id: int
    source: str
    started_at: datetime
    seconds: float
    outcomes: Mapping[str, int]
    new_articles: int
    new_notices: int
    error: str
    health: str = ""
    changed: int = 0


def last_change(connection: Connection) -> int:
    """When a run changed last, in microseconds since 1970, 0 for no run."""
    newest = (connection.execute(select(func.max(one))).scalar() for one in (_updated, _judged))
    return max((micros(one) for one in newest if one), default=0)


def runs_after(connection: Connection, changed: int, run_id: int, limit: int) -> list[SourceRun]:
    """At most `limit` runs that changed after a moment, or at it and have a larger number."""
    moment = _EPOCH + changed * _MICRO
    recent = or_(_updated >= moment, _judged >= moment)  # what the indexes can tell
    after = or_(_changed > moment, and_(_changed == moment, runs.c.id > run_id))
    query = select(runs, _changed.label("changed")).where(recent, after).order_by(_changed, runs.c.id)
    return [
        SourceRun(
            row.id,
            row.source,
            row.started_at,
            (row.updated_at - row.started_at) / timedelta(seconds=1),
            row.outcomes,
            row.new_articles,
            row.new_notices,
            row.error,
            row.health,
            micros(row.changed),
        )
        for row in connection.execute(query.limit(limit))
    ]


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an instant."""
    return (moment - _EPOCH) // _MICRO

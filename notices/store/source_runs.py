"""The runs of sources, in the order in which they last changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sqlalchemy import Connection, and_, func, or_, select

from notices.schema import runs

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICRO = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """One crawl of a source: when it began, how long it took in seconds, what became of its pages, and its error.

    `changed` is when it last changed, in microseconds since 1970: a run grows while its pages come in.
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
    found = connection.execute(select(func.max(runs.c.updated_at))).scalar()
    return micros(found) if found else 0


def runs_after(connection: Connection, changed: int, run_id: int, limit: int) -> list[SourceRun]:
    """At most `limit` runs that changed after a moment, or at it and have a larger number."""
    moment = _EPOCH + changed * _MICRO
    same = and_(runs.c.updated_at == moment, runs.c.id > run_id)
    query = select(runs).where(or_(runs.c.updated_at > moment, same)).order_by(runs.c.updated_at, runs.c.id)
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
            micros(row.updated_at),
        )
        for row in connection.execute(query.limit(limit))
    ]


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an instant."""
    return (moment - _EPOCH) // _MICRO

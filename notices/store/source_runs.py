"""The runs of sources, in the order in which they ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from notices.schema import source_runs

KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class SourceRun:
    """One crawl of a source: when it began, how long it took in seconds, what became of its pages, and its error."""

    run_id: int
    source: str
    started_at: datetime
    seconds: float
    outcomes: Mapping[str, int]
    new_articles: int
    new_notices: int
    error: str


def add_run(connection: Connection, run: SourceRun) -> None:
    """Puts down a run, which gets a number of its own, and forgets those that are older than KEPT."""
    values = {
        "source": run.source,
        "started_at": run.started_at,
        "seconds": run.seconds,
        "outcomes": dict(run.outcomes),
        "new_articles": run.new_articles,
        "new_notices": run.new_notices,
        "error": run.error,
    }
    connection.execute(delete(source_runs).where(source_runs.c.started_at < run.started_at - KEPT))
    connection.execute(insert(source_runs).values(**values))


def last_run(connection: Connection) -> int:
    """The number of the newest run, 0 for none."""
    return int(connection.execute(select(func.max(source_runs.c.id))).scalar() or 0)


def runs_after(connection: Connection, number: int, limit: int) -> list[SourceRun]:
    """At most `limit` runs after a number."""
    query = select(source_runs).where(source_runs.c.id > number).order_by(source_runs.c.id).limit(limit)
    return [
        SourceRun(
            row.id, row.source, row.started_at, row.seconds, row.outcomes, row.new_articles, row.new_notices, row.error
        )
        for row in connection.execute(query)
    ]

"""How healthy each source is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from config.sources import Source, load_sources
from notices.schema import sources as table
from notices.store import Store

LATE = 3  # times its interval that a source may go without success
LEAST = timedelta(hours=1)  # but never less than this


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source as `sources list` prints it; `every` in minutes.

    `health` is `new` (never crawled), `ok`, `failing` (the last crawl did not read its list) or `late` (no success for
    too long); `since` is the last success before it stopped being ok, or when it was added; empty while it is ok.
    """

    name: str
    kind: str
    url: str
    robots: str
    every: int
    health: str
    since: datetime | None
    last_success: datetime | None
    next_due: datetime | None
    last_outcomes: Mapping[str, int]
    robots_reason: str
    error: str


def source_health(store: Store, now: datetime) -> list[SourceHealth]:
    """Every source of sources.yaml, in its order; raises SettingsError for a broken file."""
    return judge(store, load_sources(), now)


def judge(store: Store, sources: Sequence[Source], now: datetime) -> list[SourceHealth]:
    """The health of these sources."""
    with store.reading() as connection:
        rows = {row.name: row for row in connection.execute(select(table))}
    return [_judge(source, rows.get(source.name), now) for source in sources]


def _judge(source: Source, row: Row[Any] | None, now: datetime) -> SourceHealth:
    health = _health(source, row, now)
    since = None if row is None or health == "ok" else row.last_success or row.added_at
    return SourceHealth(
        name=source.name,
        kind=source.kind,
        url=source.url,
        robots=source.robots,
        every=source.every,
        health=health,
        since=since,
        last_success=row.last_success if row else None,
        next_due=row.next_due if row else None,
        last_outcomes=(row.last_outcomes if row else None) or {},
        robots_reason=source.robots_reason,
        error=row.error if row else "",
    )


def _health(source: Source, row: Row[Any] | None, now: datetime) -> str:
    if row is None or row.last_run is None:
        return "new"
    if row.error:
        return "failing"
    patience = max(LATE * timedelta(minutes=source.every), LEAST)
    return "late" if now - (row.last_success or row.added_at) > patience else "ok"

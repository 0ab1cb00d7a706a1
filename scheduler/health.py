"""How healthy each source is: judged from its last runs, which count what became of its list and of its pages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from config.sources import Source, load
from notices.identity import host_of
from notices.schema import runs
from notices.schema import sources as table
from notices.store import Store
from scheduler.agreement import disagreements
from scheduler.pauses import left_alone, waits_for
from scheduler.runs import LEFT_ALONE, NO_PAGE, Run, run_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = 3  # times its interval that a source may go without success
LEAST = timedelta(hours=1)  # but never less than this
SHOWN = 5  # runs that are listed
BACK = 20  # runs that are looked through for one that asked for pages
FEW = 3  # pages, all of which have to fail before a source is ill
ROWS = 20  # moments at which a list had something new, whose gaps say how often it has
QUIET, GAPS = timedelta(days=14), 4  # a list is stale after so many of its longest gaps, never earlier than that


class Health(StrEnum):
    """What a source suffers from; `new` was never crawled."""

    NEW = "new"
    OK = "ok"
    EMPTY = "empty"
    BLOCKED = "blocked"
    CHANGED_LAYOUT = "changed_layout"
    SLOW = "slow"
    UNREACHABLE = "unreachable"
    STALE = "stale"
    CERTIFICATE = "certificate"


_LISTS = {
    LEFT_ALONE: Health.BLOCKED,
    "refused": Health.UNREACHABLE,
    "too_large": Health.CHANGED_LAYOUT,
    "failed": Health.CHANGED_LAYOUT,
    "disallowed": Health.BLOCKED,
}
_PAGES = {
    "refused": Health.UNREACHABLE,
    "too_large": Health.CHANGED_LAYOUT,
    "blocked": Health.BLOCKED,
    "disallowed": Health.BLOCKED,
    "unreachable": Health.UNREACHABLE,
    "slow": Health.SLOW,
    "certificate": Health.CERTIFICATE,
    "error": Health.CHANGED_LAYOUT,
    "empty": Health.CHANGED_LAYOUT,
    "failed": Health.CHANGED_LAYOUT,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A source's health, why in a few words, and how many runs in a row say so.

    None do of a list that waited for its host or is being read at last: neither begins or ends an alarm.
    """

    health: Health
    detail: str = ""
    runs: int = 1


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source as `sources list` prints it; `every` in minutes.

    `since` is the last success before it stopped being ok, or when it was added; empty while it is ok. `runs` are the
    last ones, newest first; `lacks` names what this list and those that check it do not both have; `left_alone` says
    why its host is not asked now, and until when.
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
    runs: tuple[Run, ...] = ()
    lacks: tuple[str, ...] = ()
    left_alone: str = ""


def source_health(store: Store, now: datetime) -> list[SourceHealth]:
    """Every source of sources.yaml, in its order, with the policy of its list's host; raises SettingsError."""
    file = load()
    policies = {source.name: file.policy(host_of(source.url), source) for source in file.sources}
    return [
        replace(one, robots=policies[one.name].robots, robots_reason=policies[one.name].robots_reason)
        for one in judge(store, file.sources, now)
    ]


def judge(store: Store, sources: Sequence[Source], now: datetime) -> list[SourceHealth]:
    """The health of these sources."""
    with store.reading() as connection:
        rows = {row.name: row for row in connection.execute(select(table))}
        last = {source.name: last_runs(connection, source.name) for source in sources}
        lacks = disagreements(connection, sources, now)
        alone = left_alone(connection, now)
    return [
        replace(
            _shown(source, rows.get(source.name), last[source.name], now, waits_for(source, alone)),
            lacks=tuple(one.said for one in lacks if source.checks and source.name in (one.source, *one.others)),
        )
        for source in sources
    ]


def last_runs(connection: Connection, name: str) -> list[Run]:
    """The newest runs of a source, newest first, backfills aside."""
    query = select(runs).where(runs.c.source == name, runs.c.since.is_(None))
    return [run_of(row) for row in connection.execute(query.order_by(runs.c.id.desc()).limit(BACK))]


def said(run: Run) -> str:
    """A run in a few words."""
    counted = ", ".join(f"{number} {name}" for name, number in run.outcomes.items()) or "nothing"
    return f"{run.started_at:%m-%d %H:%M} {counted}"


def verdict(source: Source, row: Row[Any] | None, last: Sequence[Run], now: datetime, alone: str = "") -> Verdict:
    """A source's health from its row and its runs, newest first; `alone` says why its host is not asked now."""
    ended = [run for run in last if run.ended_at is not None]
    if row is None or not ended:
        return Verdict(Health.NEW, alone)
    if ended[0].trouble:
        same = next((place for place, run in enumerate(ended) if not run.trouble), len(ended))
        counted = same - 1 if ended[0].trouble == LEFT_ALONE else same
        return Verdict(_LISTS.get(ended[0].trouble) or Health(ended[0].trouble), ended[0].error, counted)
    success = row.last_success or row.added_at
    asked = last[0].started_at if last[0].ended_at is None else success  # a list that is being read gets its time
    if now - max(asked, success) > _late(source):
        return Verdict(Health.STALE, f"its list was not read since {success:%Y-%m-%d %H:%M}{alone and f': {alone}'}")
    well = Verdict(Health.OK, runs=int(now - success <= _late(source)))
    return _of_pages(ended) or _quiet(row.fresh or [], now) or well


def is_still(source: Source, row: Row[Any], now: datetime) -> bool:
    """Whether a source may have fallen ill by doing nothing: its list was not read, or had nothing new, for long."""
    return now - (row.last_success or row.added_at) > _late(source) or _quiet(row.fresh or [], now) is not None


def _late(source: Source) -> timedelta:
    return max(LATE * timedelta(minutes=source.every), LEAST)


def _of_pages(ended: Sequence[Run]) -> Verdict | None:
    """What keeps a source's pages from being read, if it was so of the last few that were asked for."""
    asked: Counter[str] = Counter()
    for run in ended:
        if run.trouble:
            continue  # its list is counted among its outcomes
        asked.update({name: number for name, number in run.outcomes.items() if name not in NO_PAGE})
        if asked.total() >= FEW:
            break
    if asked.total() < FEW or set(asked) - set(_PAGES):
        return None
    ((worst, _),) = asked.most_common(1)
    return Verdict(_PAGES[worst], f"none of its last {asked.total()} pages could be read: {worst}")


def _quiet(fresh: Sequence[int], now: datetime) -> Verdict | None:
    """A list that answers and has had nothing new for much longer than ever before; `fresh` in seconds since 1970."""
    if len(fresh) < ROWS // 4:
        return None
    longest = timedelta(seconds=max(later - earlier for earlier, later in pairwise(fresh)))
    newest = datetime.fromtimestamp(fresh[-1], SHANGHAI)
    if now - newest <= max(QUIET, GAPS * longest):
        return None
    return Verdict(Health.STALE, f"its list answers, yet has had nothing new since {newest:%Y-%m-%d}")


def _shown(source: Source, row: Row[Any] | None, last: Sequence[Run], now: datetime, alone: str) -> SourceHealth:
    found = verdict(source, row, last, now, alone)
    well = found.health is Health.OK
    return SourceHealth(
        name=source.name,
        kind=source.kind,
        url=source.url,
        robots=source.robots,
        every=source.every,
        health=found.health.value,
        since=None if row is None or well else row.last_success or row.added_at,
        last_success=row.last_success if row else None,
        next_due=row.next_due if row else None,
        last_outcomes=last[0].outcomes if last else {},
        robots_reason=source.robots_reason,
        error=found.detail,
        runs=tuple(last[:SHOWN]),
        left_alone=alone,
    )

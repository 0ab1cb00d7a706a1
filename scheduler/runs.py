"""Runs: one crawl of one source each, counted as it happens, in the transaction of what it counts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from config.sources import Source
from notices.identity import fetchable
from notices.kinds import Mode
from notices.schema import hosts, queue, runs
from notices.schema import sources as table
from notices.store import Store
from notices.store.queue import drop_lists, lists_waiting, put
from notices.target import Kind, ListAsk, Target
from scheduler.pauses import said
from spiders.job import NO_ANSWER
from spiders.listing import Ask

RETRY = timedelta(minutes=10)  # a list that could not be read is asked again after this, or when it is due
SLOWER, SLOWEST = 3, 6  # times as long after each further failure, up to so many of them
NOT_LOOKED = "not_looked"  # what was read once could not be looked at again, which says nothing of its source
LEFT_ALONE = "left_alone"  # the trouble of a list that was not asked for another one of its host met a wall
NO_PAGE = {
    "list",
    "gap",
    "known",
    "unfetchable",
    "postponed",
    "changed_layout",
    NOT_LOOKED,
}  # outcomes that tell of no first reading


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of one source; `seconds` until its last page so far, `health` as it was judged after it."""

    id: int
    source: str
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    mode: Mode
    since: date | None
    first: bool
    outcomes: Mapping[str, int] = field(default_factory=dict)
    new_articles: int = 0
    new_notices: int = 0
    trouble: str = ""
    error: str = ""
    health: str = ""


def load_runs(store: Store, *, source: str = "", after: int = 0, newest: int = 0) -> list[Run]:
    """The runs of one source or of all, in their order, those after an id; `newest` takes only so many of the last."""
    with store.reading() as connection:
        return read_runs(connection, source=source, after=after, newest=newest)


def read_runs(connection: Connection, *, source: str = "", after: int = 0, newest: int = 0) -> list[Run]:
    """`load_runs` inside a transaction."""
    query = select(runs).where(runs.c.id > after)
    if source:
        query = query.where(runs.c.source == source)
    query = query.order_by(runs.c.id.desc()).limit(newest) if newest else query.order_by(runs.c.id)
    found = [run_of(row) for row in connection.execute(query)]
    return found[::-1] if newest else found


def run_of(row: Row[Any]) -> Run:
    """The run of a row."""
    return Run(
        id=row.id,
        source=row.source,
        started_at=row.started_at,
        ended_at=row.ended_at,
        seconds=round((row.updated_at - row.started_at) / timedelta(seconds=1), 3),
        mode=Mode(row.mode),
        since=date.fromisoformat(row.since) if row.since else None,
        first=row.first,
        outcomes=row.outcomes,
        new_articles=row.new_articles,
        new_notices=row.new_notices,
        trouble=row.trouble,
        error=row.error,
        health=row.health,
    )


def begin(
    connection: Connection, source: Source, asks: Iterable[Ask], now: datetime, *, since: date | None = None
) -> int:
    """Starts a crawl of a source: its run, and the first requests of its list; returns the run's id.

    What an earlier crawl of it left of its list is replaced, but a backfill from the same day goes on where it ended.
    """
    first = meet(connection, source.name, now)
    mode = Mode.LIVE if since is None else Mode.BACKFILL
    close(connection, source.name, now, mode)
    run_id = _insert(connection, source.name, now, mode, since, first=first and since is None)
    if since is not None and _resume(connection, source.name, since, run_id):
        return run_id
    drop_lists(connection, source.name, mode)
    put(connection, [_first(source, ask, run_id, mode, since) for ask in asks], now)
    values = (
        {"last_run": now, "next_due": now + timedelta(minutes=source.every)} if since is None else {"last_run": now}
    )
    connection.execute(update(table).where(table.c.name == source.name).values(values))
    return run_id


def begin_pasted(connection: Connection, name: str, urls: Iterable[str], now: datetime) -> int:
    """Starts a run for addresses somebody named by hand; each is asked even if it was read before.

    One that only ever gets a verification page is counted as `unfetchable`.
    """
    run_id = _insert(connection, name, now, Mode.LIVE, None, first=False)
    connection.execute(update(runs).where(runs.c.id == run_id).values(ended_at=now))  # it has no list
    given = list(urls)
    targets = [Target(url, source=name, run_id=run_id) for url in given if fetchable(url)]
    count(connection, name, {"unfetchable": len(given) - len(targets)}, now)
    put(connection, targets, now)
    for target in targets:
        mine = queue.c.kind == Kind.PAGE.value, queue.c.url == target.url
        hurried = {"not_before": now, "source": name, "run_id": run_id, "rank": 1, "crashes": 0}
        connection.execute(update(queue).where(*mine).values(hurried))
    return run_id


def meet(connection: Connection, name: str, now: datetime) -> bool:
    """Makes a source known; True while its list was never read to the end."""
    row = connection.execute(select(table.c.last_success).where(table.c.name == name)).first()
    if row is None:
        connection.execute(insert(table).values(name=name, added_at=now, error=""))
    return row is None or row.last_success is None


def count(
    connection: Connection, source: str, outcomes: Mapping[str, int], now: datetime,
    *, articles: int = 0, notices: int = 0,
) -> None:  # fmt: skip
    """Adds outcomes to the newest run of a source: pages of an earlier one count there too."""
    query = select(runs).where(runs.c.source == source).order_by(runs.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        run_id = _insert(connection, source, now, Mode.LIVE, None, first=False)
        row = connection.execute(select(runs).where(runs.c.id == run_id)).one()
    values = {
        "outcomes": dict(sorted((+(Counter(row.outcomes) + Counter(outcomes))).items())),
        "new_articles": row.new_articles + articles,
        "new_notices": row.new_notices + notices,
        "updated_at": max(now, row.updated_at),
    }
    connection.execute(update(runs).where(runs.c.id == row.id).values(values))


def trouble(connection: Connection, run_id: int, kind: str, said: str) -> None:
    """Writes down why a run's list could not be read; the first reason stays."""
    match = runs.c.id == run_id, runs.c.trouble == ""
    connection.execute(update(runs).where(*match).values(trouble=kind, error=said))


def finish(connection: Connection, run_id: int, now: datetime) -> None:
    """Ends a run whose list has nothing left to ask; if all of it was read, its rows are known ground from now on."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
    if row is None or row.ended_at is not None or lists_waiting(connection, run_id):
        return
    connection.execute(update(runs).where(runs.c.id == run_id).values(ended_at=now, updated_at=now))
    if row.since is not None:
        return
    values: dict[str, Any] = {"error": row.error, "last_outcomes": row.outcomes}
    known = connection.execute(select(table.c.next_due).where(table.c.name == row.source)).first()
    if not row.trouble:
        values |= {"last_success": row.started_at, "ground_at": now}
    elif known is not None and known.next_due is not None:
        wait = RETRY * SLOWER ** _failed_before(connection, row)
        values["next_due"] = min(known.next_due, max(now, row.started_at) + wait)
    connection.execute(update(table).where(table.c.name == row.source).values(values))


def close(connection: Connection, source: str, now: datetime, mode: Mode) -> None:
    """Ends the runs of a source whose list was not reached, saying why."""
    open_runs = select(runs.c.id).where(runs.c.source == source, runs.c.ended_at.is_(None), runs.c.mode == mode.value)
    for run_id in connection.execute(open_runs).scalars().all():
        kind, said = _unreached(connection, run_id, now)
        if kind:
            trouble(connection, run_id, kind, said)
        if mode is Mode.LIVE:
            drop_lists(connection, source, mode)
            finish(connection, run_id, now)
        else:  # its requests stay: the next backfill from that day goes on with them
            connection.execute(update(runs).where(runs.c.id == run_id).values(ended_at=now))


def _failed_before(connection: Connection, run: Row[Any]) -> int:
    """How many runs of a source in a row before this one could not read its list, as far as it matters."""
    before = runs.c.source == run.source, runs.c.since.is_(None), runs.c.id < run.id
    newest = select(runs.c.trouble).where(*before).order_by(runs.c.id.desc()).limit(SLOWEST)
    return len(list(takewhile(bool, connection.execute(newest).scalars())))


def _unreached(connection: Connection, run_id: int, now: datetime) -> tuple[str, str]:
    query = select(queue.c.url, queue.c.host, runs.c.started_at).join(runs, runs.c.id == queue.c.run_id)
    row = connection.execute(query.where(queue.c.run_id == run_id, queue.c.kind == Kind.LIST.value)).first()
    if row is None:
        return "", ""
    host = connection.execute(select(hosts.c.paused_until, hosts.c.reason).where(hosts.c.host == row.host)).first()
    if host is not None and host.paused_until is not None and host.paused_until > max(row.started_at, now - RETRY):
        is_over = host.paused_until <= now
        kind = "unreachable" if host.reason == NO_ANSWER else LEFT_ALONE if is_over else "blocked"
        return kind, f"the list {row.url} was not asked: {said(row.host, host.paused_until, host.reason, was=is_over)}"
    return "slow", f"the list {row.url} was not reached in time: the next crawl asks for it again"


def _insert(connection: Connection, source: str, now: datetime, mode: Mode, since: date | None, *, first: bool) -> int:
    values = {
        "source": source,
        "started_at": now,
        "updated_at": now,
        "mode": mode.value,
        "since": since.isoformat() if since else None,
        "first": first,
        "outcomes": {},
    }
    return int(connection.execute(insert(runs).returning(runs.c.id), values).scalar_one())


def _resume(connection: Connection, source: str, since: date, run_id: int) -> bool:
    """Hands the list requests of an interrupted backfill from the same day to a new run."""
    mine = queue.c.source == source, queue.c.kind == Kind.LIST.value, queue.c.mode == Mode.BACKFILL.value
    asks = connection.execute(select(queue.c.ask).where(*mine)).scalars().all()
    if not asks or any((ask or {}).get("since") != since.isoformat() for ask in asks):
        return False
    connection.execute(update(queue).where(*mine).values(run_id=run_id))
    return True


def _first(source: Source, ask: Ask, run_id: int, mode: Mode, since: date | None) -> Target:
    given = ListAsk(ask.step, ask.number, dict(ask.form), dict(ask.headers), dict(ask.note), since)
    return Target(ask.url, kind=Kind.LIST, source=source.name, run_id=run_id, mode=mode, ask=given)

"""The queue of addresses that wait to be fetched: every room may put something in, a crawl takes it out.

All functions work inside the caller's writing transaction, so that an address leaves the queue together with what its
page became.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, select, update

from notices.identity import host_of, identity
from notices.kinds import Mode
from notices.schema import hosts, queue
from notices.store.chunks import chunks
from notices.target import Kind, ListAsk, Target

CRASHES = 5  # processes that may die over one address before it is left alone
LAST = timedelta(hours=1)  # that a listed page which was given up still waits: its row may become the article meanwhile

_RANKS = {Kind.LIST: 0, Kind.PAGE: 1, Kind.ATTACHMENT: 2}
_LOOK, _BACKFILL = 3, 4  # behind everything that is news


def put(connection: Connection, targets: Iterable[Target], now: datetime, *, wait: timedelta = timedelta()) -> int:
    """Queues addresses that do not wait already, to be asked after `wait`; returns how many were put."""
    rows = {(row["kind"], row["key"]): row for row in (_row(target, now, now + wait) for target in targets)}
    waiting: set[tuple[str, str]] = set()
    for some in chunks(key for _, key in rows):
        query = select(queue.c.kind, queue.c.key).where(queue.c.key.in_(some))
        waiting |= {(row.kind, row.key) for row in connection.execute(query)}
    fresh = [row for mark, row in rows.items() if mark not in waiting]
    if fresh:
        connection.execute(queue.insert(), fresh)
    return len(fresh)


def waiting(connection: Connection, urls: Sequence[str], kind: Kind = Kind.PAGE) -> set[str]:
    """Those of the addresses that are in the queue, whenever they are due."""
    keys = {url: key_of(Target(url, kind=kind)) for url in urls}
    found: set[str] = set()
    for some in chunks(set(keys.values())):
        query = select(queue.c.key).where(queue.c.kind == kind.value, queue.c.key.in_(some))
        found |= set(connection.execute(query).scalars())
    return {url for url, key in keys.items() if key in found}


def take(
    connection: Connection, host: str, now: datetime, sources: Collection[str] = ()
) -> tuple[Target | None, list[Target]]:
    """The next address of a host that is due, marked as taken, and those that were given up on the way.

    One whose process died CRASHES times is given up; a page that a list names stays LAST longer, without being asked.
    `sources` limits it to their addresses.
    """
    lost: list[Target] = []
    order = queue.c.rank, queue.c.attempts, queue.c.id
    query = select(queue).where(queue.c.host == host, _due(now, sources)).order_by(*order).limit(1)
    while (row := connection.execute(query).first()) is not None:
        crashes = row.crashes + (row.taken_at is not None)
        if crashes >= CRASHES:
            lost += [target_of(row)] if row.crashes < CRASHES else []
            if row.crashes < CRASHES and row.kind == Kind.PAGE.value and row.title and not row.listed:
                put_back(connection, row.id, now + LAST, crashes=CRASHES)
            else:
                remove(connection, row.id)
            continue
        marked = {"taken_at": now, "attempts": row.attempts + 1, "crashes": crashes}
        connection.execute(update(queue).where(queue.c.id == row.id).values(marked))
        return target_of(row), lost
    return None, lost


def remove(connection: Connection, row_id: int) -> None:
    """Takes an address out of the queue for good."""
    connection.execute(delete(queue).where(queue.c.id == row_id))


def put_back(connection: Connection, row_id: int, not_before: datetime | None = None, **values: Any) -> None:
    """Lets a taken address wait again, until then if a time is given; `values` change its other columns."""
    changed = {"taken_at": None, "crashes": 0, **values}
    if not_before is not None:
        changed["not_before"] = not_before
    connection.execute(update(queue).where(queue.c.id == row_id).values(changed))


def due_hosts(connection: Connection, now: datetime, sources: Collection[str] = ()) -> list[str]:
    """The hosts with an address that is due, but those that are paused."""
    paused = exists().where(hosts.c.host == queue.c.host, hosts.c.paused_until > now)
    query = select(queue.c.host).where(_due(now, sources), ~paused).group_by(queue.c.host)
    return list(connection.execute(query.order_by(func.min(queue.c.rank), func.min(queue.c.not_before))).scalars())


def count_due(connection: Connection, source: str, now: datetime) -> int:
    """How many of a source's addresses are due and were not reached."""
    query = select(func.count()).select_from(queue).where(queue.c.source == source, queue.c.not_before <= now)
    return int(connection.execute(query).scalar_one())


def hasten(connection: Connection, sources: Collection[str], now: datetime) -> None:
    """Makes what the sources were to try again later due now; what is looked at again keeps its day."""
    match = and_(queue.c.source.in_(sources), queue.c.looks == 0, queue.c.not_before > now)
    connection.execute(update(queue).where(match).values(not_before=now))


def drop_lists(connection: Connection, source: str, mode: Mode) -> None:
    """Takes out the requests that an earlier crawl of a source's list left behind."""
    match = and_(queue.c.source == source, queue.c.kind == Kind.LIST.value, queue.c.mode == mode.value)
    connection.execute(delete(queue).where(match))


def lists_waiting(connection: Connection, run_id: int) -> bool:
    """Whether a crawl still has requests of its list to make."""
    query = select(queue.c.id).where(queue.c.run_id == run_id, queue.c.kind == Kind.LIST.value).limit(1)
    return connection.execute(query).first() is not None


def key_of(target: Target) -> str:
    """What makes two queued addresses of a kind the same."""
    if target.ask is None:
        return identity(target.url)
    ask = target.ask
    words = (target.source, target.mode.value, ask.step, str(ask.number), target.url, *sorted(ask.form.items()))
    return " ".join(str(word) for word in (*words, *sorted(ask.note.items())))


def target_of(row: Row[Any]) -> Target:
    """The address of a row."""
    ask = dict(row.ask) if row.ask else None
    if ask is not None:
        ask["since"] = date.fromisoformat(ask["since"]) if ask.get("since") else None
    return Target(
        url=row.url,
        title=row.title,
        listed_at=row.listed_at,
        mode=Mode(row.mode),
        hops=row.hops,
        kind=Kind(row.kind),
        source=row.source,
        run_id=row.run_id,
        first=row.first,
        ends_on=date.fromisoformat(row.ends_on) if row.ends_on else None,
        account=row.account,
        location=row.location,
        article_id=row.article_id,
        looks=row.looks,
        ask=ListAsk(**ask) if ask is not None else None,
        attempts=row.attempts,
        id=row.id,
    )


def rank_of(target: Target) -> int:
    """What is asked first: lists, then news, then attachments, then what is looked at again, then backfills."""
    if target.looks:
        return _LOOK
    return _RANKS[target.kind] + (_BACKFILL if target.mode is Mode.BACKFILL else 0)


def _row(target: Target, now: datetime, not_before: datetime) -> dict[str, Any]:
    copied = ("url", "location", "source", "run_id", "first", "title", "listed_at", "account", "hops", "article_id")
    ask = None if target.ask is None else asdict(target.ask)
    if ask is not None:
        ask["since"] = ask["since"].isoformat() if ask["since"] else None
    return {
        **{name: getattr(target, name) for name in (*copied, "looks")},
        "kind": target.kind.value,
        "key": key_of(target),
        "host": host_of(target.location or target.url),
        "mode": target.mode.value,
        "ends_on": target.ends_on.isoformat() if target.ends_on else None,
        "ask": ask,
        "rank": rank_of(target),
        "added_at": now,
        "not_before": not_before,
    }


def _due(now: datetime, sources: Collection[str]) -> ColumnElement[bool]:
    due: ColumnElement[bool] = queue.c.not_before <= now
    return and_(due, queue.c.source.in_(sources)) if sources else due

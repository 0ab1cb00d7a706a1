"""What follows from a page: it is done with, tried again later, or looked at again; all inside one transaction."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from config.sources import Source
from notices.fetched import Settled
from notices.identity import identity
from notices.kinds import Mode, PageState
from notices.schema import articles, visits
from notices.store.engine import upsert
from notices.store.queue import put, put_back, rank_of, remove
from notices.target import Target
from pipelines.withdraw import restore, withdraw
from scheduler.filing import queue_files
from scheduler.looks import AGAIN, next_look
from scheduler.runs import NOT_LOOKED, count
from spiders.listed_row import is_official_row

ATTEMPTS = 3  # an empty page or an unknown layout is tried this often, then left alone until its rule changes
LISTED = 5  # of a page of a first crawl that an official list names: its row may be the article after half an hour
PATIENCE = 12  # of requests that failed or met a wall, and of news that an official list names: about two days
A_DAY = timedelta(hours=20)  # between two tombstones; a look at its hour may come a little early

RETRIED = {PageState.BLOCKED, PageState.ERROR, PageState.EMPTY}
TOMBSTONES = {PageState.DELETED, PageState.VIOLATION, PageState.GONE}
_FINAL = {"too_large", "refused"}  # asked again, they would be the same
_DISALLOWED = timedelta(days=1), 7  # how long a robots.txt is believed, how often it is read again
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(hours=6)


def patience(target: Target, source: Source) -> int:
    """How often a page that is none is asked for: where a regulator's list names it until its row is an article."""
    if not target.title or not is_official_row(target.url, source):
        return ATTEMPTS
    return PATIENCE if target.mode is Mode.LIVE else LISTED if target.first else ATTEMPTS


def settle(connection: Connection, done: Settled, most: int = ATTEMPTS) -> None:
    """Counts a page, remembers its visit, and says what becomes of its place in the queue.

    `most` is how often it is asked for while it is none.
    """
    target, now, outcome = done.target, done.at, done.outcome
    article_id = target.article_id or done.article_id
    is_missing = done.state is PageState.GONE and article_id is None  # a list names it: it may be on its way
    if done.state in RETRIED or is_missing:
        attempts = _visit(connection, done) if target.article_id is None else target.attempts
        is_fault = done.state is PageState.BLOCKED or done.status >= 500
        _try_again(connection, target, now, PATIENCE if is_fault else most, attempts)
        outcome = NOT_LOOKED if target.looks else outcome
    elif done.state in TOMBSTONES and (article_id := article_id or _article_of(connection, target.url)):
        outcome = _tombstone(connection, done, article_id)
    else:
        _visit(connection, done)
        if article_id is not None:
            restore(connection, article_id, now)
            queue_files(connection, target, article_id, now)
        look_again(connection, target, article_id, now)
    is_new = int(outcome == "new")
    count(connection, target.source, {outcome: 1}, now, articles=is_new, notices=done.new_notices)


def settle_lost(connection: Connection, target: Target, outcome: str, now: datetime, most: int = ATTEMPTS) -> None:
    """Counts an address that gave no page, and lets it wait for another try where that may help."""
    row = connection.execute(select(visits.c.attempts).where(visits.c.url == target.url)).first()
    if outcome in _FINAL and target.article_id is None:
        values = {"url": target.url, "key": identity(target.url), "fetched_at": now, "state": outcome}
        attempts = (row.attempts if row else 0) + 1
        upsert(connection, visits, [values | {"attempts": attempts}], ("fetched_at", "state", "attempts"))
        _try_again(connection, target, now, most, attempts)
    elif outcome == "disallowed":
        if target.attempts < _DISALLOWED[1] and not target.looks:
            put_back(connection, target.id, now + _DISALLOWED[0])
        else:
            remove(connection, target.id)
    else:
        _try_again(connection, target, now, PATIENCE, target.attempts)
    count(connection, target.source, {NOT_LOOKED if target.looks else outcome: 1}, now)


def settle_unchanged(connection: Connection, target: Target, now: datetime) -> None:
    """Counts a page that is as it was; what was looked at again waits for its next look."""
    article_id = target.article_id or _article_of(connection, target.url)
    connection.execute(update(visits).where(visits.c.url == target.url).values(fetched_at=now, tombstone_at=None))
    look_again(connection, target, article_id, now)
    count(connection, target.source, {"unchanged": 1}, now)


def look_again(connection: Connection, target: Target, article_id: int | None, now: datetime) -> None:
    """Lets an article's page wait for its next look, or takes its address out of the queue."""
    moment = next_look(connection, article_id, now) if article_id is not None else None
    if moment is None or article_id is None:
        remove(connection, target.id)
        return
    _await_look(connection, target, article_id, moment, now)


def backoff(attempts: int) -> timedelta:
    """How long a failed request waits: a minute, then three times as long each time, six hours at the most."""
    factor: int = 3 ** min(attempts, 10)
    return min(_SHORTEST * factor, _LONGEST)


def _await_look(connection: Connection, target: Target, article_id: int, moment: datetime, now: datetime) -> None:
    looked: dict[str, Any] = {"article_id": article_id, "looks": target.looks + 1, "mode": Mode.LIVE.value}
    again = Target(target.url, source=target.source, article_id=article_id, looks=target.looks + 1)
    if target.id:
        fresh = {"attempts": 0, "first": False, "hops": 0, "location": "", "rank": rank_of(again)}
        put_back(connection, target.id, moment, **looked, **fresh)
    else:
        put(connection, [again], now, wait=moment - now)


def _try_again(connection: Connection, target: Target, now: datetime, most: int, attempts: int) -> None:
    if not target.id:
        return
    if attempts >= most:
        remove(connection, target.id)
    else:
        put_back(connection, target.id, now + backoff(attempts))


def _tombstone(connection: Connection, done: Settled, article_id: int) -> str:
    """A page that was an article and is a tombstone now: after a second one a day later the article is removed."""
    target, now = done.target, done.at
    first = connection.execute(select(visits.c.tombstone_at).where(visits.c.url == target.url)).scalar()
    if first is not None and now - first >= A_DAY:
        remove(connection, target.id)
        _visit(connection, done)
        return "removed" if withdraw(connection, article_id, first, now) else done.outcome
    if first is None:
        values = {"url": target.url, "key": identity(target.url), "fetched_at": now, "state": str(done.state)}
        upsert(connection, visits, [{**values, "tombstone_at": now}], ("fetched_at", "tombstone_at"))
    _await_look(connection, target, article_id, (first or now) + AGAIN, now)
    return done.outcome


def _visit(connection: Connection, done: Settled) -> int:
    """Remembers a page's address as read, with the state it is in; returns how often it was."""
    url = done.target.url
    row = connection.execute(select(visits.c.attempts, visits.c.tombstone_at).where(visits.c.url == url)).first()
    attempts = (row.attempts if row else 0) + 1
    values = {
        "url": url,
        "key": identity(url),
        "etag": "" if done.state in RETRIED else done.etag,
        "last_modified": "" if done.state in RETRIED else done.last_modified,
        "fetched_at": done.at,
        "state": str(done.state),
        "attempts": attempts,
        "tombstone_at": row.tombstone_at if row and done.state in TOMBSTONES else None,
    }
    upsert(connection, visits, [values], tuple(name for name in values if name not in {"url", "key"}))
    return attempts


def _article_of(connection: Connection, url: str) -> int | None:
    """The article that stands under an address."""
    return connection.execute(select(articles.c.id).where(articles.c.key == identity(url))).scalar()

"""Due deliveries as numbered parts of messages: gathered, leased, settled."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from alerts.held import held
from alerts.ledger import FAILED, LEASED, PENDING, SENT
from alerts.sending import Answer
from notices.schema import deliveries, subscriptions
from notices.store import Store
from notices.store.chunks import chunks

LARGEST = 500  # deliveries in one part
LEASE = timedelta(minutes=2)  # longer than any channel's time-out
FIRST_WAIT, LONGEST_WAIT = 15.0, 3600.0  # seconds
GIVE_UP = timedelta(days=1)
LEAST_ATTEMPTS = 8  # before giving up: a machine that slept for days still tries for half an hour
CUT_OFF = "ended before the channel's answer was written down"


@dataclass(frozen=True, slots=True)
class Part:
    """Deliveries that are sent together, under one key for ever; `attempts` are those made before."""

    key: str
    channel: str
    subscription: str
    query: str
    language: str
    rows: tuple[Row[Any], ...]
    attempts: int

    @property
    def number(self) -> tuple[int, int]:
        """Which part of how many."""
        _, part, parts = self.key.split(".")
        return int(part), int(parts)


def gather(store: Store, now: datetime) -> tuple[list[Part], int]:
    """The parts that are due, oldest first, and how many of them may repeat what a channel already took.

    Deliveries that were sent before stay in their part, under its key; the others of a subscription and channel make
    new parts.
    """
    quiet = held(store, now)
    if not _waiting(store, now, quiet):
        return [], 0
    name = store.store_id
    columns = subscriptions.c.name, subscriptions.c.query, subscriptions.c.language
    with store.writing() as connection:
        cut_off = _reclaim(connection, now)
        query = select(deliveries, *columns).join(subscriptions).where(subscriptions.c.paused.is_(False))
        query = query.where(deliveries.c.subscription_id.not_in(quiet))
        due = query.where(deliveries.c.state == PENDING, deliveries.c.due_at <= now).order_by(deliveries.c.id)
        old: dict[str, list[Row[Any]]] = defaultdict(list)
        new: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
        for row in connection.execute(due):
            if row.idempotency_key:
                old[row.idempotency_key].append(row)
            else:
                new[row.subscription_id, row.channel].append(row)
        for rows in new.values():
            for key, some in _keyed(name, rows):
                old[key] = some
                _set(connection, [row.id for row in some], idempotency_key=key)
    return [_part(key, rows) for key, rows in old.items()], len(cut_off)


def lease(store: Store, part: Part, now: datetime) -> bool:
    """Takes a part for sending; False when somebody else has it or it is not due any more."""
    ids = [row.id for row in part.rows]
    with store.writing() as connection:
        free: set[int] = set()
        for some in chunks(ids):
            here = deliveries.c.id.in_(some) & (deliveries.c.state == PENDING)
            free |= set(connection.execute(select(deliveries.c.id).where(here)).scalars())
        if free != set(ids):
            return False
        _set(connection, ids, state=LEASED, leased_until=now + LEASE, attempts=part.attempts + 1)
    return True


def accepted(store: Store, part: Part, now: datetime) -> None:
    """Writes down that the channel took a part."""
    with store.writing() as connection:
        _set(connection, [row.id for row in part.rows], state=SENT, sent_at=now, leased_until=None, error="")


def withdraw(store: Store, rows: Iterable[Row[Any]], state: str, reason: str) -> None:
    """Settles deliveries that there is nothing to tell of any more."""
    with store.writing() as connection:
        _set(connection, [row.id for row in rows], state=state, leased_until=None, error=reason)


def refused(store: Store, part: Part, answer: Answer, now: datetime, chance: random.Random) -> str:
    """Writes down that a channel did not take a part, and when it is tried again; returns the state it is in now.

    While a channel is down, everything that is due on it waits and counts the attempt too.
    """
    attempts = part.attempts + 1
    due = now + wait(attempts, answer.retry_after, chance)
    ids = [row.id for row in part.rows]
    born = min(row.planned_at or row.created_at for row in part.rows)
    state = FAILED if now - born >= GIVE_UP and attempts >= LEAST_ATTEMPTS else PENDING
    with store.writing() as connection:
        _set(connection, ids, state=state, due_at=due, leased_until=None, error=answer.said)
        if answer.down:
            waiting = (deliveries.c.channel == part.channel) & (deliveries.c.state == PENDING)
            others = connection.execute(select(deliveries).where(waiting & (deliveries.c.due_at <= now))).all()
            _postpone(connection, others, due, now, answer.said)
    return state


def wait(attempts: int, asked: float | None, chance: random.Random) -> timedelta:
    """How long to wait after so many attempts: doubling, with jitter, never less than the channel asked for."""
    seconds = min(FIRST_WAIT * 2.0 ** (min(attempts, 20) - 1), LONGEST_WAIT) * chance.uniform(0.8, 1.2)
    return timedelta(seconds=max(seconds, asked or 0.0))


def _postpone(connection: Connection, rows: Iterable[Row[Any]], due: datetime, now: datetime, said: str) -> None:
    by_attempts: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for row in rows:
        over = now - (row.planned_at or row.created_at) >= GIVE_UP and row.attempts + 1 >= LEAST_ATTEMPTS
        by_attempts[row.attempts + 1, over].append(row.id)
    for (attempts, over), ids in by_attempts.items():
        _set(connection, ids, state=FAILED if over else PENDING, attempts=attempts, due_at=due, error=said)


def _waiting(store: Store, now: datetime, quiet: Collection[int]) -> bool:
    """Whether anything is due or was left behind: asked every second, so without the writer's lock."""
    due = (deliveries.c.state == PENDING) & (deliveries.c.due_at <= now) & deliveries.c.subscription_id.not_in(quiet)
    over = (deliveries.c.state == LEASED) & (deliveries.c.leased_until <= now)
    with store.reading() as connection:
        return connection.execute(select(deliveries.c.id).where(or_(due, over)).limit(1)).first() is not None


def _reclaim(connection: Connection, now: datetime) -> set[str]:
    """Frees the parts of a dispatcher that ended between sending and marking."""
    over = (deliveries.c.state == LEASED) & (deliveries.c.leased_until <= now)
    rows = connection.execute(select(deliveries).where(over)).all()
    _set(connection, [row.id for row in rows], state=PENDING, due_at=now, leased_until=None, error=CUT_OFF)
    return {row.idempotency_key for row in rows}


def _keyed(store_id: str, rows: list[Row[Any]]) -> Iterable[tuple[str, list[Row[Any]]]]:
    pieces = list(chunks(rows, LARGEST))
    ids = " ".join(str(row.id) for row in rows)
    message = hashlib.sha256(f"{store_id} {ids}".encode()).hexdigest()[:32]
    for number, some in enumerate(pieces, 1):
        yield f"{message}.{number}.{len(pieces)}", some


def _part(key: str, rows: list[Row[Any]]) -> Part:
    first = rows[0]
    attempts = max(row.attempts for row in rows)
    return Part(key, first.channel, first.name, first.query, first.language, tuple(rows), attempts)


def _set(connection: Connection, ids: Iterable[int], **values: Any) -> None:
    for some in chunks(ids):
        connection.execute(update(deliveries).where(deliveries.c.id.in_(some)).values(**values))

"""Due deliveries as numbered parts of messages: gathered, leased, settled."""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select, update

from alerts.held import held
from alerts.ledger import FAILED, LEASED, PENDING, SENT
from alerts.sending import Answer
from notices.isolate import Failed, isolate
from notices.schema import deliveries, subscriptions
from notices.store import Store
from notices.store.chunks import chunks, rows_of

LARGEST = 500  # deliveries in one part
LEASE = timedelta(minutes=2)  # longer than any channel's time-out
FIRST_WAIT, LONGEST_WAIT = 15.0, 3600.0  # seconds
GIVE_UP = timedelta(days=1)
LEAST_ATTEMPTS = 8  # before giving up: a machine that slept for days still tries for half an hour
CUT_OFF = "ended before the channel's answer was written down"

Split = Callable[[Sequence[Row[Any]]], list[list[Row[Any]]]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The state of a part that was not taken, and how many deliveries behind it were given up, by subscription."""

    state: str
    given_up: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """Deliveries that are sent together, under one key for ever; `attempts` are those made before.

    `unsure` says that the channel may have taken it already.
    """

    key: str
    channel: str
    subscription: str
    query: str
    language: str
    pace: str
    rows: tuple[Row[Any], ...]
    attempts: int
    unsure: bool

    @property
    def number(self) -> tuple[int, int]:
        """Which part of how many."""
        _, part, parts = self.key.split(".")
        return int(part), int(parts)


def gather(store: Store, now: datetime, split: Split | None = None, busy: Collection[str] = ()) -> list[Part]:
    """The parts that are due on channels that are not busy, oldest first.

    Deliveries that were sent before stay in their part, under its key; the others of a subscription and channel make
    new parts, cut where `split` says, or by number alone.
    """
    quiet = held(store, now)
    if not _waiting(store, now, quiet):
        return []
    pieces = _pieces(store, split or (lambda rows: list(chunks(rows, LARGEST))), _due(now, busy, quiet))
    name = store.store_id
    with store.writing() as connection:
        _reclaim(connection, now)
        found: dict[str, list[Row[Any]]] = defaultdict(list)
        new: dict[int, Row[Any]] = {}
        for row in connection.execute(_due(now, busy, quiet)):
            if row.idempotency_key:
                found[row.idempotency_key].append(row)
            else:
                new[row.id] = row
        for some in pieces:
            if all(row.id in new for piece in some for row in piece):
                for key, rows in _keyed(name, [[new[row.id] for row in piece] for piece in some]):
                    found[key] = rows
                    _set(connection, [row.id for row in rows], {"idempotency_key": key})
    return [_part(key, rows) for key, rows in sorted(found.items(), key=lambda one: one[1][0].id)]


def free(connection: Connection, some: Sequence[Part], now: datetime) -> set[str]:
    """The keys of parts still to be sent, inside the caller's transaction: due, and nobody else's."""
    due = select(deliveries.c.id).where(deliveries.c.state == PENDING, deliveries.c.due_at <= now)
    ids = (row.id for part in some for row in part.rows)
    found = {row.id for row in rows_of(connection, due, deliveries.c.id, ids)}
    return {part.key for part in some if all(row.id in found for row in part.rows)}


def lease(connection: Connection, some: Iterable[tuple[Part, Iterable[Row[Any]]]], now: datetime) -> None:
    """Takes rows of parts for sending, inside the caller's transaction that found them free.

    From then on until its answer is written down the channel may have a part.
    """
    alike: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for part, rows in some:
        alike[part.attempts, part.unsure] += [row.id for row in rows]
    for (attempts, unsure), ids in alike.items():
        again = {"repeats": deliveries.c.repeats + 1} if unsure else {}
        taken = {"state": LEASED, "leased_until": now + LEASE, "attempts": attempts + 1, "unsure": True}
        _set(connection, ids, taken | again)


def release(connection: Connection, part: Part, rows: Iterable[Row[Any]]) -> None:
    """Lets go of a part that was leased and not sent, inside the caller's transaction, as if it had not been."""
    back = {"state": PENDING, "leased_until": None, "attempts": part.attempts, "unsure": part.unsure}
    again = {"repeats": deliveries.c.repeats - 1} if part.unsure else {}
    _set(connection, [row.id for row in rows], back | again, LEASED)


def accepted(connection: Connection, rows: Iterable[Row[Any]], now: datetime, missed: str = "") -> None:
    """Writes down, inside the caller's transaction, that the channel took a part; `missed` names who did not get it."""
    done: dict[str, Any] = {"state": SENT, "sent_at": now, "leased_until": None, "error": missed, "unsure": False}
    _set(connection, [row.id for row in rows], done)


def withdraw(connection: Connection, rows: Iterable[Row[Any]], state: str, reason: str) -> None:
    """Settles deliveries, inside the caller's transaction, that there is nothing to tell of any more."""
    _set(connection, [row.id for row in rows], {"state": state, "leased_until": None, "error": reason, "unsure": False})


def refused(
    connection: Connection, part: Part, rows: Sequence[Row[Any]], answer: Answer, now: datetime, chance: random.Random
) -> Refusal:
    """Writes down, inside the caller's transaction, that a channel did not take a part and when it is tried again.

    While a channel is down, everything that is due on it waits and counts the attempt too.
    """
    attempts = part.attempts + 1
    due = now + wait(attempts, answer.retry_after, chance)
    state = FAILED if any(_over(row, attempts, now) for row in rows) else PENDING
    settled: dict[str, Any] = {
        "state": state,
        "due_at": due,
        "leased_until": None,
        "error": answer.said,
        "unsure": answer.unsure,
    }
    _set(connection, [row.id for row in rows], settled, LEASED)
    others = _others(connection, part.channel, now) if answer.down else ()
    return Refusal(state, _postpone(connection, others, due, now, answer.said))


def put_off(connection: Connection, channel: str, due: datetime, now: datetime) -> None:
    """Lets everything that is due on a channel wait, inside the caller's transaction; no attempt was made."""
    _set(connection, [row.id for row in _others(connection, channel, now)], {"due_at": due})


def wait(attempts: int, asked: float | None, chance: random.Random) -> timedelta:
    """How long to wait after so many attempts: doubling, with jitter, never less than the channel asked for."""
    seconds = min(FIRST_WAIT * 2.0 ** (min(attempts, 20) - 1), LONGEST_WAIT) * chance.uniform(0.8, 1.2)
    return timedelta(seconds=max(seconds, asked or 0.0))


def _due(now: datetime, busy: Collection[str], quiet: Collection[int]) -> Select[Any]:
    columns = subscriptions.c.name, subscriptions.c.query, subscriptions.c.language, subscriptions.c.pace
    query = select(deliveries, *columns).join(subscriptions).where(subscriptions.c.paused.is_(False))
    query = query.where(deliveries.c.state == PENDING, deliveries.c.due_at <= now)
    query = query.where(deliveries.c.subscription_id.not_in(quiet))
    return query.where(deliveries.c.channel.not_in(busy)).order_by(deliveries.c.id)


def _pieces(store: Store, split: Split, due: Select[Any]) -> list[list[list[Row[Any]]]]:
    """New deliveries cut into parts outside the writer's lock: some of them have to be laid out."""
    new: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
    with store.reading() as connection:
        for row in connection.execute(due.where(deliveries.c.idempotency_key == "")):
            new[row.subscription_id, row.channel].append(row)
    found = []
    for rows in new.values():
        pieces = isolate(partial(split, rows), f"cut what is due to {rows[0].name!r} into messages")
        found.append(list(chunks(rows, LARGEST)) if isinstance(pieces, Failed) else pieces)
    return found


def _others(connection: Connection, channel: str, now: datetime) -> Sequence[Row[Any]]:
    """What else is due on a channel; a paused subscription's deliveries wait for it and for nothing else."""
    waiting = (deliveries.c.channel == channel) & (deliveries.c.state == PENDING) & (deliveries.c.due_at <= now)
    query = select(deliveries, subscriptions.c.name).join(subscriptions).where(subscriptions.c.paused.is_(False))
    return connection.execute(query.where(waiting)).all()


def _postpone(
    connection: Connection, rows: Iterable[Row[Any]], due: datetime, now: datetime, said: str
) -> Mapping[str, int]:
    """Counts an attempt for deliveries that waited behind another one; how many were given up, by subscription."""
    alike: dict[tuple[int, bool], list[int]] = defaultdict(list)
    given_up: Counter[str] = Counter()
    for row in rows:
        over = _over(row, row.attempts + 1, now)
        alike[row.attempts + 1, over].append(row.id)
        given_up.update([row.name] if over else [])
    for (attempts, over), ids in alike.items():
        state = FAILED if over else PENDING
        _set(connection, ids, {"state": state, "attempts": attempts, "due_at": due, "error": said})
    return given_up


def _over(row: Row[Any], attempts: int, now: datetime) -> bool:
    """Whether a delivery that was not taken after so many attempts is given up."""
    return now - (row.planned_at or row.created_at) >= GIVE_UP and attempts >= LEAST_ATTEMPTS


def _waiting(store: Store, now: datetime, quiet: Collection[int]) -> bool:
    """Whether anything is due or was left behind: asked several times a second, so without the writer's lock."""
    due = (deliveries.c.state == PENDING) & (deliveries.c.due_at <= now) & deliveries.c.subscription_id.not_in(quiet)
    over = (deliveries.c.state == LEASED) & (deliveries.c.leased_until <= now)
    with store.reading() as connection:
        return connection.execute(select(deliveries.c.id).where(or_(due, over)).limit(1)).first() is not None


def _reclaim(connection: Connection, now: datetime) -> None:
    """Frees the parts of a dispatcher that ended between sending and marking."""
    over = (deliveries.c.state == LEASED) & (deliveries.c.leased_until <= now)
    rows = connection.execute(select(deliveries.c.id).where(over)).scalars().all()
    _set(connection, rows, {"state": PENDING, "due_at": now, "leased_until": None, "error": CUT_OFF})


def _keyed(store_id: str, pieces: Sequence[list[Row[Any]]]) -> Iterable[tuple[str, list[Row[Any]]]]:
    # An id alone can come again: SQLite gives that of a removed row to the next one.
    ids = " ".join(f"{row.id}@{row.created_at.timestamp()}" for piece in pieces for row in piece)
    message = hashlib.sha256(f"{store_id} {ids}".encode()).hexdigest()[:32]
    for number, some in enumerate(pieces, 1):
        yield f"{message}.{number}.{len(pieces)}", some


def _part(key: str, rows: list[Row[Any]]) -> Part:
    first = rows[0]
    attempts = max(row.attempts for row in rows)
    unsure = any(row.unsure for row in rows)
    return Part(key, first.channel, first.name, first.query, first.language, first.pace, tuple(rows), attempts, unsure)


def _set(connection: Connection, ids: Iterable[int], values: Mapping[str, Any], only: str = "") -> None:
    for some in chunks(ids):
        statement = update(deliveries).where(deliveries.c.id.in_(some))
        connection.execute((statement.where(deliveries.c.state == only) if only else statement).values(**values))

"""Subscriptions: saved searches with where to tell of their matches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from alerts.kinds import DEFAULT_EVENTS, EVENTS
from alerts.reader import Reader
from config.channels import is_address, load_channels
from notices.problem import Problem
from notices.schema import deliveries, matched, notices, subscriptions
from notices.store import Store
from notices.store.chunks import chunks
from notices.store.engine import upsert

PACES = ("now",)
LANGUAGES = ("zh", "en")
DEFAULT_NAME = "consultations"
DEFAULT_QUERY = "type:consultation is:open"
LONGEST_NAME = 100
TRIES = 20


class BadSubscription(Problem):
    """A subscription that cannot be made, or that there is none of."""

    status = 2


@dataclass(frozen=True, slots=True)
class Subscription:
    """A saved search and what to do; events up to number `since_event` were there before it."""

    id: int
    name: str
    query: str
    channels: tuple[str, ...]
    pace: str
    remind: tuple[str, ...]
    events: tuple[str, ...]
    language: str
    paused: bool
    created_at: datetime
    since_event: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription somebody asks for."""

    name: str
    query: str
    channels: tuple[str, ...] = ()
    events: tuple[str, ...] = DEFAULT_EVENTS
    pace: str = "now"
    remind: tuple[str, ...] = ()
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Added:
    """A new subscription, how many matters match it already and are not told, and what the parser warns of."""

    subscription: Subscription
    matching: int
    warnings: tuple[str, ...] = ()


def add(
    store: Store, folder: Path, name: str, query: str, *, channels: Sequence[str] = (), to: Sequence[str] = (),
    events: Sequence[str] = DEFAULT_EVENTS, pace: str = "now", remind: Sequence[str] = (), language: str = "zh",
    now: datetime,
) -> Added:  # fmt: skip
    """Makes a subscription over the index of a data folder, which is brought up to date first.

    `channels` are names of channels.yaml, `to` addresses of webhooks. Raises BadSubscription, SettingsError for a
    broken channels.yaml, and the parser's Problem with the column for a query that does not parse.
    """
    from alerts.index_reader import IndexReader, warnings  # listing subscriptions needs no index
    from search.projector import project

    wanted = Wanted(name, query, (*channels, *to), tuple(events), pace, tuple(remind), language)
    said = warnings(query, now)
    project(store, folder)
    with IndexReader(folder) as reader:
        made, matching = make(store, reader, wanted, load_channels(), now)
    return Added(made, matching, said)


def make(
    store: Store, reader: Reader, wanted: Wanted, known: Collection[str], now: datetime
) -> tuple[Subscription, int]:
    """Makes a subscription whose query was parsed; returns it and how many matters match already.

    `known` are the names of the channels that are set up. Raises BadSubscription.
    """
    if complaints := list(_complaints(wanted, known)):
        raise BadSubscription("; ".join(complaints))
    position, found = _standing(reader, wanted.query, now)
    with store.writing() as connection:
        if connection.execute(select(subscriptions.c.id).where(subscriptions.c.name == wanted.name)).first():
            raise BadSubscription(
                f"a subscription is called {wanted.name!r} already: take another name, "
                f"or `policywatch alerts remove {wanted.name}` first"
            )
        statement = insert(subscriptions).values(_values(wanted, position, now)).returning(subscriptions)
        made = _subscription(connection.execute(statement).one())
        matters = sorted(_matters(connection, found))
        rows = [{"subscription_id": made.id, "matter_id": matter} for matter in matters]
        upsert(connection, matched, [{**row, "event_number": position, "alerted": False} for row in rows])
    return made, len(matters)


def read(store: Store) -> list[Subscription]:
    """All subscriptions, oldest first."""
    with store.reading() as connection:
        return load(connection)


def load(connection: Connection) -> list[Subscription]:
    """All subscriptions inside the caller's transaction, oldest first."""
    return [_subscription(row) for row in connection.execute(select(subscriptions).order_by(subscriptions.c.id))]


def named(store: Store, name: str) -> Subscription:
    """The subscription of that name; raises BadSubscription when there is none."""
    found = read(store)
    for one in found:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in found) or "none yet, see `policywatch alerts add`"
    raise BadSubscription(f"no subscription is called {name!r}; there are: {names}")


def pause(store: Store, name: str, paused: bool = True) -> Subscription:
    """Pauses a subscription, or resumes it; what matches meanwhile is not told later. Raises BadSubscription."""
    one = named(store, name)
    with store.writing() as connection:
        connection.execute(update(subscriptions).where(subscriptions.c.id == one.id).values(paused=paused))
    return named(store, name)


def remove(store: Store, name: str) -> Subscription:
    """Removes a subscription with its ledger and returns what it was; raises BadSubscription."""
    one = named(store, name)
    with store.writing() as connection:
        for table in (deliveries, matched):
            connection.execute(delete(table).where(table.c.subscription_id == one.id))
        connection.execute(delete(subscriptions).where(subscriptions.c.id == one.id))
    return one


def _standing(reader: Reader, query: str, now: datetime) -> tuple[int, set[int]]:
    """A position of the log and the notices that match at exactly that position."""
    for _ in range(TRIES):
        position = reader.position()
        found = reader.matches(query, None, now)
        if reader.position() == position:
            return position, found
    raise Problem("the index changes too fast to say what matches already: try again when the ingest has ended")


def _matters(connection: Connection, notice_ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in chunks(notice_ids):
        found |= set(connection.execute(select(notices.c.matter_id).where(notices.c.id.in_(some))).scalars())
    return found


def _complaints(wanted: Wanted, known: Collection[str]) -> Sequence[str]:
    found = []
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME or not wanted.name.isprintable():
        found.append(f"a name is 1 to {LONGEST_NAME} printable characters")
    for channel in wanted.channels:
        if channel not in known and not is_address(channel):
            there = ", ".join(sorted(known)) or "none; `policywatch init` writes the file"
            found.append(f"no channel is called {channel!r}: channels.yaml has {there}")
    found += [f"event {one!r} is not known: use {', '.join(EVENTS)}" for one in wanted.events if one not in EVENTS]
    if not wanted.events:
        found.append(f"no event is chosen: use {', '.join(EVENTS)}")
    if wanted.pace not in PACES:
        found.append(f"pace {wanted.pace!r} is not known: use {', '.join(PACES)}")
    if wanted.remind:
        found.append("reminders are not built yet: leave --remind out")
    if wanted.language not in LANGUAGES:
        found.append(f"language {wanted.language!r} is not known: use {', '.join(LANGUAGES)}")
    return found


def _values(wanted: Wanted, position: int, now: datetime) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "query": wanted.query,
        "channels": list(dict.fromkeys(wanted.channels)),
        "pace": wanted.pace,
        "remind": list(wanted.remind),
        "events": list(dict.fromkeys(wanted.events)),
        "language": wanted.language,
        "paused": False,
        "created_at": now,
        "since_event": position,
    }


def _subscription(row: Row[Any]) -> Subscription:
    values: dict[str, Any] = dict(row._mapping)
    return Subscription(**{**values, **{name: tuple(values[name]) for name in ("channels", "remind", "events")}})

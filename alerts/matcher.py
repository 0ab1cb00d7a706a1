"""Reads the event log behind a cursor of its own and writes down what is to be told to whom."""

import logging
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from alerts.follow import follow, homes
from alerts.happenings import Happening, happenings
from alerts.ledger import Due, record
from alerts.reader import Reader
from alerts.subscriptions import Subscription, load
from notices.problem import Problem
from notices.schema import SHANGHAI, cursors, matched
from notices.store import Event, Store
from notices.store.chunks import chunks
from notices.store.engine import upsert

NAME = "matcher"
BATCH = 1_000  # events a transaction takes; a kill repeats no more than their matching
LEASE = timedelta(seconds=30)  # a slower batch is only matched twice: its position decides who writes

log = logging.getLogger("policywatch.alerts")

Seen = Mapping[int, bool]  # matters that matched before, and whether they were told


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is new between one subscription and one matter: matched now for the first time, and what to tell."""

    matter_id: int
    notice_id: int
    event_number: int
    first: bool
    events: tuple[str, ...]


def match(store: Store, reader: Reader, now: datetime) -> int:
    """Writes deliveries for the events that the reader knows and the cursor has not passed; returns how many.

    Stops early, with nothing lost, while another process holds the cursor or the reader is behind.
    """
    owner = secrets.token_hex(8)
    written = 0
    if _settled(store):
        return written
    while True:
        position = _lease(store, owner, now)
        if position is None:
            log.warning("another process matches, or was killed less than %d s ago: it is left to it", LEASE.seconds)
        limit = reader.position()
        events = [] if position is None else [e for e in store.events_after(position, BATCH) if e.number <= limit]
        if position is None or not events:
            break
        written += _advance(store, reader, owner, position, events, now)
    _release(store, owner)
    return written


def decide(
    subscription: Subscription, happened: Iterable[Happening], found: Collection[int], seen: Seen
) -> list[Verdict]:
    """What a subscription is to be told of notices to which something happened.

    `found` are those that match it now. The first match of a matter is told once, if a live event made it.
    """
    verdicts: dict[int, Verdict] = {}
    for one in sorted(happened, key=lambda one: one.last):
        if one.last <= subscription.since_event:
            continue
        first = one.notice_id in found and one.matter_id not in seen and one.matter_id not in verdicts
        live = one.live > subscription.since_event and not subscription.paused
        events: list[str] = []
        if first and live and "new" in subscription.events:
            events.append("new")
        if not first and live and (one.notice_id in found or seen.get(one.matter_id)):
            moved = [date for date, number in one.deadlines.items() if number > subscription.since_event]
            events += [f"deadline:{date}" for date in moved[-1:] if "deadline-moved" in subscription.events]
        if first or events:
            earlier = verdicts.get(one.matter_id)
            told = (*(earlier.events if earlier else ()), *events)
            verdicts[one.matter_id] = Verdict(
                one.matter_id, one.notice_id, one.last, first or bool(earlier and earlier.first), told
            )
    return list(verdicts.values())


def _advance(store: Store, reader: Reader, owner: str, position: int, events: list[Event], now: datetime) -> int:
    """Matches a batch outside the writer's lock, then writes and moves the cursor unless either changed meanwhile."""
    with store.reading() as connection:
        subscriptions = load(connection)
        places = homes(connection, {event.notice_id for event in events})
    happened = happenings(events, places)
    found = {one.id: _found(reader, one, happened) for one in subscriptions}
    with store.writing() as connection:
        if not _holds(connection, owner, position) or load(connection) != subscriptions:
            return 0
        if homes(connection, places) != places:
            return 0  # merged while we matched: the next turn sees it
        follow(connection, events, places)
        dues: list[Due] = []
        for one in subscriptions:
            seen = _seen(connection, one, {h.matter_id for h in happened})
            verdicts = decide(one, happened, found[one.id], seen)
            _remember(connection, one, verdicts)
            dues += [Due(one, v.matter_id, v.notice_id, event) for v in verdicts for event in v.events]
        written = record(connection, dues, now)
        moved = update(cursors).where(cursors.c.name == NAME)
        connection.execute(moved.values(position=events[-1].number, leased_until=now + LEASE))
    return written


def _found(reader: Reader, subscription: Subscription, happened: list[Happening]) -> set[int]:
    """The notices that match, each asked with the day on which it last changed as `now`."""
    days: dict[object, list[Happening]] = defaultdict(list)
    for one in happened:
        if one.last > subscription.since_event:
            days[one.at.astimezone(SHANGHAI).date()].append(one)
    found: set[int] = set()
    for day in days.values():
        try:
            found |= reader.matches(subscription.query, [one.notice_id for one in day], max(one.at for one in day))
        except Problem as error:  # a query made before the language changed must not hold up the others
            log.error("subscription %r matches nothing: %s", subscription.name, error)
    return found


def _seen(connection: Connection, subscription: Subscription, matters: Collection[int]) -> dict[int, bool]:
    found: dict[int, bool] = {}
    for some in chunks(matters):
        query = select(matched.c.matter_id, matched.c.alerted).where(matched.c.subscription_id == subscription.id)
        found |= {row[0]: row[1] for row in connection.execute(query.where(matched.c.matter_id.in_(some)))}
    return found


def _remember(connection: Connection, subscription: Subscription, verdicts: list[Verdict]) -> None:
    rows = [
        {
            "subscription_id": subscription.id,
            "matter_id": verdict.matter_id,
            "event_number": verdict.event_number,
            "alerted": bool(verdict.events),
        }
        for verdict in verdicts
    ]
    upsert(connection, matched, [row for row in rows if not row["alerted"]])
    upsert(connection, matched, [row for row in rows if row["alerted"]], ("alerted",))


def _settled(store: Store) -> bool:
    """Whether the cursor is at the end of the log: asked every second, so without the writer's lock."""
    with store.reading() as connection:
        position = connection.execute(select(cursors.c.position).where(cursors.c.name == NAME)).scalar()
    return (position or 0) >= store.last_event()


def _lease(store: Store, owner: str, now: datetime) -> int | None:
    """The cursor's position, held for this owner; None while another one holds it."""
    with store.writing() as connection:
        upsert(connection, cursors, [{"name": NAME, "position": 0, "owner": ""}])
        row = connection.execute(select(cursors).where(cursors.c.name == NAME)).one()
        if row.owner not in ("", owner) and row.leased_until is not None and row.leased_until > now:
            return None
        held = update(cursors).where(cursors.c.name == NAME)
        connection.execute(held.values(owner=owner, leased_until=now + LEASE))
        return int(row.position)


def _holds(connection: Connection, owner: str, position: int) -> bool:
    row = connection.execute(select(cursors).where(cursors.c.name == NAME)).one()
    return bool(row.owner == owner and row.position == position)


def _release(store: Store, owner: str) -> None:
    with store.writing() as connection:
        mine = (cursors.c.name == NAME) & (cursors.c.owner == owner)
        connection.execute(update(cursors).where(mine).values(owner="", leased_until=None))

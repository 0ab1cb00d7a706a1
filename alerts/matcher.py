"""Reads the event log behind a cursor of its own and writes down what is to be told to whom."""

import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from weakref import WeakSet

from sqlalchemy import Connection, Engine

from alerts import cursor, moving
from alerts.decide import Verdict, decide
from alerts.follow import follow, homes
from alerts.happenings import Happening, happenings
from alerts.ledger import Due, record, remember, seen
from alerts.subscriptions import Subscription
from alerts.watching import stamp, watching
from notices.store import Event, Store
from notices.store.notice_rows import load_notices

NAME = cursor.MATCHER
BATCH = 1_000  # events a transaction takes; a kill repeats no more than their matching

log = logging.getLogger("policywatch.alerts")
_left: "WeakSet[Engine]" = WeakSet()  # stores whose matching is another process's, as far as this one was told


def match(store: Store, now: datetime) -> int:
    """Writes deliveries for the events that the cursor has not passed, and for what time alone made match.

    Returns how many. Stops early, with nothing lost, while another process holds the cursor.
    """
    written = _match(store, now)
    if _settled(store):
        written += moving.rerun(store, now)
    return written


def _match(store: Store, now: datetime) -> int:
    written = 0
    if _settled(store):
        return written
    owner = secrets.token_hex(8)
    while True:
        position = cursor.lease(store, NAME, owner, now)
        _say(store, mine=position is not None)
        if position is None:
            break
        events = store.events_after(position, BATCH)
        if not events:
            break
        written += _advance(store, owner, position, events, now)
    cursor.release(store, NAME, owner)
    return written


def _advance(store: Store, owner: str, position: int, events: list[Event], now: datetime) -> int:
    """Matches a batch outside the writer's lock, then writes and moves the cursor unless either changed meanwhile."""
    with store.reading() as connection:
        watched = watching(connection)
        made = watched.refresh(connection)
        places = homes(connection, {event.notice_id for event in events})
        happened = happenings(events, places)
        times = {one.notice_id: one.at for one in happened}
        subscriptions = watched.subscriptions
        notices = load_notices(connection, times) if subscriptions else []
    found = watched.matching((one, times[one.notice_id]) for one in notices)
    with store.writing() as connection:
        if not cursor.holds(connection, NAME, owner, position) or stamp(connection) != made:
            return 0
        if homes(connection, places) != places:
            return 0  # merged or linked while we matched: the next turn sees it
        follow(connection)
        dues = _due(connection, subscriptions, happened, found)
        written = record(connection, dues, now)
        cursor.advance(connection, NAME, events[-1].number, now)
    return written


def _due(
    connection: Connection,
    subscriptions: Sequence[Subscription],
    happened: Sequence[Happening],
    found: Mapping[int, set[int]],
) -> list[Due]:
    """What is due to whom; remembers the matters that match for the first time."""
    by_matter: dict[int, list[Happening]] = defaultdict(list)
    for one in happened:
        by_matter[one.matter_id].append(one)
    matter_of = {one.notice_id: one.matter_id for one in happened}
    known = seen(connection, by_matter)
    judged: list[tuple[Subscription, Verdict]] = []
    for subscription in (one for one in subscriptions if one.id in found or one.id in known):
        matches, before = found.get(subscription.id, set()), known.get(subscription.id, {})
        about = [one for matter in {matter_of[one] for one in matches} | before.keys() for one in by_matter[matter]]
        judged += [(subscription, verdict) for verdict in decide(subscription, about, matches, before)] if about else []
    remember(connection, judged)
    return [Due(one, v.matter_id, v.notice_id, event, v.at) for one, v in judged for event in v.events]


def _say(store: Store, *, mine: bool) -> None:
    """Says once that the matching is another process's, and once that it is this one's again."""
    if mine and store.engine in _left:
        _left.discard(store.engine)
        log.info("no other process matches any more: it is done here again")
    elif not mine and store.engine not in _left:
        _left.add(store.engine)
        seconds = cursor.LEASE.seconds
        log.warning("another process matches, or was killed less than %d s ago: it is left to it", seconds)


def _settled(store: Store) -> bool:
    return cursor.position(store, NAME) >= store.last_event()

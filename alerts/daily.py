"""What comes with time alone: each subscription's reminders and empty digests, looked at once a day at its hour."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, or_, select, update

from alerts.kinds import ALIVE
from alerts.ledger import PENDING, Due, record
from alerts.pace import DAY, is_digest_day, next_look, opened, slot
from alerts.reminders import LATE, Turn, remind
from alerts.replan import recover
from alerts.subscriptions import Subscription, subscription
from notices.schema import deliveries, subscriptions
from notices.store import Store

AHEAD = timedelta(hours=27)  # the farthest that the next look can be away; farther, and the clock was wrong
LONGEST = 40  # days of a sleep that are made up for

log = logging.getLogger("policywatch.alerts")


def plan(store: Store, now: datetime) -> int:
    """Writes the reminders and signs of life whose time has come; returns how many deliveries.

    The last look is kept with each subscription, so that no day is left out or taken twice whenever the service runs.
    """
    recover(store, now)
    when = subscriptions.c.plan_at
    due = or_(when.is_(None), when <= now, when > now + AHEAD)
    with store.reading() as connection:
        if connection.execute(select(subscriptions.c.id).where(due).limit(1)).first() is None:
            return 0
    with store.writing() as connection:
        found = [subscription(row) for row in connection.execute(select(subscriptions).where(due)).all()]
        turns = [turn for one in found if not one.paused for turn in _turns(one, now)]
        written = remind(connection, turns, now)
        written += record(connection, _alive(connection, turns, now), now)
        for one in found:
            mine = subscriptions.c.id == one.id
            same = subscriptions.c.revision  # it matches what it matched
            connection.execute(update(subscriptions).where(mine).values(plan_at=next_look(one, now), revision=same))
    return written


def _turns(one: Subscription, now: datetime) -> Iterator[Turn]:
    """The days whose time came since the last look."""
    if one.plan_at is None:
        return
    if one.plan_at > now:
        log.warning("the clock was set back: reminders of %r are looked at from now on", one.name)
        return
    zone = ZoneInfo(one.zone)
    last = now.astimezone(zone).date()
    day = max(one.plan_at.astimezone(zone).date(), last - LONGEST * DAY)
    while day <= last:
        if one.plan_at <= slot(one, day) <= now:
            yield Turn(one, day)
        day += DAY


def _alive(connection: Connection, turns: Sequence[Turn], now: datetime) -> Iterator[Due]:
    """A sign of life for each subscription that wishes one and whose last digest had nothing to say."""
    last = {turn.subscription.id: turn for turn in turns if is_digest_day(turn.subscription, turn.day)}
    for turn in last.values():
        one = turn.subscription
        if one.empty and now - turn.moment < LATE and not _has_news(connection, turn, now):
            yield Due(one, 0, 0, f"{ALIVE}:{turn.day}", subject={"title": one.name})


def _has_news(connection: Connection, turn: Turn, now: datetime) -> bool:
    """Whether something goes out with the digest of that day."""
    at = deliveries.c.planned_at
    planned = (at >= turn.moment) & (at <= opened(turn.subscription, turn.moment))
    waiting = (deliveries.c.state == PENDING) & (deliveries.c.due_at <= now)
    mine = select(deliveries.c.id).where(deliveries.c.subscription_id == turn.subscription.id)
    return connection.execute(mine.where(or_(planned, waiting)).limit(1)).first() is not None

"""Alarms: a source that is in trouble, or no longer, is told to the subscriptions that asked for it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from alerts.cursor import reached
from alerts.kinds import ALARM
from alerts.ledger import Due, record
from alerts.subscriptions import Subscription, load
from alerts.words import WORDS
from notices.schema import alarms, cursors, told
from notices.store import Store
from notices.store.engine import upsert

NAME = "alarms"  # of the cursor that counts beginnings and ends
RECENT = timedelta(days=7)  # that an end is still told after


def tell_alarms(store: Store, now: datetime) -> int:
    """Writes deliveries for the alarms that began or ended since the last look; returns how many.

    A subscription hears of what began after it was made, and of nothing that was over when its pause ended. It looks at
    the table, not at what a crawl hands over, so that a kill between the two loses nothing.
    """
    with store.reading() as connection:
        if _count(connection) == reached(connection, NAME):
            return 0
    with store.writing() as connection:
        lasting = or_(alarms.c.ended_at.is_(None), alarms.c.ended_at >= now - RECENT)
        rows = connection.execute(select(alarms).where(lasting).order_by(alarms.c.id)).all()
        asked = [one for one in load(connection) if ALARM in one.events and not one.paused]
        place = {"name": NAME, "position": _count(connection), "owner": ""}
        upsert(connection, cursors, [place], ("position",))
        began = _told(connection)
        return record(connection, [due for one in asked for due in _dues(one, rows, began[one.id])], now)


def _dues(one: Subscription, rows: Sequence[Row[Any]], began: Collection[str]) -> Iterator[Due]:
    """What there is to tell of these alarms; `began` are the keys it was told before."""
    words = WORDS[one.language]
    for row in rows:
        missed = one.resumed_at and row.ended_at and row.ended_at <= one.resumed_at
        if row.started_at <= one.created_at or (missed and f"{ALARM}:{row.id}" not in began):
            continue
        said = f"{row.kind}: {row.detail}" if row.detail else row.kind
        yield Due(one, 0, 0, f"{ALARM}:{row.id}", row.started_at, {"title": row.source, "note": said})
        if row.ended_at is not None:
            well = {"title": row.source, "note": words["well"].format(kind=row.kind)}
            yield Due(one, 0, 0, f"{ALARM}:{row.id}:over", row.ended_at, well)


def _told(connection: Connection) -> dict[int, set[str]]:
    """The keys of the alarms that each subscription was told of."""
    found: dict[int, set[str]] = defaultdict(set)
    query = select(told.c.subscription_id, told.c.event).where(told.c.event.startswith(f"{ALARM}:"))
    for subscription_id, event in connection.execute(query.where(told.c.matter_id == 0)):
        found[subscription_id].add(event)
    return found


def _count(connection: Connection) -> int:
    """A number that grows with every beginning and every end."""
    return connection.execute(select(func.count(alarms.c.id) + func.count(alarms.c.ended_at))).scalar_one()

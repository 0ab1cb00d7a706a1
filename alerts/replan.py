"""What waits to be sent is planned anew when its subscription changes, or when a clock was wrong."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from alerts.follow import COVERED
from alerts.ledger import FAILED, PENDING
from alerts.pace import due_at
from alerts.subscriptions import load, named
from notices.schema import deliveries
from notices.store import Store

FARTHEST = timedelta(days=25)  # a weekly digest after a week of holidays is due sooner


def replan(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Plans anew what waits for these subscriptions and was never tried, inside the caller's transaction.

    What was to go to a channel that they do not name any more is told nobody.
    """
    _replan(connection, deliveries.c.subscription_id.in_(ids), now)


def retry(store: Store, name: str, now: datetime) -> int:
    """Lets what was given up of a subscription wait anew, under the keys it had; returns how many deliveries.

    Raises BadSubscription.
    """
    one = named(store, name)
    mine = (deliveries.c.subscription_id == one.id) & (deliveries.c.state == FAILED)
    again = {"state": PENDING, "attempts": 0, "due_at": now, "planned_at": now}
    with store.writing() as connection:
        return connection.execute(update(deliveries).where(mine).values(**again)).rowcount


def recover(store: Store, now: datetime) -> None:
    """Plans anew what is due so far ahead that a clock must have been wrong when it was recorded."""
    late = (deliveries.c.state == PENDING) & (deliveries.c.due_at > now + FARTHEST)
    with store.reading() as connection:
        if connection.execute(select(deliveries.c.id).where(late).limit(1)).first() is None:
            return
    with store.writing() as connection:
        _replan(connection, late, now)


def _replan(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    known = {one.id: one for one in load(connection)}
    fresh = which & (deliveries.c.state == PENDING) & (deliveries.c.idempotency_key == "")
    for row in connection.execute(select(deliveries).where(fresh)).all():
        one = known[row.subscription_id]
        mine = update(deliveries).where(deliveries.c.id == row.id)
        if row.channel in one.channels:
            planned = due_at(one, row.event, now)
            connection.execute(mine.values(due_at=planned, planned_at=planned))
        else:
            connection.execute(mine.values(state=COVERED, error="its channel was taken out of the subscription"))

"""Which subscriptions nothing may be sent to at a moment."""

from datetime import datetime

from sqlalchemy import or_, select

from alerts.ledger import PENDING
from alerts.pace import held as is_held
from alerts.subscriptions import subscription
from notices.schema import deliveries, subscriptions
from notices.store import Store


def held(store: Store, now: datetime) -> list[int]:
    """The ids of subscriptions with something due that are in their quiet hours or have a day off.

    A delivery is planned for a moment that is free; this holds back what is late and what is tried again.
    """
    due = select(deliveries.c.subscription_id).where(deliveries.c.state == PENDING, deliveries.c.due_at <= now)
    strict = or_(subscriptions.c.quiet != "", subscriptions.c.working_days)
    with store.reading() as connection:
        rows = connection.execute(select(subscriptions).where(strict, subscriptions.c.id.in_(due))).all()
    return [row.id for row in rows if is_held(subscription(row), now)]

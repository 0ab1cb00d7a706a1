"""The ledger: one row for every subscription, matter, event and channel, from due to sent or given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from alerts.subscriptions import Subscription
from config.channels import shown
from notices.schema import deliveries, notice_aliases, subscriptions
from notices.store import Store
from notices.store.chunks import chunks

PENDING, LEASED, SENT, FAILED = "pending", "leased", "sent", "failed"


@dataclass(frozen=True, slots=True)
class Due:
    """Something to tell a subscription; `event` is a key by content, such as `new` or `deadline:2026-12-31`."""

    subscription: Subscription
    matter_id: int
    notice_id: int
    event: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger as people see it; of a channel that is an address only the host."""

    subscription: str
    matter_id: int
    notice_id: int
    event: str
    channel: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    error: str
    repeats: int


def record(connection: Connection, dues: Iterable[Due], now: datetime) -> int:
    """Adds what is due to the ledger, inside the caller's transaction; what is there already stays as it is."""
    wanted = {
        (due.subscription.id, due.matter_id, due.event, channel): due
        for due in dues
        for channel in due.subscription.channels
    }
    there: set[tuple[int, int, str, str]] = set()
    columns = deliveries.c.subscription_id, deliveries.c.matter_id, deliveries.c.event, deliveries.c.channel
    for some in chunks({matter for _, matter, _, _ in wanted}):
        rows = connection.execute(select(*columns).where(deliveries.c.matter_id.in_(some)))
        there |= {(row[0], row[1], row[2], row[3]) for row in rows}
    rows_ = [_values(slot, due, now) for slot, due in wanted.items() if slot not in there]
    if rows_:
        connection.execute(insert(deliveries), rows_)
    return len(rows_)


def listed(store: Store, name: str = "", limit: int | None = None) -> list[Delivery]:
    """The ledger, newest first, of one subscription or of all."""
    names = deliveries.c.subscription_id == subscriptions.c.id
    query = select(deliveries, subscriptions.c.name).join(subscriptions, names).order_by(deliveries.c.id.desc())
    if name:
        query = query.where(subscriptions.c.name == name)
    with store.reading() as connection:
        rows = connection.execute(query.limit(limit)).all()
        now_ = _aliases(connection, {row.notice_id for row in rows})
    return [_delivery(row, now_.get(row.notice_id, row.notice_id)) for row in rows]


def counts(store: Store) -> dict[str, int]:
    """How many deliveries are in each state."""
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query.order_by(deliveries.c.state))}


def _values(slot: tuple[int, int, str, str], due: Due, now: datetime) -> dict[str, Any]:
    return {
        "subscription_id": slot[0],
        "matter_id": slot[1],
        "notice_id": due.notice_id,
        "event": slot[2],
        "channel": slot[3],
        "state": PENDING,
        "attempts": 0,
        "created_at": now,
        "due_at": now,
        "error": "",
        "idempotency_key": "",
    }


def _delivery(row: Row[Any], notice_id: int) -> Delivery:
    return Delivery(
        subscription=row.name,
        matter_id=row.matter_id,
        notice_id=notice_id,
        event=row.event,
        channel=shown(row.channel),
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        error=row.error,
        repeats=row.repeats,
    )


def _aliases(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(ids):
        query = select(notice_aliases.c.alias, notice_aliases.c.notice_id).where(notice_aliases.c.alias.in_(some))
        found |= {row[0]: row[1] for row in connection.execute(query)}
    return found

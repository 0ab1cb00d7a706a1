"""The ledger: one row for every subscription, matter, event and channel, from due to sent or given up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from alerts.canonical import titles
from alerts.clean import line
from alerts.decide import Verdict
from alerts.follow import homes
from alerts.pace import due_at
from alerts.subscriptions import Subscription
from alerts.told import tell
from config.channels import shown
from notices.schema import deliveries, matched, subscriptions
from notices.store import Store
from notices.store.chunks import rows_of
from notices.store.engine import upsert

PENDING, LEASED, SENT, FAILED = "pending", "leased", "sent", "failed"
MISSED = "missed"  # the state of a reminder that nobody was there to send


@dataclass(frozen=True, slots=True)
class Due:
    """Something to tell a subscription; `event` is a key by content, such as `new` or `deadline:2026-12-31`.

    `happened_at` is the time of the event that made it due, where that is not the time of writing it down; `subject`
    says what it is about where there is no notice: its `title`, and perhaps a `url` and a `note`.
    """

    subscription: Subscription
    matter_id: int
    notice_id: int
    event: str
    happened_at: datetime | None = None
    subject: Mapping[str, str] | None = None


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
    planned_at: datetime
    sent_at: datetime | None
    error: str
    repeats: int
    title: str = ""


def record(connection: Connection, dues: Iterable[Due], now: datetime, *, state: str = PENDING, error: str = "") -> int:
    """Adds what is due to the ledger, inside the caller's transaction; what is there already stays as it is."""
    dues = list(dues)
    if state == PENDING:
        tell(connection, dues, now)
    wanted = {
        (due.subscription.id, due.matter_id, due.event, channel): due
        for due in dues
        for channel in due.subscription.channels
    }
    columns = deliveries.c.subscription_id, deliveries.c.matter_id, deliveries.c.event, deliveries.c.channel
    rows = rows_of(connection, select(*columns), deliveries.c.matter_id, {matter for _, matter, _, _ in wanted})
    there = {tuple(row) for row in rows}
    settled = {"state": state, "error": error}
    rows_ = [{**_values(slot, due, now), **settled} for slot, due in wanted.items() if slot not in there]
    if rows_:
        connection.execute(insert(deliveries), rows_)
    return len(rows_)


def seen(connection: Connection, matters: Iterable[int]) -> dict[int, dict[int, bool]]:
    """By subscription: which of these matters matched before, and whether anything was told of them."""
    found: dict[int, dict[int, bool]] = defaultdict(dict)
    for row in rows_of(connection, select(matched), matched.c.matter_id, matters):
        found[row.subscription_id][row.matter_id] = row.alerted
    return found


def remember(connection: Connection, verdicts: Iterable[tuple[Subscription, Verdict]]) -> None:
    """Writes down which matters matched which subscription, and of which of them it is told."""
    rows = [
        {
            "subscription_id": subscription.id,
            "matter_id": verdict.matter_id,
            "event_number": verdict.event_number,
            "alerted": bool(verdict.events),
        }
        for subscription, verdict in verdicts
    ]
    upsert(connection, matched, [row for row in rows if not row["alerted"]])
    upsert(connection, matched, [row for row in rows if row["alerted"]], ("alerted",))


def listed(store: Store, name: str = "", limit: int | None = None) -> list[Delivery]:
    """The ledger, newest first, of one subscription or of all."""
    names = deliveries.c.subscription_id == subscriptions.c.id
    query = select(deliveries, subscriptions.c.name).join(subscriptions, names).order_by(deliveries.c.id.desc())
    if name:
        query = query.where(subscriptions.c.name == name)
    with store.reading() as connection:
        rows = connection.execute(query.limit(limit)).all()
        places = homes(connection, {row.notice_id for row in rows})
        named = titles(connection, {home.notice_id for home in places.values()})
    ids = (places[row.notice_id].notice_id if row.notice_id in places else row.notice_id for row in rows)
    return [_delivery(row, notice, named.get(notice, "")) for row, notice in zip(rows, ids, strict=True)]


def counts(store: Store) -> dict[str, int]:
    """How many deliveries are in each state."""
    query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query.order_by(deliveries.c.state))}


def _values(slot: tuple[int, int, str, str], due: Due, now: datetime) -> dict[str, Any]:
    planned = due_at(due.subscription, due.event, now)
    return {
        "subscription_id": slot[0],
        "matter_id": slot[1],
        "notice_id": due.notice_id,
        "event": slot[2],
        "channel": slot[3],
        "attempts": 0,
        "happened_at": due.happened_at or now,
        "created_at": now,
        "due_at": planned,
        "planned_at": planned,
        "idempotency_key": "",
        "subject": due.subject,
    }


def _delivery(row: Row[Any], notice_id: int, title: str) -> Delivery:
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
        planned_at=row.planned_at or row.created_at,
        sent_at=row.sent_at,
        error=row.error,
        repeats=row.repeats,
        title=line(title or str((row.subject or {}).get("title", ""))),
    )

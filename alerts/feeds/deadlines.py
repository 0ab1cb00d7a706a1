"""The deadlines in a subscription's calendar, kept so that a day that moved or went away is told as that."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from alerts import message
from alerts.ends import matched_endings
from alerts.feeds.entries import lines
from alerts.feeds.feed import Calendar, Deadline
from alerts.subscriptions import Subscription
from config.subscriptions import days_before, time_of
from notices.schema import SHANGHAI
from notices.schema import calendar as table
from notices.store.engine import upsert
from notices.store.notice_rows import load_notices

PAST = timedelta(days=90)  # that a deadline stays in the calendar when it is over or cancelled
TEXT = ("notice_id", "title", "url", "detail")

Values = dict[str, Any]


def calendar(connection: Connection, store_id: str, one: Subscription, now: datetime) -> Calendar:
    """The calendar of a subscription, brought up to date inside the caller's writing transaction."""
    since = now.astimezone(SHANGHAI).date() - PAST
    mine = table.c.subscription_id == one.id
    there = {row.matter_id: row for row in connection.execute(select(table).where(mine))}
    current = _current(connection, one, since, now)
    for matter, values in current.items():
        _write(connection, one.id, matter, there.get(matter), values, now)
    for matter, row in there.items():
        if matter not in current:
            _end(connection, row, since, now)
    rows = connection.execute(select(table).where(mine).order_by(table.c.deadline, table.c.matter_id)).all()
    at = time_of(one.at)
    alarms = days_before(one.remind)
    days = tuple(_deadline(row, store_id) for row in rows)
    return Calendar(f"policywatch: {one.name}", one.language, days, alarms, at.hour, at.minute)


def _current(connection: Connection, one: Subscription, since: date, now: datetime) -> dict[int, Values]:
    """What the calendar holds of every matter that matched and has a deadline."""
    ends = {end.notice_id: end for end in matched_endings(connection, one.id, since)}
    found: dict[int, Values] = {}
    for notice in load_notices(connection, ends):
        end = ends[notice.notice_id]
        item = message.item(notice, "new", (), now, now)
        text = "\n".join([*lines(item, one.language), item.url])
        own = {"notice_id": notice.notice_id, "title": item.title, "url": item.url, "detail": text}
        found[end.matter_id] = {**own, "deadline": end.day.isoformat()}
    return found


def _write(
    connection: Connection, subscription_id: int, matter: int, row: Row[Any] | None, values: Values, now: datetime
) -> None:
    if row is None:
        fresh = {"subscription_id": subscription_id, "matter_id": matter, "sequence": 0, "cancelled": False}
        upsert(connection, table, [{**values, **fresh, "changed_at": now}])
    elif row.deadline != values["deadline"] or row.cancelled:
        _change(connection, row, **values, sequence=row.sequence + 1, cancelled=False, changed_at=now)
    elif any(getattr(row, name) != values[name] for name in TEXT):
        _change(connection, row, **values, changed_at=now)


def _end(connection: Connection, row: Row[Any], since: date, now: datetime) -> None:
    """Cancels a day that is no deadline any more; one that is long past goes away."""
    if row.deadline < since.isoformat() or (row.cancelled and now - row.changed_at > PAST):
        connection.execute(delete(table).where(_same(row)))
    elif not row.cancelled:
        _change(connection, row, sequence=row.sequence + 1, cancelled=True, changed_at=now)


def _change(connection: Connection, row: Row[Any], **values: Any) -> None:
    connection.execute(update(table).where(_same(row)).values(**values))


def _same(row: Row[Any]) -> Any:
    return (table.c.subscription_id == row.subscription_id) & (table.c.matter_id == row.matter_id)


def _deadline(row: Row[Any], store_id: str) -> Deadline:
    return Deadline(
        uid=f"{row.subscription_id}-{row.matter_id}@{store_id}.policywatch",
        title=row.title,
        link=row.url,
        detail=row.detail,
        day=date.fromisoformat(row.deadline),
        sequence=row.sequence,
        changed_at=row.changed_at,
        cancelled=row.cancelled,
    )

"""The deadlines in a subscription's calendar, kept so that a day that moved or went away is told as that."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Executable, Row, delete, insert, select, update

from alerts.ends import matched_until
from alerts.feeds.feed import Calendar, Deadline
from alerts.feeds.shelf import Shelf
from alerts.follow import homes
from alerts.subscriptions import Subscription
from config.subscriptions import days_before, time_of
from notices.schema import SHANGHAI
from notices.schema import calendar as table

PAST = timedelta(days=90)  # that a deadline stays in the calendar when it is over or cancelled
TEXT = ("notice_id", "title", "url", "detail")


def calendar(connection: Connection, store_id: str, one: Subscription) -> Calendar:
    """The calendar of a subscription as it is kept."""
    mine = select(table).where(table.c.subscription_id == one.id)
    rows = connection.execute(mine.order_by(table.c.deadline, table.c.matter_id)).all()
    at = time_of(one.at)
    days = tuple(_deadline(row, store_id) for row in rows)
    return Calendar(f"policywatch: {one.name}", one.language, days, days_before(one.remind), at.hour, at.minute)


def changes(connection: Connection, one: Subscription, shelf: Shelf, now: datetime) -> list[Executable]:
    """What has to be written so that the calendar that is kept says what is so now."""
    since = now.astimezone(SHANGHAI).date() - PAST
    there = {row.matter_id: row for row in connection.execute(select(table).where(table.c.subscription_id == one.id))}
    current = _current(connection, one, shelf, since)
    found = [_told(one.id, matter, there.get(matter), values, now) for matter, values in current.items()]
    gone = [row for matter, row in there.items() if matter not in current]
    places = homes(connection, {row.notice_id for row in gone})
    for row in gone:
        home = places.get(row.notice_id)
        moved = home is not None and home.matter_id in current  # merged: its day stands there under that matter
        found.append(delete(table).where(_same(row)) if moved else _ended(row, since, now))
    return [change for change in found if change is not None]


def _current(connection: Connection, one: Subscription, shelf: Shelf, since: date) -> dict[int, dict[str, Any]]:
    """What the calendar holds of every matter that matched and has a deadline."""
    matters = matched_until(connection, one.id, since)
    ends = {end.notice_id: end for end in shelf.endings(connection, matters) if end.day >= since}
    found: dict[int, dict[str, Any]] = {}
    for notice_id, shown in shelf.get(connection, ends, one.language).items():
        text = "\n".join([*shown.lines, shown.item.url])
        own = {"notice_id": notice_id, "title": shown.item.title, "url": shown.item.url, "detail": text}
        found[ends[notice_id].matter_id] = {**own, "deadline": ends[notice_id].day.isoformat()}
    return found


def _told(
    subscription_id: int, matter: int, row: Row[Any] | None, values: dict[str, Any], now: datetime
) -> Executable | None:
    """A new day, one that moved or came back, or one of which something else is said."""
    if row is None:
        fresh = {"subscription_id": subscription_id, "matter_id": matter, "sequence": 0, "cancelled": False}
        return insert(table).values(**values, **fresh, changed_at=now)
    if row.deadline != values["deadline"] or row.cancelled:
        return _changed(row, **values, sequence=row.sequence + 1, cancelled=False, changed_at=now)
    if any(getattr(row, name) != values[name] for name in TEXT):
        return _changed(row, **values, changed_at=now)
    return None


def _ended(row: Row[Any], since: date, now: datetime) -> Executable | None:
    """Cancels a day that is no deadline any more; one that is long past goes away."""
    if row.deadline < since.isoformat() or (row.cancelled and now - row.changed_at > PAST):
        return delete(table).where(_same(row))
    return None if row.cancelled else _changed(row, sequence=row.sequence + 1, cancelled=True, changed_at=now)


def _changed(row: Row[Any], **values: Any) -> Executable:
    return update(table).where(_same(row)).values(**values)


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

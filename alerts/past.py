"""What the log says of the past: when notices came, which deadlines moved, of which ends one would have reminded."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from alerts.ends import endings_of
from alerts.follow import homes
from alerts.happenings import facts
from alerts.kinds import MOVED, name_of
from alerts.pace import slot
from config.subscriptions import Wanted, days_before
from notices.kinds import Mode
from notices.schema import SHANGHAI, events, notices
from notices.store import Event
from notices.store.chunks import chunks


@dataclass(frozen=True, slots=True)
class Arrival:
    """A notice and when it came: with its first event, or on the day of its publication where a backfill brought it."""

    notice_id: int
    matter_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A matter's deadline that became another one; `key` is what is told of it once."""

    at: datetime
    before: date
    key: str


Moves = Mapping[int, Sequence[Move]]  # by matter, in time
When = Callable[[ColumnElement[Any]], ColumnElement[bool]]


def arrivals(connection: Connection, start: datetime, end: datetime) -> list[Arrival]:
    """The notices that came between two moments."""
    return _arrivals(connection, lambda at: at.between(start, end))


def earlier(connection: Connection, start: datetime, matters: Collection[int]) -> list[Arrival]:
    """The notices of some matters that came before a moment."""
    found: list[Arrival] = []
    for some in chunks(matters):
        found += _arrivals(connection, lambda at: at < start, notices.c.matter_id.in_(some))
    return found


def moves(connection: Connection, start: datetime, end: datetime) -> dict[int, list[Move]]:
    """The deadlines that moved between two moments; what a backfill said of them happened at no known time."""
    query = select(events).where(events.c.at.between(start, end), events.c.mode == Mode.LIVE.value)
    rows = connection.execute(query.order_by(events.c.number)).all()
    said = [
        Event(row.number, row.kind, row.notice_id, row.article_id, Mode(row.mode), row.at, row.detail)
        for row in rows
        if row.detail.get("deadline")
    ]
    places = homes(connection, {one.notice_id for one in said})
    found: dict[int, list[Move]] = defaultdict(list)
    for one in said:
        for key in facts(one):
            if name_of(key) == MOVED and one.notice_id in places:
                was = date.fromisoformat(one.detail["deadline"][0] or one.detail["deadline"][1])
                found[places[one.notice_id].matter_id].append(Move(one.at, was, key))
    return found


def ending_soon(connection: Connection, wanted: Wanted, start: datetime, end: datetime) -> set[int]:
    """The matters of whose ends a subscription reminds between two moments, others among them."""
    first, last = (moment.astimezone(SHANGHAI).date() for moment in (start, end))
    farthest = last + timedelta(days=max(days_before(wanted.remind), default=0))
    dates = notices.c.ends_on.between(first.isoformat(), farthest.isoformat())
    return set(connection.execute(select(notices.c.matter_id).where(dates)).scalars())


def reminders(
    connection: Connection, wanted: Wanted, first: Mapping[int, datetime], moved: Moves, start: datetime, end: datetime
) -> Iterator[tuple[int, date, int]]:
    """Of which matters, ends and days before these one would have reminded between two moments.

    `first` says since when each matter matches. An end counts while it was the known one and no final text was out.
    """
    for matter, ending in endings_of(connection, first).items():
        since = max(start, first[matter])
        for day in {ending.day, *(one.before for one in moved.get(matter, ()))}:
            for before in days_before(wanted.remind):
                at = slot(wanted, day - timedelta(days=before))
                known = next((one.before for one in moved.get(matter, ()) if one.at > at), ending.day)
                settled = ending.final_at is not None and ending.final_at <= at
                if since < at <= end and known == day and not settled:
                    yield matter, day, before


def _arrivals(connection: Connection, when: When, *also: ColumnElement[bool]) -> list[Arrival]:
    numbers = select(events.c.notice_id, func.min(events.c.number).label("number")).group_by(events.c.notice_id)
    first = numbers.subquery()
    live = events.c.mode == Mode.LIVE.value
    came = or_(and_(live, when(events.c.at)), and_(~live, when(notices.c.published_at)))
    query = select(notices.c.id, notices.c.matter_id, notices.c.published_at, events.c.mode, events.c.at)
    query = query.join(first, first.c.notice_id == notices.c.id).join(events, events.c.number == first.c.number)
    return [
        Arrival(row.id, row.matter_id, row.at if row.mode == Mode.LIVE.value else row.published_at)
        for row in connection.execute(query.where(came, *also))
    ]

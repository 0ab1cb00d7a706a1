"""Reminders before a comment period ends: of every open matter that ever matched, those from before included."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from alerts.ends import Ending, endings, endings_of
from alerts.happenings import Home
from alerts.kinds import REMIND, name_of
from alerts.ledger import MISSED, Due, record
from alerts.pace import DAY, due_at, slot, working
from alerts.subscriptions import Subscription
from config.subscriptions import days_before
from notices.schema import SHANGHAI, deliveries, matched
from notices.store.chunks import rows_of

LATE = timedelta(days=1)  # that a reminder may be late and still be sent


@dataclass(frozen=True, slots=True)
class Turn:
    """A subscription and a day on which its time for reminders has come."""

    subscription: Subscription
    day: date

    @property
    def moment(self) -> datetime:
        """When it came."""
        return slot(self.subscription, self.day)


def remind(connection: Connection, turns: Sequence[Turn], now: datetime) -> int:
    """Writes the reminders of these days inside the caller's transaction; returns how many deliveries are to be sent.

    One that is late by a day, or could only be sent when the period is over, is written down as missed.
    """
    wanted = [(turn, dict(_ahead(turn))) for turn in turns if REMIND in turn.subscription.events]
    by_day: dict[date, list[Ending]] = {}
    for one in endings(connection, {day for _, days in wanted for day in days}):
        by_day.setdefault(one.day, []).append(one)
    dues: list[Due] = []
    missed: list[Due] = []
    for turn, days in wanted:
        for due in _dues(connection, turn.subscription, days, by_day):
            (dues if _timely(turn, due, now) else missed).append(due)
    _forget_missed(connection, dues)
    written = record(connection, dues, now)
    record(connection, missed, now, state=MISSED, error="the service was not running, or its quiet hours left no time")
    return written


def stale(connection: Connection, rows: Sequence[Row[Any]], places: Mapping[int, Home], now: datetime) -> set[int]:
    """The deliveries that remind of what is no longer so: of another date, or of a period that is over or settled."""
    wanted = {row.id: (row.event, places[row.notice_id].matter_id) for row in rows if row.notice_id in places}
    reminders = {number: one for number, one in wanted.items() if name_of(one[0]) == REMIND}
    if not reminders:
        return set()
    ends = endings_of(connection, {matter for _, matter in reminders.values()})
    today = now.astimezone(SHANGHAI).date()
    right = {matter: end.day for matter, end in ends.items() if not end.final and end.day >= today}
    return {number for number, (event, matter) in reminders.items() if event[-10:] != str(right.get(matter))}


def _ahead(turn: Turn) -> Iterator[tuple[date, int]]:
    """The ends that this day reminds of, each with the days before it.

    Reminders of days off come on the working day before; where two of them remind of one end, the later one counts.
    """
    one = turn.subscription
    if one.working_days and not working(turn.day):
        return
    days = [turn.day]
    while one.working_days and not working(days[-1] + DAY):
        days.append(days[-1] + DAY)
    for day in days:
        for before in sorted(days_before(one.remind), reverse=True):
            yield day + timedelta(days=before), before


def _dues(
    connection: Connection, one: Subscription, days: Mapping[date, int], by_day: Mapping[date, Sequence[Ending]]
) -> Iterator[Due]:
    ends = {end.matter_id: end for day in days for end in by_day.get(day, ())}
    for matter in sorted(_matched(connection, one.id, ends)):
        end = ends[matter]
        yield Due(one, matter, end.notice_id, f"{REMIND}:{days[end.day]}d:{end.day}")


def _matched(connection: Connection, subscription_id: int, matters: Collection[int]) -> set[int]:
    mine = select(matched.c.matter_id).where(matched.c.subscription_id == subscription_id)
    return {row.matter_id for row in rows_of(connection, mine, matched.c.matter_id, matters)}


def _timely(turn: Turn, due: Due, now: datetime) -> bool:
    over = datetime.combine(date.fromisoformat(due.event[-10:]) + DAY, datetime.min.time(), SHANGHAI)
    return now - turn.moment < LATE and due_at(due.subscription, due.event, now) < over


def _forget_missed(connection: Connection, dues: Sequence[Due]) -> None:
    """What was missed only because a clock ran ahead is not missed."""
    for due in dues:
        same = (deliveries.c.subscription_id == due.subscription.id) & (deliveries.c.matter_id == due.matter_id)
        here = same & (deliveries.c.event == due.event) & (deliveries.c.state == MISSED)
        connection.execute(delete(deliveries).where(here))

"""When a subscription is told: at once or with a digest, never in its quiet hours or, if it wishes, on days off."""

import logging
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday

from alerts.kinds import ALARM, ALIVE, REMIND, name_of
from config.subscriptions import WEEKDAYS, Wanted, stretch, time_of

URGENT = (REMIND, ALARM, ALIVE)  # kinds that no digest keeps back: they are worth nothing later
WEEKEND = 5  # the first day of it, as Python counts
DAY = timedelta(days=1)

log = logging.getLogger("policywatch.alerts")


def due_at(one: Wanted, event: str, now: datetime) -> datetime:
    """When something that is recorded now is to be sent."""
    at_once = one.pace == "now" or name_of(event) in URGENT
    return opened(one, now if at_once else next_digest(one, now))


def next_digest(one: Wanted, after: datetime) -> datetime:
    """The first digest after a moment, quiet hours left aside."""
    day = after.astimezone(ZoneInfo(one.zone)).date()
    while not (is_digest_day(one, day) and slot(one, day) > after):
        day += DAY
    return slot(one, day)


def is_digest_day(one: Wanted, day: date) -> bool:
    """Whether a digest goes out on that day; a weekly one whose day is off goes out on the next working day."""
    if one.pace == "now" or (one.working_days and not working(day)):
        return False
    if one.pace == "daily":
        return True
    while day.weekday() != WEEKDAYS.index(one.weekday):
        day -= DAY
        if not one.working_days or working(day):
            return False
    return True


def slot(one: Wanted, day: date) -> datetime:
    """The subscription's time of that day; where a clock change leaves it out, as much later."""
    return _moment(day, time_of(one.at), one.zone)


def today(one: Wanted, now: datetime) -> datetime:
    """The subscription's time of the day that it is now, over or not."""
    return slot(one, now.astimezone(ZoneInfo(one.zone)).date())


def next_look(one: Wanted, now: datetime) -> datetime:
    """The subscription's next time of day."""
    day = now.astimezone(ZoneInfo(one.zone)).date()
    return slot(one, day) if slot(one, day) > now else slot(one, day + DAY)


def opened(one: Wanted, moment: datetime) -> datetime:
    """The first moment from this one on at which something may be sent."""
    zone = ZoneInfo(one.zone)
    while True:
        local = moment.astimezone(zone)
        if one.working_days and not working(local.date()):
            moment = slot(one, next_working(local.date()))
        elif (end := _quiet_end(one, local)) is not None:
            moment = end
        else:
            return moment


def held(one: Wanted, now: datetime) -> bool:
    """Whether nothing may be sent now."""
    return opened(one, now) > now


def next_working(day: date) -> date:
    """The first working day after a day."""
    day += DAY
    while not working(day):
        day += DAY
    return day


def working(day: date) -> bool:
    """Whether people work that day in China, make-up days included; Monday to Friday where no holidays are known."""
    if covers(day.year):
        return bool(is_workday(day))
    return day.weekday() < WEEKEND


@cache
def covers(year: int) -> bool:
    """Whether the calendar knows the holidays of a year; says so, once, when it does not."""
    try:
        is_workday(date(year, 1, 1))
    except NotImplementedError:
        log.warning(
            "the holidays of %d are not known: Monday to Friday count as working days until a newer chinesecalendar "
            "is installed",
            year,
        )
        return False
    return True


def _quiet_end(one: Wanted, local: datetime) -> datetime | None:
    """When the quiet hours that a local time lies in end; None outside them."""
    hours = stretch(one.quiet)
    if hours is None:
        return None
    start, end = hours
    now = local.time().replace(fold=0)
    inside = start <= now < end if start < end else now >= start or now < end
    if not inside:
        return None
    day = local.date() + DAY if start > end and now >= start else local.date()
    return next(found for fold in (0, 1) if (found := _moment(day, end.replace(fold=fold), one.zone)) > local)


def _moment(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(timezone.utc)

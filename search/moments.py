"""Points in time as a query names them: days, months, years, and distances from now."""

import re
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TODAY = ("today", "今天")
_NOW = re.compile(r"now(?:([+-])(\d{1,4})([hdwmy]))?(/d)?")
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?)?[年月]?")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30)}
_UNITS["y"] = timedelta(days=365)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an instant."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def instant(moment: datetime | None) -> int | None:
    """The same of a value that may be missing."""
    return None if moment is None else micros(moment)


def deadline(day: date | None) -> int | None:
    """The last microsecond of a day in Asia/Shanghai, as `micros` counts."""
    return None if day is None else micros(datetime.combine(day, time.max, SHANGHAI))


def moves(text: str) -> bool:
    """Whether what a text means moves with time."""
    low = text.strip().lower()
    return low in _TODAY or _NOW.fullmatch(low) is not None


def moment(text: str, now: datetime) -> tuple[int, int] | None:
    """The first instant that a text means and the first one after it, microseconds since 1970; None for other text.

    A day, month or year is whole, in Asia/Shanghai; `now-7d` is an instant, `now` and `today` with `/d` its day.
    """
    low = text.strip().lower()
    if low in _TODAY:
        low = "now/d"
    if match := _NOW.fullmatch(low):
        return _distance(match, now.astimezone(SHANGHAI))
    match = _DAY.fullmatch(low)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=SHANGHAI)
        return micros(start), micros(_after(start, month, day))
    except (ValueError, OverflowError):
        return None


def _distance(match: re.Match[str], now: datetime) -> tuple[int, int] | None:
    sign, number, unit, whole = match.groups()
    try:
        there = now + (_UNITS[unit] * int(number) * (1 if sign == "+" else -1) if number else timedelta())
    except OverflowError:
        return None
    if whole:
        there = there.replace(hour=0, minute=0, second=0, microsecond=0)
        return micros(there), micros(there + timedelta(days=1))
    return micros(there), micros(there) + 1


def _after(start: datetime, month: int, day: int) -> datetime:
    if day:
        return start + timedelta(days=1)
    if month:
        return (start + timedelta(days=31)).replace(day=1)
    return start.replace(year=start.year + 1)

"""Days and times as lists write them."""

import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_DATE = r"(20\d{2})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})"
_DAY = re.compile(_DATE + r"(?:日?[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_PERIOD = re.compile(rf"{_DATE}日?\s*(?:至|到|—+|–+|－|~|～|-)\s*{_DATE}")
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)")
_ENDS = re.compile(r"截[止至]\D{0,10}$")


def day_in(text: str) -> date | None:
    """The first day a text names, None for none; such a day as 2026-02-31 is none."""
    found = _DAY.search(text) or _COMPACT.search(text)
    return _date(found[1], found[2], found[3]) if found else None


def last_day_in(text: str) -> date | None:
    """The last day a text names: of a period its end."""
    found = _DAY.findall(text)
    return _date(*found[-1][:3]) if found else day_in(text)


def period_in(text: str) -> tuple[date | None, date | None]:
    """When a row was published and when comments end, read from the words beside its title."""
    period = _PERIOD.search(text)
    if period:
        return _date(*period.groups()[:3]), _date(*period.groups()[3:])
    published: date | None = None
    ends: date | None = None
    for found in _DAY.finditer(text):
        day = _date(*found.groups()[:3])
        if _ENDS.search(text[: found.start()]):
            ends = ends or day
        else:
            published = published or day
    return published, ends


def instant_in(text: str) -> datetime | None:
    """The first time a text names, aware, midnight in Asia/Shanghai where it names only a day."""
    stripped = text.strip()
    if stripped.isdecimal() and len(stripped) in (10, 13):
        seconds = int(stripped) / (1000 if len(stripped) == 13 else 1)
        return datetime.fromtimestamp(seconds, timezone.utc).astimezone(SHANGHAI)
    found = _DAY.search(text)
    if found is None:
        return midnight(day_in(text))
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError:
        return midnight(_date(*found.groups()[:3]))


def midnight(day: date | None) -> datetime | None:
    """The beginning of a day in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) if day else None


def last_day(endtime: int) -> date:
    """The last day of a period whose end a list gives in milliseconds: it names the midnight after that day."""
    end = datetime.fromtimestamp(endtime / 1000, timezone.utc) - timedelta(milliseconds=1)
    return end.astimezone(SHANGHAI).date()


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

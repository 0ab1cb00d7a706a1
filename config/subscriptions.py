"""What a subscription may say, whether it is typed or written in subscriptions.yaml."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EVENTS = ("new", "official", "deadline-set", "deadline-moved", "final", "changed", "removed", "remind", "alarm")
DEFAULT_EVENTS = ("new", "deadline-moved", "remind")
PACES = ("now", "daily", "weekly")
LANGUAGES = ("zh", "en")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_REMIND = ("7d", "3d", "1d")
DEFAULT_AT = "09:00"
DEFAULT_ZONE = "Asia/Shanghai"
LONGEST_NAME = 100
FARTHEST = 90  # days before a deadline that a reminder may come

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_REMIND = re.compile(r"(\d{1,3})d")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A saved search and how to tell of it.

    `at` is the time of day of digests and reminders, `weekday` the day of weekly ones; with `working_days` nothing is
    sent on days off; `quiet` is a stretch of the day such as 22:00-07:00; all of them in `zone`. `remind` are days
    before a deadline, such as 7d. With `empty` a digest without news is sent too, as a sign of life.
    """

    name: str
    query: str
    channels: tuple[str, ...] = ()
    events: tuple[str, ...] = DEFAULT_EVENTS
    pace: str = "now"
    remind: tuple[str, ...] = DEFAULT_REMIND
    language: str = "zh"
    at: str = DEFAULT_AT
    weekday: str = "mon"
    working_days: bool = False
    quiet: str = ""
    zone: str = DEFAULT_ZONE
    empty: bool = False


def tidy(wanted: Wanted) -> Wanted:
    """The same without repetitions, reminders farthest first."""
    days = sorted(set(wanted.remind), key=lambda one: (-_number(one), one))
    channels, events = tuple(dict.fromkeys(wanted.channels)), tuple(dict.fromkeys(wanted.events))
    return replace(wanted, channels=channels, events=events, remind=tuple(days))


def complaints(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """What is wrong with it: the field, and what to write there; the query and the channels are others' to judge."""
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME or not wanted.name.isprintable():
        yield "name", f"a name is 1 to {LONGEST_NAME} printable characters"
    for event in wanted.events:
        if event not in EVENTS:
            yield "events", f"event {event!r} is not known: use {', '.join(EVENTS)}"
    if not wanted.events:
        yield "events", f"no event is chosen: use {', '.join(EVENTS)}"
    for field, closed in (("pace", PACES), ("language", LANGUAGES), ("weekday", WEEKDAYS)):
        if (value := getattr(wanted, field)) not in closed:
            yield field, f"{field} {value!r} is not known: use {', '.join(closed)}"
    for day in wanted.remind:
        if not _REMIND.fullmatch(day) or _number(day) > FARTHEST:
            yield "remind", f"reminder {day!r} is not known: use days such as 7d,3d,1d, at most {FARTHEST}d"
    if not _TIME.fullmatch(wanted.at):
        yield "at", f"at {wanted.at!r} is no time of day: use one such as 09:00"
    if wanted.quiet and not _is_stretch(wanted.quiet):
        yield "quiet", f"quiet {wanted.quiet!r} is no part of a day: use one such as 22:00-07:00"
    if not _is_zone(wanted.zone):
        yield "zone", f"zone {wanted.zone!r} is not known: use one such as Asia/Shanghai"
    if wanted.empty and wanted.pace == "now":
        yield "empty", "there are no digests with pace now, so none can be empty: choose daily or weekly"


def time_of(text: str) -> time:
    """The time of day that was checked before."""
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def stretch(text: str) -> tuple[time, time] | None:
    """Beginning and end of a part of the day that was checked before; None for no text."""
    if not text:
        return None
    start, _, end = text.partition("-")
    return time_of(start.strip()), time_of(end.strip())


def days_before(remind: Sequence[str]) -> tuple[int, ...]:
    """The days before a deadline that were checked before."""
    return tuple(_number(one) for one in remind)


def _number(day: str) -> int:
    found = _REMIND.fullmatch(day)
    return int(found[1]) if found else 0


def _is_stretch(text: str) -> bool:
    start, mark, end = (part.strip() for part in text.partition("-"))
    times = bool(mark and _TIME.fullmatch(start) and _TIME.fullmatch(end))
    return times and time_of(start) != time_of(end)


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a path, or nothing
        return False

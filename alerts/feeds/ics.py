"""iCalendar, RFC 5545: every deadline as a whole day."""

import re
from datetime import timedelta, timezone
from functools import lru_cache

import icalendar

from alerts.feeds.feed import Calendar, Deadline

WORDS = {
    "zh": {"summary": "截止：{title}", "cancelled": "已取消：{title}"},
    "en": {"summary": "Deadline: {title}", "cancelled": "Cancelled: {title}"},
}
END = b"END:VCALENDAR\r\n"
REFRESH = timedelta(hours=1)
# Control characters are not text to iCalendar; lone surrogates cannot be written as UTF-8.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def ics(calendar: Calendar) -> bytes:
    """The deadlines as a calendar; a day that moved has a higher sequence, one that is gone is cancelled."""
    made = icalendar.Calendar()
    made.add("prodid", "-//policywatch//deadlines//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", allowed(calendar.title))
    made.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    alarms = tuple(timedelta(days=-days, hours=calendar.hour, minutes=calendar.minute) for days in calendar.alarms)
    days = b"".join(_event(one, calendar.language, alarms) for one in calendar.deadlines)
    return bytes(made.to_ical()).removesuffix(END) + days + END


def allowed(text: str) -> str:
    """The text with a space for every character that a calendar cannot hold."""
    return _FORBIDDEN.sub(" ", text)


@lru_cache(maxsize=20_000)
def _event(one: Deadline, language: str, alarms: tuple[timedelta, ...]) -> bytes:
    """A day as it is written; most days of a calendar are the same as at its last writing."""
    words = WORDS[language]
    summary = allowed(words["cancelled" if one.cancelled else "summary"].format(title=one.title))
    changed = one.changed_at.astimezone(timezone.utc).replace(microsecond=0)
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("summary", summary)
    event.add("description", allowed(one.detail))
    if one.link:
        event.add("url", allowed(one.link))
    event.add("dtstart", one.day)
    event.add("dtend", one.day + timedelta(days=1))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", one.sequence)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    for before in () if one.cancelled else alarms:
        event.add_component(_alarm(summary, before))
    return bytes(event.to_ical())


def _alarm(summary: str, before: timedelta) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", before)
    return alarm

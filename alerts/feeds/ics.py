"""iCalendar, RFC 5545: every deadline as a whole day."""

import re
from datetime import timedelta, timezone

import icalendar

from alerts.feeds.feed import Calendar, Deadline

WORDS = {
    "zh": {"summary": "截止：{title}", "cancelled": "已取消：{title}"},
    "en": {"summary": "Deadline: {title}", "cancelled": "Cancelled: {title}"},
}
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
    for one in calendar.deadlines:
        made.add_component(_event(one, calendar))
    return bytes(made.to_ical())


def allowed(text: str) -> str:
    """The text with a space for every character that a calendar cannot hold."""
    return _FORBIDDEN.sub(" ", text)


def _event(one: Deadline, calendar: Calendar) -> icalendar.Event:
    words = WORDS[calendar.language]
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
    for days in () if one.cancelled else calendar.alarms:
        event.add_component(_alarm(summary, timedelta(hours=calendar.hour, minutes=calendar.minute, days=-days)))
    return event


def _alarm(summary: str, before: timedelta) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", before)
    return alarm

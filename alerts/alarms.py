"""Alarms: a source that is in trouble, or no longer, is told to the subscriptions that asked for it."""

from dataclasses import dataclass
from datetime import datetime

from alerts.kinds import ALARM
from alerts.ledger import Due, record
from alerts.subscriptions import load
from notices.store import Store


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a source, since when, and whether it is over; `detail` is one line for people."""

    source: str
    detail: str
    since: datetime
    over: bool = False


def tell_alarm(store: Store, trouble: Trouble, now: datetime) -> int:
    """Writes deliveries of an alarm, once for its beginning and once for its end; returns how many."""
    moment = f"{trouble.since.timestamp():.0f}"
    event = f"{ALARM}:{trouble.source}:{moment}" + (":over" if trouble.over else "")
    subject = {"title": trouble.source, "note": trouble.detail}
    with store.writing() as connection:
        asked = [one for one in load(connection) if ALARM in one.events and not one.paused]
        dues = [Due(one, 0, 0, event, trouble.since, subject) for one in asked]
        return record(connection, dues, now)

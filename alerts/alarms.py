"""Alarms: a source that is in trouble, or no longer, is told to the subscriptions that asked for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from alerts.kinds import ALARM
from alerts.ledger import Due, record
from alerts.subscriptions import load
from notices.schema import alarms, told
from notices.store import Store

RECENT = timedelta(days=1)  # what began or ended longer ago is no news to anybody


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a source, since when, and whether it is over; `detail` is one line for people."""

    source: str
    detail: str
    since: datetime
    over: bool = False

    @property
    def key(self) -> str:
        """The key of its beginning or its end in the ledger."""
        return f"{ALARM}:{self.source}:{self.since.timestamp():.0f}" + (":over" if self.over else "")


def tell_alarms(store: Store, now: datetime) -> int:
    """Writes deliveries of the alarms that the store holds, each beginning and end once; returns how many.

    It looks at the table, not at what a crawl hands over, so that a kill between the two loses nothing.
    """
    with store.reading() as connection:
        if not (troubles := list(_recent(connection, now))) or not any(_untold(connection, troubles)):
            return 0
    with store.writing() as connection:
        return record(connection, list(_untold(connection, troubles)), now)


def _recent(connection: Connection, now: datetime) -> Iterator[Trouble]:
    since = now - RECENT
    query = select(alarms).where(or_(alarms.c.started_at > since, alarms.c.ended_at > since)).order_by(alarms.c.id)
    for row in connection.execute(query):
        detail = f"{row.kind}: {row.detail}" if row.detail else row.kind
        if row.started_at > since:
            yield Trouble(row.source, detail, row.started_at)
        if row.ended_at is not None and row.ended_at > since:
            yield Trouble(row.source, f"no longer {row.kind}", row.started_at, over=True)


def _untold(connection: Connection, troubles: list[Trouble]) -> Iterator[Due]:
    """What is due of these to whom; nobody is told of what began before the subscription was made."""
    asked = [one for one in load(connection) if ALARM in one.events and not one.paused]
    if not asked:
        return
    there = _there(connection)
    for trouble in troubles:
        subject = {"title": trouble.source, "note": trouble.detail}
        for one in asked:
            if (one.id, trouble.key) not in there and trouble.since >= one.created_at:
                yield Due(one, 0, 0, trouble.key, trouble.since, subject)


def _there(connection: Connection) -> set[tuple[int, str]]:
    query = select(told.c.subscription_id, told.c.event).where(told.c.matter_id == 0)
    return {(row[0], row[1]) for row in connection.execute(query)}

"""Marks articles whose pages were taken down; they stay in the store and are found as before, marked."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from notices.kinds import Mode
from notices.schema import articles, events, notices


def withdraw(connection: Connection, article_id: int, since: datetime, now: datetime) -> bool:
    """Marks an article as removed since a moment and says so in the event log; False if it was marked before.

    The event of a notice is `removed` when its canonical article is gone, `changed` when it lost a carrier.
    """
    return _mark(connection, article_id, since, now)


def restore(connection: Connection, article_id: int, now: datetime) -> bool:
    """Takes the mark away from an article whose page is back; False if it had none."""
    return _mark(connection, article_id, None, now)


def _mark(connection: Connection, article_id: int, since: datetime | None, now: datetime) -> bool:
    columns = articles.c.removed_at, articles.c.notice_id
    row = connection.execute(select(*columns).where(articles.c.id == article_id)).first()
    if row is None or (row.removed_at is None) == (since is None):
        return False
    connection.execute(update(articles).where(articles.c.id == article_id).values(removed_at=since))
    canonical = connection.execute(select(notices.c.canonical_id).where(notices.c.id == row.notice_id)).scalar()
    if canonical is None:
        return True
    kind = "removed" if since is not None and canonical == article_id else "changed"
    detail: dict[str, Any] = {"kinds": [kind], "article": article_id}
    detail["removed_at" if since is not None else "restored_at"] = (since or now).isoformat()
    entry = {"kind": kind, "notice_id": row.notice_id, "article_id": article_id, "mode": Mode.LIVE.value, "at": now}
    number = connection.execute(insert(events).returning(events.c.number), {**entry, "detail": detail}).scalar_one()
    connection.execute(update(notices).where(notices.c.id == row.notice_id).values(version=number))
    return True

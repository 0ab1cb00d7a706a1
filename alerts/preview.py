"""What a subscription would have told over the last months."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from alerts.reader import Reader
from notices.notice import Notice
from notices.schema import SHANGHAI, notices
from notices.store import Store
from notices.store.chunks import chunks
from search.answer import Hit

DAYS = 90
NEWEST = 10
SHOWN = ("path", "url", "account", "published_at")  # of a carrier


@dataclass(frozen=True, slots=True)
class Preview:
    """How many matters a query would have told of, how many a week, and the last of them, newest first."""

    matches: int
    per_week: float
    newest: tuple[Hit, ...]


def preview(store: Store, reader: Reader, query: str, now: datetime, days: int = DAYS) -> Preview:
    """What a query would have told in the last days: each matter on the day when a notice of it first matched.

    A notice is asked on the day on which it was published; a matter that matched before these days is no news in them.
    """
    start = now - timedelta(days=days)
    with store.reading() as connection:
        recent = _first(reader, query, _rows(connection, notices.c.published_at.between(start, now)))
        before: list[Row[Any]] = []
        for some in chunks(recent):
            earlier = (notices.c.published_at < start) & notices.c.matter_id.in_(some)
            before += _rows(connection, earlier)
    known = _first(reader, query, before)
    told = sorted((one for matter, one in recent.items() if matter not in known), reverse=True)
    newest = [notice for _, notice in told[:NEWEST]]
    shown = {one.notice_id: one for one in store.notices(newest)}
    hits = tuple(hit(shown[one]) for one in newest if one in shown)
    return Preview(len(told), round(len(told) * 7 / days, 1), hits)


def _rows(connection: Connection, where: ColumnElement[bool]) -> Sequence[Row[Any]]:
    columns: tuple[ColumnElement[Any], ...] = notices.c.id, notices.c.matter_id, notices.c.published_at
    return connection.execute(select(*columns).where(where)).all()


def _first(reader: Reader, query: str, rows: Sequence[Row[Any]]) -> dict[int, tuple[datetime, int]]:
    """By matter, when a notice of it first matched, and which."""
    by_day: dict[date, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_day[row.published_at.astimezone(SHANGHAI).date()].append(row)
    found: dict[int, tuple[datetime, int]] = {}
    for _, day in sorted(by_day.items()):
        matching = reader.matches(query, [row.id for row in day], max(row.published_at for row in day))
        for row in sorted(day, key=lambda row: (row.published_at, row.id)):
            if row.id in matching:
                found.setdefault(row.matter_id, (row.published_at, row.id))
    return found


def hit(notice: Notice) -> Hit:
    """The notice as a search would show it."""
    end = notice.fields.comment_end
    carriers = ({name: getattr(one, name) for name in SHOWN} for one in notice.carriers)
    return Hit(
        notice_id=notice.notice_id,
        matter_id=notice.matter_id,
        title=notice.titles[0],
        exact=True,
        score=0.0,
        notice_type=notice.fields.notice_type.value,
        issuers=notice.fields.issuers,
        published_at=notice.published_at,
        comment_end=end.isoformat() if end else None,
        url=notice.url,
        carriers=tuple(carriers),
        highlights=(),
        comment_end_of="matter" if notice.end_of_matter else "",
        removed=tuple({"url": url, "removed_at": at.isoformat()} for url, at in notice.removed.items()),
    )

"""What a subscription would have told over the last months."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from alerts.reader import Reader
from notices.notice import Notice
from notices.schema import SHANGHAI, notices
from notices.store import Store
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
    """What a query would have told of the notices published in the last days, each asked on the day it came out."""
    columns = notices.c.id, notices.c.matter_id, notices.c.published_at
    span = notices.c.published_at.between(now - timedelta(days=days), now)
    by_day: dict[date, list[tuple[datetime, int]]] = defaultdict(list)
    matters: dict[int, int] = {}
    with store.reading() as connection:
        for row in connection.execute(select(*columns).where(span)):
            by_day[row.published_at.astimezone(SHANGHAI).date()].append((row.published_at, row.id))
            matters[row.id] = row.matter_id
    found: list[tuple[datetime, int]] = []
    for day in by_day.values():
        matching = reader.matches(query, [one for _, one in day], max(at for at, _ in day))
        found += [pair for pair in day if pair[1] in matching]
    newest: dict[int, int] = {}
    for _, one in sorted(found, reverse=True):
        newest.setdefault(matters[one], one)
    shown = {one.notice_id: one for one in store.notices(list(newest.values())[:NEWEST])}
    hits = tuple(hit(shown[one]) for one in newest.values() if one in shown)
    return Preview(len(newest), round(len(newest) * 7 / days, 1), hits)


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
    )

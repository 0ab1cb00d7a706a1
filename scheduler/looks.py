"""When a page is looked at again: open consultations of officials, and WeChat's copies once."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from notices.identity import WECHAT_HOST, fetchable, host_of
from notices.kinds import Mode, PageState
from notices.schema import articles
from notices.store.article_rows import fields_of
from pipelines.scrapy_pipeline import is_open

SHANGHAI = ZoneInfo("Asia/Shanghai")
AFTER = (timedelta(days=1), timedelta(days=3), timedelta(days=7))  # its first reading
LAST_WEEK = 7  # days before a deadline on which the page is looked at daily
CARRIER = timedelta(days=3)
AGAIN = timedelta(days=1)  # after a first tombstone


def next_look(connection: Connection, article_id: int, now: datetime) -> datetime | None:
    """When an article's page is to be looked at again; None when it was looked at for the last time."""
    names = ("url", "official", "mode", "state", "fields", "published_at", "stored_at")
    row = connection.execute(select(*(articles.c[name] for name in names)).where(articles.c.id == article_id)).first()
    if row is None or row.state == PageState.LISTED:
        return None
    if host_of(row.url) == WECHAT_HOST:
        is_asked = row.mode == Mode.LIVE and fetchable(row.url)
        moments: Iterator[datetime] = iter((row.stored_at + CARRIER,) if is_asked else ())
    elif row.official and is_open(fields_of(row.fields), row.published_at, now.astimezone(SHANGHAI).date()):
        moments = looks(row.stored_at, fields_of(row.fields).comment_end)
    else:
        moments = iter(())
    return min((moment for moment in moments if moment > now), default=None)


def looks(first: datetime, ends: date | None) -> Iterator[datetime]:
    """The moments at which an open consultation's page is looked at: 1, 3, 7 days on, daily in its last week."""
    yield from (first + after for after in AFTER)
    if ends is not None:
        at = first.astimezone(SHANGHAI).timetz()
        yield from (_on(ends - timedelta(days=back), at) for back in range(LAST_WEEK, -1, -1))


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at)

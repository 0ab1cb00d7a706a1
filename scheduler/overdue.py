"""Rows of official lists whose pages cannot be read: after half an hour the row itself is the article, for a start."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, or_, select, update

from config.sources import Source
from notices.isolate import Failed, isolate
from notices.kinds import Mode
from notices.pagefile import PageFile
from notices.schema import SHANGHAI, articles, queue
from notices.store import Store
from notices.store.queue import target_of
from notices.target import Kind, Target
from pipelines.keep import Item, KeepReport, keep
from pipelines.scrapy_pipeline import is_open
from pipelines.understand import understand
from scheduler.runs import count
from spiders.listed_row import is_official_row, page_of_row
from spiders.readers import read

PATIENCE = timedelta(minutes=30)
MOST = 50  # rows of one look


def list_overdue(store: Store, page_file: PageFile, sources: Mapping[str, Source], now: datetime) -> int:
    """Makes articles in state `listed` of rows that wait for more than half an hour; returns how many.

    Of live ones, and of a first crawl's those that are open by their own fields. The row stays in the queue: its page
    becomes the article's text as soon as it can be read.
    """
    made = 0
    for target in _overdue(store, now):
        source = sources.get(target.source) or Source(target.source, "page", "")
        done = isolate(partial(_make, store, page_file, target, source, now), f"list {target.url}")
        made += not isinstance(done, Failed) and done
    return made


def _overdue(store: Store, now: datetime) -> list[Target]:
    news = or_(queue.c.mode == Mode.LIVE.value, queue.c.first.is_(True))
    kind = queue.c.kind == Kind.PAGE.value, news, queue.c.looks == 0
    late = queue.c.added_at <= now - PATIENCE, queue.c.listed.is_(False), queue.c.title != ""
    query = select(queue).where(*kind, *late).order_by(queue.c.id).limit(MOST)
    with store.reading() as connection:
        return [target_of(row) for row in connection.execute(query)]


def _make(store: Store, page_file: PageFile, target: Target, source: Source, now: datetime) -> bool:
    """Whether a row was made an article; it is not asked again either way."""
    item = None
    if is_official_row(target.url, source) and not _is_there(store, target):
        item = _item(target, source, now)
    if item is None:
        with store.writing() as connection:
            _done(connection, target)
        return False

    def also(connection: Connection, report: KeepReport) -> None:
        _done(connection, target)
        count(connection, target.source, {}, now, articles=report.new_articles, notices=report.new_notices)

    keep(store, page_file, [item], now=now, also=also)
    return True


def _item(target: Target, source: Source, now: datetime) -> Item | None:
    """The row as a page that was read; None for one of a first crawl that is not open."""
    page = replace(page_of_row(target, source, now), mode=Mode.LIVE)
    reading = read(page)
    assert reading.article is not None
    found = understand(reading.article)
    if target.mode is not Mode.LIVE and not is_open(found.fields, target.listed_at, now.astimezone(SHANGHAI).date()):
        return None
    return page, reading, found


def _is_there(store: Store, target: Target) -> bool:
    query = select(articles.c.id).join(queue, queue.c.key == articles.c.key).where(queue.c.id == target.id)
    with store.reading() as connection:
        return connection.execute(query).first() is not None


def _done(connection: Connection, target: Target) -> None:
    connection.execute(update(queue).where(queue.c.id == target.id).values(listed=True))

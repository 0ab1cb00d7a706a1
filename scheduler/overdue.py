"""Rows of official lists whose pages cannot be read: after half an hour the row itself is the article, for a start."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select, update

from config.sources import Source
from notices.isolate import Failed, isolate
from notices.kinds import Mode
from notices.pagefile import PageFile
from notices.schema import articles, queue
from notices.store import Store
from notices.store.queue import target_of
from notices.target import Kind, Target
from pipelines.keep import KeepReport, keep
from pipelines.understand import understand
from scheduler.runs import count
from spiders.listed_row import is_official_row, page_of_row
from spiders.readers import read

PATIENCE = timedelta(minutes=30)
MOST = 50  # rows of one look


def list_overdue(store: Store, page_file: PageFile, sources: Mapping[str, Source], now: datetime) -> int:
    """Makes articles in state `listed` of live rows that wait for more than half an hour; returns how many.

    The row stays in the queue: its page becomes the article's text as soon as it can be read.
    """
    made = 0
    for target in _overdue(store, now):
        source = sources.get(target.source) or Source(target.source, "page", "")
        done = isolate(partial(_make, store, page_file, target, source, now), f"list {target.url}")
        made += not isinstance(done, Failed) and done
    return made


def _overdue(store: Store, now: datetime) -> list[Target]:
    kind = queue.c.kind == Kind.PAGE.value, queue.c.mode == Mode.LIVE.value, queue.c.looks == 0
    late = queue.c.added_at <= now - PATIENCE, queue.c.listed.is_(False), queue.c.title != "", queue.c.hops == 0
    query = select(queue).where(*kind, *late).order_by(queue.c.id).limit(MOST)
    with store.reading() as connection:
        return [target_of(row) for row in connection.execute(query)]


def _make(store: Store, page_file: PageFile, target: Target, source: Source, now: datetime) -> bool:
    """Whether a row was made an article; it is not asked again either way."""
    if not is_official_row(target.url) or _is_there(store, target):
        with store.writing() as connection:
            _done(connection, target)
        return False
    page = page_of_row(target, source, now)
    reading = read(page)
    assert reading.article is not None

    def also(connection: Connection, report: KeepReport) -> None:
        _done(connection, target)
        count(connection, target.source, {}, now, articles=report.new_articles, notices=report.new_notices)

    keep(store, page_file, [(page, reading, understand(reading.article))], now=now, also=also)
    return True


def _is_there(store: Store, target: Target) -> bool:
    query = select(articles.c.id).join(queue, queue.c.key == articles.c.key).where(queue.c.id == target.id)
    with store.reading() as connection:
        return connection.execute(query).first() is not None


def _done(connection: Connection, target: Target) -> None:
    connection.execute(update(queue).where(queue.c.id == target.id).values(listed=True))

"""Removes kept pages that are no articles, and answers of lists, when they are old enough; articles stay for ever."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select

from notices.kinds import PageState
from notices.pagefile import PageFile
from notices.schema import files, list_pages, pages, runs
from notices.store import Store
from notices.store.chunks import chunks

BATCH = 500
RUNS_DAYS = 90
_KEPT = [PageState.ARTICLE.value, PageState.IMAGE.value, PageState.LISTED.value]

log = logging.getLogger("policywatch.prune")


def prune(store: Store, page_file: PageFile, lists_days: int, others_days: int, now: datetime) -> int:
    """Removes what is older than so many days, bytes and rows, and old runs but each source's newest.

    Returns how many pages there were.
    """
    lists = list_pages.c.last_at < now - timedelta(days=lists_days)
    no_article = and_(pages.c.article_id.is_(None), pages.c.state.not_in(_KEPT), pages.c.path == "")
    others = and_(pages.c.fetched_at < now - timedelta(days=others_days), no_article)
    gone = _prune(store, page_file, list_pages, lists) + _prune(store, page_file, pages, others)
    with store.writing() as connection:
        newest = select(func.max(runs.c.id)).where(runs.c.since.is_(None), runs.c.ended_at.is_not(None))
        old_runs = runs.c.started_at < now - timedelta(days=RUNS_DAYS), runs.c.id.not_in(newest.group_by(runs.c.source))
        connection.execute(delete(runs).where(*old_runs))
    if gone:
        log.info("%d old pages were removed", gone)
    return gone


def _prune(store: Store, page_file: PageFile, table: Table, old: ColumnElement[bool]) -> int:
    gone = 0
    query = select(table.c.id, table.c.body_hash).where(old).order_by(table.c.id).limit(BATCH)
    while True:
        with store.reading() as connection:
            rows = {row.id: row.body_hash for row in connection.execute(query)}
        if not rows:
            return gone
        with store.writing() as connection:
            connection.execute(delete(table).where(table.c.id.in_(rows)))
            unnamed = set(rows.values()) - _named(connection, set(rows.values()))
            page_file.delete(unnamed)  # a kill leaves rows without bytes, which the next prune has
        gone += len(rows)


def _named(connection: Connection, hashes: set[bytes]) -> set[bytes]:
    """Those of the bodies that a page, a list or a file still names."""
    found: set[bytes] = set()
    for table in (pages, list_pages, files):
        for some in chunks(hashes):
            query = select(table.c.body_hash).where(table.c.body_hash.in_(some))
            found |= set(connection.execute(query).scalars())
    return found

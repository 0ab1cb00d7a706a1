"""Takes articles out of the store, with their versions, relations and notices that nothing else carries."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from notices.kinds import Mode
from notices.schema import (
    article_files,
    article_keys,
    article_versions,
    articles,
    events,
    links,
    notice_aliases,
    notices,
    pages,
)
from notices.store.article_rows import load_understood
from notices.store.chunks import chunks
from pipelines.regroup import regroup
from pipelines.relink import relink


def remove(connection: Connection, ids: Iterable[int], now: datetime) -> None:
    """Removes articles inside the caller's transaction and groups the rest of their notices anew."""
    for some in chunks(ids, 1000):
        held = select(articles.c.notice_id).where(articles.c.id.in_(some), articles.c.notice_id.is_not(None))
        touched = set(connection.execute(held).scalars())
        _delete(connection, some)
        left = select(articles.c.id, articles.c.notice_id).where(articles.c.notice_id.in_(touched))
        rest = {row.id: row.notice_id for row in connection.execute(left)}
        _end(connection, touched - set(rest.values()), now)
        regroup(connection, load_understood(connection, rest), set(), now)


def _delete(connection: Connection, ids: list[int]) -> None:
    connection.execute(delete(links).where(or_(links.c.a.in_(ids), links.c.b.in_(ids))))
    connection.execute(delete(article_keys).where(article_keys.c.article_id.in_(ids)))
    connection.execute(delete(article_files).where(article_files.c.article_id.in_(ids)))
    connection.execute(delete(article_versions).where(article_versions.c.article_id.in_(ids)))
    connection.execute(update(pages).where(pages.c.article_id.in_(ids)).values(article_id=None))
    connection.execute(delete(articles).where(articles.c.id.in_(ids)))


def _end(connection: Connection, ended: set[int], now: datetime) -> None:
    if not ended:
        return
    connection.execute(delete(notices).where(notices.c.id.in_(ended)))
    connection.execute(delete(notice_aliases).where(notice_aliases.c.notice_id.in_(ended)))
    entry = {"kind": "removed", "article_id": None, "mode": Mode.BACKFILL.value, "at": now}
    rows = [{**entry, "notice_id": one, "detail": {"kinds": ["removed"]}} for one in sorted(ended)]
    connection.execute(insert(events), rows)
    relink(connection, {}, ended, now)

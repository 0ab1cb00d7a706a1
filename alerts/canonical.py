"""What the canonical articles of notices have beside their texts."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, select

from alerts.sending import Link
from notices.schema import articles, notices
from notices.store.chunks import chunks


def attachments(connection: Connection, notice_ids: Iterable[int]) -> dict[int, Sequence[Link]]:
    """The attachments of each notice."""
    rows = _read(connection, articles.c.attachments, notice_ids)
    return {notice: [Link(name, url) for name, url, _ in held or ()] for notice, held in rows}


def titles(connection: Connection, notice_ids: Iterable[int]) -> dict[int, str]:
    """The title of each notice."""
    return dict(_read(connection, articles.c.title, notice_ids))


def _read(connection: Connection, column: Column[Any], notice_ids: Iterable[int]) -> Iterator[tuple[int, Any]]:
    for some in chunks(notice_ids):
        query = select(notices.c.id, column).join(articles, articles.c.id == notices.c.canonical_id)
        for row in connection.execute(query.where(notices.c.id.in_(some))):
            yield row[0], row[1]

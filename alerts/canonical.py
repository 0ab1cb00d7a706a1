"""What the canonical articles of notices have beside their texts."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, select

from alerts.sending import Link
from notices.schema import articles, notices
from notices.store.chunks import rows_of


def attachments(connection: Connection, notice_ids: Iterable[int]) -> dict[int, Sequence[Link]]:
    """The attachments of each notice."""
    rows = _read(connection, articles.c.attachments, notice_ids)
    return {notice: [Link(name, url) for name, url, _ in held or ()] for notice, held in rows}


def titles(connection: Connection, notice_ids: Iterable[int]) -> dict[int, str]:
    """The title of each notice."""
    return dict(_read(connection, articles.c.title, notice_ids))


def _read(connection: Connection, column: Column[Any], notice_ids: Iterable[int]) -> Iterator[tuple[int, Any]]:
    query = select(notices.c.id, column.label("held")).join(articles, articles.c.id == notices.c.canonical_id)
    return ((row.id, row.held) for row in rows_of(connection, query, notices.c.id, notice_ids))

"""Whole notices from their rows, many with few statements."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from notices.kinds import Precision
from notices.notice import Carrier, Notice
from notices.schema import SHANGHAI, articles, notices, pages
from notices.store.article_rows import fields_of
from notices.store.chunks import chunks

LIGHT = ("id", "notice_id", "key", "url", "account", "title", "published_at", "precision", "official", "removed_at")
HEAVY = ("id", "body", "attachments", "terms", "words", "version")


def load_notices(connection: Connection, ids: Iterable[int]) -> list[Notice]:
    """The notices of these ids with their carriers and the canonical article's text."""
    found: list[Notice] = []
    for some in chunks(ids, 1000):
        rows = connection.execute(select(notices).where(notices.c.id.in_(some))).all()
        carriers = _carriers(connection, some)
        canonical = _canonical(connection, [row.canonical_id for row in rows])
        found += [_notice(row, canonical[row.canonical_id], carriers[row.id]) for row in rows]
    return found


def _canonical(connection: Connection, ids: list[int]) -> dict[int, Row[Any]]:
    columns = [articles.c[name] for name in (*HEAVY, "title", "url")]
    return {row.id: row for row in connection.execute(select(*columns).where(articles.c.id.in_(ids)))}


def _carriers(connection: Connection, notice_ids: list[int]) -> dict[int, list[Carrier]]:
    columns = [articles.c[name] for name in LIGHT]
    query = select(*columns, pages.c.path).join(pages, pages.c.id == articles.c.page_id)
    found: dict[int, list[Carrier]] = defaultdict(list)
    for row in connection.execute(query.where(articles.c.notice_id.in_(notice_ids))):
        precision = Precision(row.precision)
        known = row.id, row.path, row.url, row.account, row.title, row.published_at, precision, row.official
        found[row.notice_id].append(Carrier(*known, row.removed_at))
    for carriers in found.values():
        carriers.sort(key=_timeline)
    return found


def _timeline(carrier: Carrier) -> tuple[str, bool, str]:
    day = carrier.published_at.astimezone(SHANGHAI).isoformat() if carrier.published_at else "9999"
    return day, not carrier.official, carrier.url


def _notice(row: Row[Any], canonical: Row[Any], carriers: list[Carrier]) -> Notice:
    titles = dict.fromkeys([canonical.title, *(carrier.title for carrier in carriers)])
    attachments = [text for name, _, held in canonical.attachments or () for text in (name, held) if text]
    fields = fields_of(row.fields)
    lent = bool(row.ends_on) and not fields.comment_end
    if lent:
        fields = replace(fields, comment_end=date.fromisoformat(row.ends_on))
    return Notice(
        notice_id=row.id,
        matter_id=row.matter_id,
        version=row.version,
        titles=tuple(titles),
        body=canonical.body,
        attachments=tuple(attachments),
        url=canonical.url,
        fields=fields,
        terms=tuple(canonical.terms),
        words=tuple(canonical.words.split()),
        published_at=row.published_at,
        precision=Precision(row.precision),
        official=row.official,
        changed=canonical.version > 1,
        carriers=tuple(carriers),
        end_of_matter=lent,
    )

"""Every page kept, with what was made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from notices.article import Attachment
from notices.fields import Fields
from notices.kinds import NoticeType
from notices.schema import articles, notices, pages
from notices.store import Store
from notices.store.article_rows import fields_of

CHUNK = 500  # pages read at once, so that the memory does not grow with the store


@dataclass(frozen=True, slots=True)
class Exported:
    """A page as `policywatch export` prints it; the fields from `article_id` on are empty for pages without a text."""

    path: str
    url: str
    page_state: str
    reason: str
    outcome: str
    fetched_at: datetime
    article_id: int | None = None
    notice_id: int | None = None
    matter_id: int | None = None
    title: str = ""
    account: str = ""
    published_at: datetime | None = None
    precision: str = ""
    biz: str = ""
    mid: str = ""
    idx: str = ""
    origin_account: str = ""
    source_url: str = ""
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    truncated: bool = False
    notice_type: NoticeType | None = None
    comment_start: date | None = None
    comment_end: date | None = None
    evidence: str = ""
    doc_number: str = ""
    issuers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    credit: str = ""
    reasons: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


_PAGE = tuple(pages.c[name] for name in ("id", "path", "url", "state", "reason", "outcome", "fetched_at", "article_id"))
_COPIED = ("title", "account", "published_at", "precision", "biz", "mid", "idx", "origin_account", "source_url", "body")
_ARTICLE = tuple(
    articles.c[name] for name in ("id", "notice_id", "attachments", "truncated", "fields", "terms", *_COPIED)
)


def export(store: Store) -> Iterator[Exported]:
    """The store's pages in the order they were kept, all of one state of the store."""
    with store.reading() as connection:
        last = 0
        query = select(*_PAGE).order_by(pages.c.id).limit(CHUNK)
        while rows := connection.execute(query.where(pages.c.id > last)).all():
            last = rows[-1].id
            texts = _texts(connection, {row.article_id for row in rows if row.article_id})
            for row in rows:
                yield _exported(row, texts.get(row.article_id))


def _texts(connection: Connection, ids: set[int]) -> dict[int, Any]:
    query = select(*_ARTICLE, notices.c.matter_id).outerjoin(notices, notices.c.id == articles.c.notice_id)
    found: dict[int, Any] = {}
    for row in connection.execute(query.where(articles.c.id.in_(ids))):
        found[row.id] = row
    return found


def _exported(row: Row[Any], text: Row[Any] | None) -> Exported:
    page = Exported(row.path, row.url, row.state, row.reason, row.outcome, row.fetched_at)
    if text is None:
        return page
    found = fields_of(text.fields)
    return replace(
        page,
        article_id=text.id,
        notice_id=text.notice_id,
        matter_id=text.matter_id,
        **{name: getattr(text, name) for name in _COPIED},
        attachments=tuple(Attachment(*one) for one in text.attachments or ()),
        truncated=text.truncated,
        **{name: getattr(found, name) for name in Fields.__dataclass_fields__},
        terms=tuple(text.terms),
    )

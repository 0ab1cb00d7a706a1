"""Everything the store knows of one notice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from notices.changes import difference
from notices.notice import Notice
from notices.schema import article_versions, articles, corrections, events, links, notice_aliases, notices, ties
from notices.store.notice_rows import load_notices


@dataclass(frozen=True, slots=True)
class Version:
    """A text that an article of the notice had before, or that was fetched earlier than the one that counts.

    `changes` are the lines in which the text that followed it differs, `+` for what came and `-` for what went.
    """

    article_id: int
    version: int
    title: str
    characters: int
    stored_at: datetime
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A notice with its former ids, versions, corrections, events, kept-apart neighbours, removals, field reasons.

    `matter` are the other notices of its matter, `links` what ties it to others, each with its kind and reason.
    """

    notice: Notice
    aliases: tuple[int, ...]
    reasons: dict[str, str]
    versions: tuple[Version, ...]
    corrections: tuple[dict[str, Any], ...]
    events: tuple[dict[str, Any], ...]
    apart: tuple[dict[str, Any], ...]
    removed: tuple[dict[str, Any], ...] = ()
    matter: tuple[dict[str, Any], ...] = ()
    links: tuple[dict[str, Any], ...] = ()


def load_whole(connection: Connection, notice_id: int) -> Whole | None:
    """The whole notice of a current id; None when there is none."""
    found = load_notices(connection, [notice_id])
    if not found:
        return None
    notice = found[0]
    ids = [carrier.article_id for carrier in notice.carriers]
    reasons = connection.execute(select(notices.c.reasons).where(notices.c.id == notice_id)).scalar_one()
    if notice.end_of_matter:
        reasons = {**reasons, "comment_end": "its matter's, for it names none itself"}
    aliases = connection.execute(
        select(notice_aliases.c.alias).where(notice_aliases.c.notice_id == notice_id)
    ).scalars()
    happened = select(events.c.number, events.c.kind, events.c.mode, events.c.at, events.c.detail)
    happened = happened.where(events.c.notice_id == notice_id).order_by(events.c.number)
    return Whole(
        notice,
        tuple(sorted(aliases)),
        reasons,
        _versions(connection, ids),
        _corrections(connection, ids),
        tuple(dict(row._mapping) for row in connection.execute(happened)),
        _apart(connection, ids),
        _removed(connection, ids),
        _matter(connection, notice),
        _links(connection, notice_id),
    )


def _versions(connection: Connection, ids: list[int]) -> tuple[Version, ...]:
    order = article_versions.c.article_id, article_versions.c.version
    query = select(article_versions).where(article_versions.c.article_id.in_(ids)).order_by(*order)
    rows = connection.execute(query).all()
    if not rows:
        return ()
    texts = select(articles.c.id, articles.c.title, articles.c.body).where(articles.c.id.in_(ids))
    newest = {row.id: f"{row.title}\n{row.body}" for row in connection.execute(texts)}
    followed: dict[int, list[str]] = {}
    for row in rows:
        followed.setdefault(row.article_id, []).append(f"{row.title}\n{row.body}")
    found = []
    for row in rows:
        own = followed[row.article_id].pop(0)
        after = (followed[row.article_id] or [newest[row.article_id]])[0]
        changes = difference(own, after)
        found.append(Version(row.article_id, row.version, row.title, len(row.body), row.stored_at, changes))
    return tuple(found)


def _corrections(connection: Connection, ids: list[int]) -> tuple[dict[str, Any], ...]:
    keys = select(articles.c.key).where(articles.c.id.in_(ids))
    columns = corrections.c.field, corrections.c.value, corrections.c.note, corrections.c.at
    query = select(*columns).where(corrections.c.article_key.in_(keys)).order_by(corrections.c.id)
    return tuple(dict(row._mapping) for row in connection.execute(query))


def _removed(connection: Connection, ids: list[int]) -> tuple[dict[str, Any], ...]:
    """The articles whose pages were taken down."""
    columns = articles.c.id, articles.c.url, articles.c.removed_at
    query = select(*columns).where(articles.c.id.in_(ids), articles.c.removed_at.is_not(None)).order_by(articles.c.id)
    return tuple(dict(row._mapping) for row in connection.execute(query))


def _matter(connection: Connection, notice: Notice) -> tuple[dict[str, Any], ...]:
    """The other notices of a notice's matter, in time."""
    columns = notices.c.id.label("notice_id"), articles.c.title, articles.c.url, notices.c.published_at
    query = select(*columns).join(articles, articles.c.id == notices.c.canonical_id)
    others = (notices.c.matter_id == notice.matter_id) & (notices.c.id != notice.notice_id)
    rows = connection.execute(query.where(others).order_by(notices.c.published_at, notices.c.id))
    return tuple(dict(row._mapping) for row in rows)


def _links(connection: Connection, notice_id: int) -> tuple[dict[str, Any], ...]:
    """What ties a notice to others, strongest first; not all of these need be of its matter."""
    query = select(ties).where((ties.c.a == notice_id) | (ties.c.b == notice_id))
    rows = connection.execute(query.order_by(ties.c.strength.desc(), ties.c.a, ties.c.b))
    found = ((row.b if row.a == notice_id else row.a, row) for row in rows)
    return tuple({"notice_id": other, "kind": row.kind, "why": row.why} for other, row in found)


def _apart(connection: Connection, ids: list[int]) -> tuple[dict[str, Any], ...]:
    """Similar articles of other notices that a guard keeps apart."""
    near = links.c.a.in_(ids) | links.c.b.in_(ids)
    pairs = connection.execute(select(links.c.a, links.c.b).where(links.c.relation == "different", near)).all()
    others = {one for pair in pairs for one in pair} - set(ids)
    columns = articles.c.notice_id, articles.c.title, articles.c.url
    query = select(*columns).where(articles.c.id.in_(others)).order_by(articles.c.notice_id)
    return tuple(dict(row._mapping) for row in connection.execute(query))

"""What a person decides: corrections of a notice, which win over every rule, and takedowns."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, or_, select, true

from notices.identity import identity
from notices.kinds import NoticeType
from notices.notice import Notice
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import (
    article_files,
    articles,
    corrections,
    files,
    forgotten,
    listings,
    notices,
    pages,
    queue,
    visits,
)  # fmt: skip
from notices.store import Store
from notices.store.article_rows import load_understood
from notices.store.engine import upsert
from notices.store.notice_rows import load_notices
from notices.store.store import resolve
from pipelines.regroup import regroup
from pipelines.remove import remove


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of a notice; None leaves a thing as it is, an empty `comment_end` says there is none.

    `merge` is another notice's id, `split` the id of an article that does not belong to the notice.
    """

    notice_type: NoticeType | None = None
    comment_end: date | str | None = None
    merge: int | None = None
    split: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many pages and articles a takedown removed."""

    pages: int
    articles: int


def fix(store: Store, notice_id: int, correction: Correction, *, now: datetime) -> Notice:
    """Records a correction and groups anew; returns the notice as it is now.

    Raises Problem for a notice or article that is not there, and for a correction that says nothing.
    """
    with store.writing() as connection:
        current = _current(connection, notice_id)
        members = _members(connection, current)
        own = _canonical(connection, current)
        said = _said(connection, correction, members, own, current)
        if not said:
            raise Problem("nothing to correct: give --type, --comment-end, --merge, --split or --note")
        rows = [
            {"article_key": key, "field": name, "value": value, "note": correction.note, "at": now}
            for key, name, value in said
        ]
        connection.execute(insert(corrections), rows)
        keys = {key for key, _, _ in said} | {value for _, name, value in said if name in ("merge", "split")}
        ids = connection.execute(select(articles.c.id).where(articles.c.key.in_(keys))).scalars().all()
        regroup(connection, load_understood(connection, ids), set(), now)
        return load_notices(connection, [_current(connection, current)])[0]


def forget(store: Store, page_file: PageFile, url: str, *, now: datetime) -> Forgotten:
    """Removes what was kept under an address, its article with all its pages and bytes, and refuses it from now on."""
    with store.writing() as connection:
        key = identity(url)
        named = or_(pages.c.url == url, pages.c.key == key)
        articled = select(pages.c.article_id).where(named, pages.c.article_id.is_not(None))
        ids = set(connection.execute(articled).scalars())
        ids |= set(connection.execute(select(articles.c.id).where(articles.c.key == key)).scalars())
        columns = pages.c.id, pages.c.url, pages.c.key, pages.c.body_hash
        rows = connection.execute(select(*columns).where(or_(named, pages.c.article_id.in_(ids)))).all()
        refused = {key} | {row.key for row in rows} | {identity(row.url) for row in rows if row.url}
        upsert(connection, forgotten, [{"key": one, "at": now} for one in sorted(refused)])
        connection.execute(delete(corrections).where(corrections.c.article_key.in_(refused)))
        connection.execute(delete(pages).where(pages.c.id.in_([row.id for row in rows])))
        for table in (queue, visits, listings):
            connection.execute(delete(table).where(table.c.key.in_(refused)))
        connection.execute(delete(queue).where(queue.c.article_id.in_(ids)))
        hashes = {row.body_hash for row in rows} | _offered(connection, ids)
        remove(connection, ids, now)
        others = select(pages.c.body_hash).where(pages.c.body_hash.in_(hashes))
        # Before the commit: a kill in between leaves rows without bytes, and the next `forget` finds what to remove.
        page_file.delete(hashes - set(connection.execute(others).scalars()))
    return Forgotten(len(rows), len(ids))


def _offered(connection: Connection, ids: set[int]) -> set[bytes]:
    """Takes the attached files out that only these articles offer, with what answered in their place.

    Returns what their bytes are named.
    """
    own = select(article_files.c.url).where(article_files.c.article_id.in_(ids))
    shared = select(article_files.c.url).where(article_files.c.article_id.not_in(ids))
    hashes: set[bytes] = set()
    for table, match in ((files, true()), (pages, pages.c.article_id.is_(None))):
        mine = table.c.url.in_(own) & table.c.url.not_in(shared) & match
        hashes |= set(connection.execute(select(table.c.body_hash).where(mine)).scalars())
        connection.execute(delete(table).where(mine))
    return {one for one in hashes if one}


def _said(
    connection: Connection, correction: Correction, members: dict[int, str], own: str, current: int
) -> list[tuple[str, str, str]]:
    said: list[tuple[str, str, str]] = []
    if correction.notice_type is not None:
        said.append((own, "type", correction.notice_type.value))
    if correction.comment_end is not None:
        said.append((own, "comment_end", str(correction.comment_end)))
    if correction.merge is not None:
        other = _current(connection, correction.merge)
        if other == current:
            raise Problem(f"{correction.merge} is this notice already: name another one")
        said.append((own, "merge", _canonical(connection, other)))
    if correction.split is not None:
        if correction.split not in members or len(members) < 2:
            raise Problem(
                f"article {correction.split} is no carrier beside others of notice {current}: `show {current}`"
            )
        leaving = members[correction.split]
        said += [(leaving, "split", key) for one, key in sorted(members.items()) if one != correction.split]
    if correction.note:
        said.append((own, "note", correction.note))
    return said


def _current(connection: Connection, notice_id: int) -> int:
    current = resolve(connection, notice_id)
    if current is None:
        raise Problem(f"there is no notice {notice_id}: `policywatch search` prints the numbers")
    return current


def _members(connection: Connection, notice_id: int) -> dict[int, str]:
    query = select(articles.c.id, articles.c.key).where(articles.c.notice_id == notice_id)
    return {row.id: row.key for row in connection.execute(query)}


def _canonical(connection: Connection, notice_id: int) -> str:
    join = articles.join(notices, notices.c.canonical_id == articles.c.id)
    return str(
        connection.execute(select(articles.c.key).select_from(join).where(notices.c.id == notice_id)).scalar_one()
    )

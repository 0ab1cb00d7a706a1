"""Stores a batch of pages and their articles: bytes first, then one transaction with the groups and their events."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from notices.article import Reading
from notices.identity import WECHAT_HOST, host_of, identity
from notices.kinds import Mode
from notices.page import Page
from notices.pagefile import PageFile
from notices.schema import SHANGHAI, forgotten, pages
from notices.store import Store
from notices.store.chunks import chunks, rows_of
from notices.store.engine import insert_numbered
from notices.understood import Understood
from pipelines.enrich import with_files
from pipelines.regroup import regroup
from pipelines.understand import RULES
from pipelines.versions import Shelf

Item = tuple[Page, Reading, Understood | None]
Also = Callable[[Connection, "KeepReport"], None]


@dataclass(slots=True)
class KeepReport:
    """What became of a batch; every page is counted in exactly one outcome."""

    outcomes: Counter[str] = field(default_factory=Counter)
    new_articles: int = 0
    new_notices: int = 0
    article_ids: list[int | None] = field(default_factory=list)  # of each page, in their order


@dataclass(slots=True)
class Entry:
    """A page of the batch on its way into the store."""

    page: Page
    reading: Reading
    understood: Understood | None
    hash: bytes
    key: str
    outcome: str = ""
    page_id: int = 0


def keep(
    store: Store, page_file: PageFile, items: Sequence[Item], *, now: datetime | None = None, also: Also | None = None
) -> KeepReport:
    """Keeps pages, their articles and the notices these make; all of the batch or, when it raises, nothing but bytes.

    The partition, the canonical articles and the fields do not depend on the order or the size of batches. `also` is
    done in the same transaction, after everything else.
    """
    moment = now or datetime.now(SHANGHAI)
    bodies = [
        (page.body, "wechat" if host_of(page.url) == WECHAT_HOST and not page.path else "") for page, _, _ in items
    ]
    keys = page_file.put_many(bodies)
    entries = [
        Entry(page, reading, found, key, found.key if found else identity(page.url))
        for (page, reading, found), key in zip(items, keys, strict=True)
    ]
    with store.writing() as connection:
        report = _keep(connection, entries, moment)
        if also is not None:
            also(connection, report)
        return report


def known(store: Store, seen: Sequence[tuple[str, str, bytes]]) -> set[tuple[str, str, bytes]]:
    """Those of (url, path, hash of the body) that were kept before; url may be empty where the path says enough."""
    with store.reading() as connection:
        return _known(connection, seen)


def _keep(connection: Connection, entries: list[Entry], now: datetime) -> KeepReport:
    _turn_away(connection, entries)
    fresh = [entry for entry in entries if not entry.outcome]
    for entry, found in zip(fresh, with_files(connection, [entry.understood for entry in fresh]), strict=True):
        entry.understood = found
    shelf = Shelf.load(connection, {entry.key for entry in fresh if entry.understood})
    _insert_pages(connection, fresh)
    for entry in fresh:
        if entry.understood is None:
            entry.outcome = str(entry.reading.state)
        else:
            mode, state = entry.page.mode, entry.reading.state
            entry.outcome = shelf.place(entry.understood, entry.page_id, entry.page.fetched_at, mode, state, now)
    ids = shelf.write(connection)
    _settle_pages(connection, fresh, ids)
    live = {ids[entry.key] for entry in fresh if entry.understood and entry.page.mode is Mode.LIVE}
    made = regroup(connection, shelf.changed(), live, now, shelf.replaced())
    outcomes = Counter(entry.outcome for entry in entries)
    return KeepReport(outcomes, outcomes["new"], made, [ids.get(entry.key) for entry in entries])


def _turn_away(connection: Connection, entries: list[Entry]) -> None:
    keys = {entry.key for entry in entries}
    refused = {row.key for row in rows_of(connection, select(forgotten.c.key), forgotten.c.key, keys)}
    before = _known(connection, [(entry.page.url, entry.page.path, entry.hash) for entry in entries])
    for entry in entries:
        mark = (entry.page.url, entry.page.path, entry.hash)
        if entry.key in refused or identity(entry.page.url) in refused:
            entry.outcome = "forgotten"
        elif mark in before and (entry.page.path or _is_newest(connection, entry)):
            entry.outcome = "unchanged"
        before.add(mark)


def _is_newest(connection: Connection, entry: Entry) -> bool:
    """Whether a fetched page is the one met last at its address: a text that came back is not unchanged."""
    query = select(pages.c.body_hash).where(pages.c.key == entry.key, pages.c.url == entry.page.url)
    newest = connection.execute(query.order_by(pages.c.id.desc()).limit(1)).scalar()
    return newest is None or newest == entry.hash


def _known(connection: Connection, seen: Sequence[tuple[str, str, bytes]]) -> set[tuple[str, str, bytes]]:
    found: set[tuple[str, str, bytes]] = set()
    columns = pages.c.url, pages.c.path, pages.c.body_hash
    for some in chunks(sorted({digest for _, _, digest in seen})):
        found |= {tuple(row) for row in connection.execute(select(*columns).where(pages.c.body_hash.in_(some)))}
    return found & set(seen)


def _insert_pages(connection: Connection, entries: list[Entry]) -> None:
    numbers = insert_numbered(connection, pages, [_page_values(entry) for entry in entries])
    for entry, page_id in zip(entries, numbers, strict=True):
        entry.page_id = page_id


def _settle_pages(connection: Connection, entries: list[Entry], ids: Mapping[str, int]) -> None:
    rows = [
        {"page": entry.page_id, "article_id": ids[entry.key] if entry.understood else None, "outcome": entry.outcome}
        for entry in entries
    ]
    if rows:
        statement = update(pages).where(pages.c.id == bindparam("page"))
        values: dict[str, Any] = {"article_id": bindparam("article_id"), "outcome": bindparam("outcome")}
        connection.execute(statement.values(values), rows)


def _page_values(entry: Entry) -> dict[str, Any]:
    page = entry.page
    return {
        "url": page.url,
        "key": entry.key,
        "source": page.source,
        "path": page.path,
        "mode": page.mode.value,
        "fetched_at": page.fetched_at,
        "status": page.status,
        "headers": dict(page.headers) or None,
        "body_hash": entry.hash,
        "listed_title": page.listed_title,
        "listed_at": page.listed_at,
        "listed_ends": page.listed_ends.isoformat() if page.listed_ends else None,
        "state": entry.reading.state.value,
        "reason": entry.reading.reason,
        "outcome": "",
        "rules": RULES,
    }

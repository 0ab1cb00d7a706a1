"""Puts today's reading of kept pages in place of the former one: their articles and notices anew."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from notices.article import Reading
from notices.page import Page
from notices.schema import SHANGHAI, article_versions, pages
from notices.store import Store
from notices.understood import Understood
from pipelines.enrich import with_files
from pipelines.regroup import regroup
from pipelines.remove import remove
from pipelines.scrapy_pipeline import is_open
from pipelines.understand import RULES
from pipelines.versions import Copy, Shelf


@dataclass(frozen=True, slots=True)
class Kept:
    """A page read again: its row's id and key, and what today's rules make of it."""

    page_id: int
    key: str
    page: Page
    reading: Reading
    understood: Understood | None


def renew(store: Store, items: Sequence[Kept], *, now: datetime, alert_open: bool = False) -> Counter[str]:
    """Stores what today's rules make of pages, in one transaction; all pages of a key have to be in one batch.

    Returns the outcomes: `changed` or `same` for texts, else the page's state. Nothing of it may alert, unless
    `alert_open`: then consultations that are open and were not known as such may.
    """
    with store.writing() as connection:
        whole = with_files(connection, [item.understood for item in items])
        items = [replace(item, understood=found) for item, found in zip(items, whole, strict=True)]
        shelf, held = _place(connection, items, now)
        placed = shelf.held()
        differing = {key for key, copy in placed.items() if copy.changed}
        _forget_versions(connection, [placed[key].article_id for key in differing])
        ids = shelf.write(connection)
        outcomes = _settle(connection, items, ids, differing)
        remove(connection, [copy.article_id for key, copy in held.items() if key not in placed], now)
        opened = [key for key in differing if alert_open and _opened(placed[key], held.get(key), now)]
        regroup(connection, shelf.changed(), {ids[key] for key in opened}, now)
    return outcomes


def _place(connection: Connection, items: Sequence[Kept], now: datetime) -> tuple[Shelf, dict[str, Copy]]:
    """A shelf with the pages' texts, and what the store holds under their keys."""
    own = {item.key for item in items}
    found = {item.understood.key for item in items if item.understood}
    held = Shelf.load(connection, own | found).held()
    shelf = Shelf({key: held[key] for key in found - own if key in held})  # their other pages are not in this batch
    for item in sorted(items, key=lambda one: one.page_id):
        if item.understood is not None:
            page = item.page
            shelf.place(item.understood, item.page_id, page.fetched_at, page.mode, item.reading.state, now)
    shelf.succeed(held)
    return shelf, held


def _forget_versions(connection: Connection, ids: list[int]) -> None:
    rows = [{"article": one} for one in ids if one]
    if rows:
        statement = delete(article_versions).where(article_versions.c.article_id == bindparam("article"))
        connection.execute(statement, rows)


def _settle(connection: Connection, items: Sequence[Kept], ids: Mapping[str, int], differing: set[str]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    rows = []
    for item in items:
        key = item.understood.key if item.understood else item.key
        became = ("changed" if key in differing else "same") if item.understood else item.reading.state.value
        outcomes[became] += 1
        row = {"page": item.page_id, "article_id": ids[key] if item.understood else None, "key": key}
        rows.append({**row, "state": item.reading.state.value, "reason": item.reading.reason, "rules": RULES})
    if rows:
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "page"}
        connection.execute(update(pages).where(pages.c.id == bindparam("page")).values(values), rows)
    return outcomes


def _opened(copy: Copy, before: Copy | None, now: datetime) -> bool:
    """Whether a text asks for comments now and did not, as far as was known."""
    today = now.astimezone(SHANGHAI).date()
    states = [
        is_open(one.understood.fields, one.understood.article.published_at, today) if one else False
        for one in (copy, before)
    ]
    return states == [True, False]

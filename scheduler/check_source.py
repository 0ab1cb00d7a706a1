"""`sources check`: a crawl into a store that is thrown away: it fetches and explains, and keeps nothing.

Only the manners are real: the hosts' pace, pauses and robots.txt are those of the operator's own store.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from config.settings import Settings
from config.sources import load_sources
from notices.pagefile import PageFile
from notices.schema import list_pages, pages
from notices.store import Store
from scheduler.crawl import SourceReport, crawl

SHOWN = 20  # articles


@dataclass(frozen=True, slots=True)
class Met:
    """A page of the check: its address, its state and why."""

    url: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListMet:
    """A list's answer of the check: its address, and how much each selector or step found."""

    url: str
    status: int
    found: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What a source gave: its report, the lists and pages met, and the notices they would have made."""

    name: str
    report: SourceReport
    lists: tuple[ListMet, ...]
    pages: tuple[Met, ...]
    notices: tuple[str, ...]


def check(settings: Settings, names: Sequence[str]) -> list[SourceCheck]:
    """Crawls each named source, or all, as if for the first time; raises Problem for a name that is no source's."""
    wanted = names or [source.name for source in load_sources()]
    with Store.open(settings.store_url, settings.data) as shared:
        return [_check(settings, name, shared) for name in wanted]


def _check(settings: Settings, name: str, shared: Store) -> SourceCheck:
    with tempfile.TemporaryDirectory(prefix="policywatch-check-") as scratch:
        folder = Path(scratch)
        there = settings.model_copy(update={"data": folder, "database_url": "", "elasticsearch_url": ""})
        with Store.open(there.store_url, folder) as store, PageFile(folder) as kept:
            report = crawl(there, store, kept, [name], hosts=shared).sources[0]
            with store.reading() as connection:
                columns = pages.c.url, pages.c.state, pages.c.reason
                lists = tuple(ListMet(row.url, row.status, row.found or {}) for row in _lists(connection))
                met = tuple(Met(*row) for row in connection.execute(select(*columns).order_by(pages.c.id)))
            found = store.notices(store.notice_ids()[:SHOWN])
    return SourceCheck(name, report, lists, met, tuple(notice.titles[0] for notice in found))


def _lists(connection: Connection) -> Sequence[Any]:
    columns = list_pages.c.url, list_pages.c.status, list_pages.c.found
    return connection.execute(select(*columns).order_by(list_pages.c.id)).all()

"""The reprocess run: today's rules over the pages that are kept."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select

from notices.fields import Fields
from notices.kinds import Mode
from notices.notice import Notice
from notices.page import Page
from notices.pagefile import PageFile, PageMissing
from notices.schema import SHANGHAI, notices, pages
from notices.store import Store
from notices.store.article_rows import fields_of
from pipelines.link_stored import link_stored
from pipelines.renew import Kept, renew
from pipelines.scrapy_pipeline import is_open
from scheduler.ingest import BATCH_BYTES, Progress, log
from scheduler.reading import Readers

KEYS = 300  # keys of one batch; nearly all have one page

Kin = list[tuple[Row[Any], Page]]


@dataclass(slots=True)
class ReprocessReport:
    """What became of the pages: `outcomes` sum to `pages`; `newly_open` are consultations not known as open before."""

    pages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    newly_open: list[Notice] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> int:
        """How many pages could not be read again; what was known of them stays."""
        return self.outcomes["failed"]


def reprocess(
    store: Store,
    page_file: PageFile,
    *,
    from_version: int | None = None,
    alert_open: bool = False,
    workers: int = 0,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> ReprocessReport:
    """Reads kept pages again and stores what differs; corrections of people stay in force, events alert nobody.

    `from_version` takes only pages last read by rules older than that; `alert_open` lets newly open consultations
    alert. It may be stopped and started again at any moment.
    """
    start = time.perf_counter()
    report = ReprocessReport()
    before = _open(store, now)
    with Readers(workers) as readers:
        kin: list[Kin] = []
        for batch, reads in readers.read(_pages(store, page_file, from_version, report, kin)):
            failed = {row.key for (row, _), read in zip(kin[0], reads, strict=True) if read.failed}
            items = [
                Kept(row.id, row.key, page, read.reading, read.understood)
                for (row, page), read in zip(kin.pop(0), reads, strict=True)
                if row.key not in failed
            ]
            report.outcomes["failed"] += len(batch) - len(items)
            report.outcomes.update(renew(store, items, now=now, alert_open=alert_open))
            progress(report.outcomes.total(), None)
    link_stored(store, now)
    report.outcomes = +report.outcomes
    report.pages = report.outcomes.total()
    report.newly_open = store.notices(sorted(_open(store, now) - before))
    report.seconds = round(time.perf_counter() - start, 3)
    return report


def _pages(
    store: Store, page_file: PageFile, from_version: int | None, report: ReprocessReport, kin: list[Kin]
) -> Iterator[list[Page]]:
    """Batches of pages, those of one key together; `kin` gets their rows."""
    last = ""
    first = True
    while keys := _keys(store, last, first, from_version):
        last, first = keys[-1], False
        batch: Kin = []
        size = 0
        for rows in _rows(store, keys):
            bodies = _bodies(page_file, rows)
            if bodies is None:
                report.outcomes["failed"] += len(rows)
                continue
            if batch and size > BATCH_BYTES:
                kin.append(batch)
                yield [page for _, page in batch]
                batch, size = [], 0
            batch += [(row, _page(row, body)) for row, body in zip(rows, bodies, strict=True)]
            size += sum(map(len, bodies))
        if batch:
            kin.append(batch)
            yield [page for _, page in batch]


def _keys(store: Store, last: str, first: bool, from_version: int | None) -> list[str]:
    query = select(pages.c.key).group_by(pages.c.key).order_by(pages.c.key).limit(KEYS)
    if not first:
        query = query.where(pages.c.key > last)
    if from_version is not None:
        query = query.having(func.min(pages.c.rules) < from_version)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def _rows(store: Store, keys: list[str]) -> Iterator[list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    with store.reading() as connection:
        for row in connection.execute(select(pages).where(pages.c.key.in_(keys)).order_by(pages.c.id)):
            found.setdefault(row.key, []).append(row)
    yield from found.values()


def _bodies(page_file: PageFile, rows: list[Row[Any]]) -> list[bytes] | None:
    try:
        return [page_file.get(row.body_hash) for row in rows]
    except PageMissing as error:
        log.warning("%s", error)
        return None


def _page(row: Row[Any], body: bytes) -> Page:
    return Page(
        url=row.url,
        body=body,
        fetched_at=row.fetched_at,
        status=row.status,
        headers=row.headers or {},
        source=row.source,
        path=row.path,
        mode=Mode(row.mode),
        listed_title=row.listed_title,
        listed_at=row.listed_at,
        listed_ends=date.fromisoformat(row.listed_ends) if row.listed_ends else None,
    )


def _open(store: Store, now: datetime) -> set[int]:
    """The notices that are consultations open today."""
    today = now.astimezone(SHANGHAI).date()
    with store.reading() as connection:
        rows = connection.execute(select(notices.c.id, notices.c.fields, notices.c.published_at, notices.c.ends_on))
        return {row.id for row in rows if is_open(_shown(row.fields, row.ends_on), row.published_at, today)}


def _shown(fields: dict[str, Any], ends_on: str | None) -> Fields:
    """A notice's fields with the end of the comment period that it shows: its own or its matter's."""
    return replace(fields_of(fields), comment_end=date.fromisoformat(ends_on) if ends_on else None)

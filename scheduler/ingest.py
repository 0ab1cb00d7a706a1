"""The ingest run: archived articles through the pure stages into the store; what was kept before is not read again."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from notices.kinds import Mode, PageState
from notices.page import Page
from notices.pagefile import PageFile, body_hash
from notices.schema import articles, notices
from notices.schema import inputs as finished
from notices.store import Store
from notices.store.engine import upsert
from pipelines.keep import keep, known
from scheduler.archived import archived_page
from scheduler.inputs import Input, inputs
from scheduler.reading import Read, Readers

BATCH = 400  # pages a process reads at once, and a transaction holds
BATCH_BYTES = 8_000_000  # of a batch, so that large pages do not fill the memory
FAILED = ("failed", "unreadable", "too_large")

Progress = Callable[[int, int | None], None]
log = logging.getLogger("policywatch.ingest")


@dataclass(slots=True)
class IngestReport:
    """What became of an ingest: `outcomes` sum to `pages`; `articles` and `notices` are the store's at the end."""

    pages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    notices: int = 0
    seconds: float = 0.0

    @property
    def failed(self) -> int:
        """How many pages could not be read or taken in."""
        return sum(self.outcomes[name] for name in FAILED)


def ingest(
    store: Store,
    page_file: PageFile,
    paths: Sequence[Path],
    *,
    mode: Mode = Mode.BACKFILL,
    workers: int = 0,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> IngestReport:
    """Takes in folders, .md files and tar archives, in batches that are each kept whole or not at all.

    `workers` is the number of processes that read, 0 for one a core. Raises Problem for a path that cannot be taken.
    """
    start = time.perf_counter()
    run = _Run(store, page_file, mode, now, progress)
    with Readers(workers) as readers:
        for one in inputs(paths):
            run.take(one, readers)
    report = IngestReport(run.outcomes.total(), +run.outcomes)
    with store.reading() as connection:
        report.articles = connection.execute(select(func.count()).select_from(articles)).scalar_one()
        report.notices = connection.execute(select(func.count()).select_from(notices)).scalar_one()
    report.seconds = round(time.perf_counter() - start, 3)
    return report


class _Run:
    """One ingest on its way."""

    def __init__(self, store: Store, page_file: PageFile, mode: Mode, now: datetime, progress: Progress) -> None:
        self.store, self.page_file, self.mode, self.now, self.progress = store, page_file, mode, now, progress
        self.outcomes: Counter[str] = Counter()

    def take(self, one: Input, readers: Readers) -> None:
        """Takes in one input, unless it is an archive that was seen to its end before."""
        if (pages := self._seen(one)) is not None:
            self._count("unchanged", pages)
            return
        before = Counter(self.outcomes)
        for batch, reads in readers.read(self._fresh(one)):
            self._keep(batch, reads)
        became = self.outcomes - before
        if one.digest and not any(became[name] for name in FAILED):
            row = {"digest": one.digest, "name": one.path.name, "pages": became.total(), "finished_at": self.now}
            with self.store.writing() as connection:
                upsert(connection, finished, [row])

    def _seen(self, one: Input) -> int | None:
        if not one.digest:
            return None
        with self.store.reading() as connection:
            return connection.execute(select(finished.c.pages).where(finished.c.digest == one.digest)).scalar()

    def _fresh(self, one: Input) -> Iterator[list[Page]]:
        """The input's pages that were not kept before, in batches; the others are counted."""
        for batch in self._batches(one):
            marks = [(page.url, page.path, body_hash(page.body)) for page in batch]
            before = known(self.store, marks)
            fresh = [page for page, mark in zip(batch, marks, strict=True) if mark not in before]
            self._count("unchanged", len(batch) - len(fresh))
            if fresh:
                yield fresh

    def _batches(self, one: Input) -> Iterator[list[Page]]:
        batch: list[Page] = []
        size = 0
        for found in one.files():
            if found.outcome:
                log.warning("%s: %s, %s", found.path, found.outcome, found.reason)
                self._count(found.outcome, 1)
                continue
            if batch and (len(batch) >= BATCH or size + len(found.body) > BATCH_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(archived_page(found, self.mode, self.now))
            size += len(found.body)
        if batch:
            yield batch

    def _keep(self, batch: list[Page], reads: list[Read]) -> None:
        items = [(page, read.reading, read.understood) for page, read in zip(batch, reads, strict=True)]
        outcomes = keep(self.store, self.page_file, items, now=self.now).outcomes
        broken = min(sum(bool(read.failed) for read in reads), outcomes[PageState.ERROR])
        outcomes.update({"failed": broken, PageState.ERROR.value: -broken})
        self.outcomes.update(outcomes)
        self.progress(self.outcomes.total(), None)

    def _count(self, outcome: str, number: int) -> None:
        self.outcomes[outcome] += number
        if number:
            self.progress(self.outcomes.total(), None)

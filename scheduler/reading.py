"""Reads pages through the pure stages in processes of their own, so that both cores work and a crash costs one page."""

import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from config import operator
from notices.article import Reading
from notices.isolate import Failed, isolate
from notices.kinds import PageState
from notices.page import Page
from notices.understood import Understood
from scheduler.parent import end_with_parent

AHEAD = 2  # batches under way for each process: enough to keep it busy, few enough to stay small

log = logging.getLogger("policywatch.reading")


@dataclass(frozen=True, slots=True)
class Read:
    """What the stages made of a page; `failed` holds the error of a stage that raised or took its process down."""

    reading: Reading
    understood: Understood | None = None
    failed: str = ""


class Readers:
    """A pool of processes that read pages; `workers` 0 means one a core."""

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def read(self, batches: Iterable[list[Page]]) -> Iterator[tuple[list[Page], list[Read]]]:
        """Each batch with what was read of its pages, in their order; batches are drawn as they are needed."""
        waiting: deque[tuple[list[Page], Future[list[Read]]]] = deque()
        for batch in batches:
            waiting.append((batch, self._submit(batch)))
            if len(waiting) > AHEAD * self.workers:
                yield self._result(waiting)
        while waiting:
            yield self._result(waiting)

    def _result(self, waiting: deque[tuple[list[Page], Future[list[Read]]]]) -> tuple[list[Page], list[Read]]:
        batch, future = waiting.popleft()
        try:
            return batch, future.result()
        except BrokenProcessPool:
            self._drop()
        found = [self._alone(page) for page in batch]
        again = [(other, self._submit(other)) for other, _ in waiting]
        waiting.clear()
        waiting.extend(again)
        return batch, found

    def _alone(self, page: Page) -> Read:
        """A page of a batch whose process died, read by itself to find the one that did it."""
        try:
            return self._submit([page]).result()[0]
        except BrokenProcessPool:
            self._drop()
            log.error("the process that read %s died", page.path or page.url)
            return failure("the process that read it died")

    def _submit(self, batch: list[Page]) -> Future[list[Read]]:
        if self._pool is None:
            method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
            context = multiprocessing.get_context(method)
            if method == "forkserver":
                context.set_forkserver_preload(["spiders.readers", "pipelines.understand"])
            self._pool = ProcessPoolExecutor(self.workers, context, _begin, (operator.folders(),))
        try:
            return self._pool.submit(read_pages, batch)
        except BrokenProcessPool:
            self._drop()
            return self._submit(batch)

    def _drop(self) -> None:
        """Ends the processes at once: after Ctrl-C in the middle of a submit the pool would wait for them for ever."""
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):
                process.kill()
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        self._drop()


def read_pages(pages: Sequence[Page]) -> list[Read]:
    """What the stages make of pages, one by one; a page on which a stage raises does not touch the others."""
    return [_read(page) for page in pages]


def failure(error: str) -> Read:
    """A page that could not be read: kept as an error, counted as failed."""
    return Read(Reading(PageState.ERROR, reason=f"a stage failed: {error}"), failed=error)


def _read(page: Page) -> Read:
    found = isolate(lambda: _understand(page), f"read {page.path or page.url}")
    return failure(found.error) if isinstance(found, Failed) else found


def _understand(page: Page) -> Read:
    from pipelines.understand import understand  # here, so that only the processes that read load the dictionaries
    from spiders.readers import read

    reading = read(page)
    understood = understand(reading.article) if reading.article else None
    return Read(replace(reading, article=None), understood)  # the raw body would cost more to send than to read


def _begin(folders: Sequence[Path]) -> None:
    """Readies a process: it leaves Ctrl-C to its parent and ends when the parent does, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for folder in folders:
        operator.use(folder)
    end_with_parent()

"""Elasticsearch kept at the newest state beside everything else: what waits is seen, and nothing waits for it."""

import logging
import threading
import time
from collections.abc import Generator
from types import TracebackType
from typing import Self

from config.settings import Settings
from notices.problem import Problem
from notices.store import Store

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between two tries while it is away
TIMEOUT = 30.0  # seconds that an answer may take
log = logging.getLogger("policywatch.elastic")


class Projecting:
    """Writes to Elasticsearch whenever `turn` is called; does nothing where none is set.

    Trouble is logged once when it begins, once when it changes and once when it is over; tries become rarer meanwhile.
    """

    def __init__(self, settings: Settings, store: Store, stop: threading.Event | None = None) -> None:
        self._settings = settings
        self._store = store
        self._stop = stop or threading.Event()
        self._trouble = ""
        self._pause = 0.0
        self._next = 0.0
        self._work: Generator[int] | None = None

    @property
    def trouble(self) -> str:
        """Why the last turn failed, empty when it did not."""
        return self._trouble

    def turn(self) -> int:
        """Writes what is new, if it is time to; returns the documents written, 0 where that failed."""
        if not self._settings.elasticsearch_url or time.monotonic() < self._next:
            return 0
        try:
            self._work = self._work or self._turns()
            written = next(self._work)
        except Problem as error:
            self._work = None
            self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self._next = time.monotonic() + self._pause
            if str(error) != self._trouble:
                log.warning("%s; crawling and alerts go on, the index catches up later", error)
            self._trouble = str(error)
            return 0
        if self._trouble:
            log.warning("Elasticsearch takes documents again: %d were made up", written)
        self._trouble, self._pause, self._next = "", 0.0, 0.0
        return written

    def close(self) -> None:
        """Lets go of the connection."""
        if self._work is not None:
            self._work.close()
            self._work = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _turns(self) -> Generator[int]:
        """What each turn wrote, over one connection."""
        from search.elastic.connection import connected  # a third of a second: only where it is used
        from search.elastic.projector import Projector
        from search.elastic.runs import RunProjector

        with connected(self._settings, seconds=TIMEOUT) as elastic:
            projector = Projector(self._store, elastic, self._stop)
            runs = RunProjector(self._store, elastic, self._stop)
            while True:
                written = projector.turn()
                runs.turn()
                yield written

"""The runs of sources as documents of an index of their own, which a panel on their health reads."""

import logging
import threading
import time

from notices.store import Store
from notices.store.cursor import Cursor
from notices.store.source_runs import last_change, runs_after
from search.elastic.bulk import Action, bulks, deliver
from search.elastic.connection import Elastic
from search.elastic.documents import run_document
from search.elastic.indices import Held, all_of, create
from search.elastic.problems import told
from search.elastic.projector import CHECKED
from search.elastic.templates import projection

RUNS = 1_000  # read at a time
OVERLAP = 60_000_000  # microseconds: a clock that was set back, or a run written late, is read all the same


log = logging.getLogger("policywatch.elastic")


class RunProjector:
    """Keeps the index of source runs at the store's newest state; asks no server while nothing changed."""

    def __init__(self, store: Store, elastic: Elastic, stop: threading.Event | None = None) -> None:
        self._store = store
        self._elastic = elastic
        self._stop = stop or threading.Event()
        self._held: Held | None = None
        self._looked = 0.0

    def turn(self) -> int:
        """Writes what is new; returns the documents written. An index of another store or version is made anew."""
        with self._store.reading() as connection:
            last = last_change(connection)
        if self._held is None or time.monotonic() > self._looked + CHECKED:
            self._held, self._looked = _live(self._store, self._elastic), time.monotonic()
        cursor = Cursor(self._store, self._held.cursor)
        if cursor.position >= last:
            return 0
        position = cursor.take()
        if position is None:
            return 0
        try:
            return _follow(self._store, self._elastic, self._held, cursor, position, self._stop)
        finally:
            cursor.release()


def _follow(store: Store, elastic: Elastic, held: Held, cursor: Cursor, position: int, stop: threading.Event) -> int:
    written, start, number = 0, max(position - OVERLAP, 0), 0
    while True:
        with store.reading() as connection:
            runs = runs_after(connection, start, number, RUNS)
        if not runs:
            return written
        for some in bulks(Action(run.run_id, run.changed, run_document(run)) for run in runs):
            done = deliver(elastic, held.name, some, stop=stop)
            written += done.written
            for run_id, (_, reason) in done.refused.items():
                log.warning("Elasticsearch refused the document of run %d: %s", run_id, reason)
        start, number = runs[-1].changed, runs[-1].run_id
        with store.writing() as connection:
            if not cursor.move(connection, max(start, position)):
                return written


def _live(store: Store, elastic: Elastic) -> Held:
    found = all_of(elastic, "sources")
    fitting = [one for one in found if elastic.names.sources in one.aliases and _fits(store, one)]
    if fitting:
        return fitting[0]
    for one in found:
        with told(elastic.url):
            elastic.client.indices.delete(index=one.name, ignore_unavailable=True)
        Cursor(store, one.cursor).drop()
    number = max((one.number for one in found), default=0) + 1
    return create(elastic, store, "sources", number, aliases=(elastic.names.sources,))


def _fits(store: Store, held: Held) -> bool:
    return held.meta.get("store_id") == store.store_id and held.meta.get("projection") == projection("sources")

"""The runs of sources as documents of an index of their own, which a panel on their health reads."""

import threading

from notices.store import Store
from notices.store.cursor import Cursor
from notices.store.source_runs import last_change, runs_after
from search.elastic.bulk import Action, bulks, deliver
from search.elastic.connection import Elastic
from search.elastic.documents import run_document
from search.elastic.indices import Held, all_of, create
from search.elastic.problems import told
from search.elastic.templates import projection

RUNS = 1_000  # read at a time
OVERLAP = 60_000_000  # microseconds: a clock that was set back, or a run written late, is read all the same


def project_runs(store: Store, elastic: Elastic, stop: threading.Event | None = None) -> int:
    """Brings the index of source runs up to the store; returns the documents written.

    It is small: one of another store or version is made anew at once.
    """
    held = _live(store, elastic)
    cursor = Cursor(store, held.cursor)
    with store.reading() as connection:
        last = last_change(connection)
    if cursor.position >= last:
        return 0
    position = cursor.take()
    if position is None:
        return 0
    try:
        return _follow(store, elastic, held, cursor, position, stop or threading.Event())
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
            written += deliver(elastic, held.name, some, stop=stop).written
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

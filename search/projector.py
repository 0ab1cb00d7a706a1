"""The projector: a reader of the store's log that keeps the embedded index at the store's newest state."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from notices.problem import Problem
from notices.store import Store
from search.index import Index, newest

EVENTS = 2_000  # read at a time: a transaction of the index
LOCK = "reindex.lock"


def project(store: Store, folder: Path) -> int:
    """Brings the index of a data folder up to the store's last event; returns how many notices were written.

    An index of another store, of another tokenizer or ahead of the store is emptied first, so a deleted, outdated or
    restored one repairs itself.
    """
    with _advised(folder), Index(folder) as index:
        return _project(store, index)


def behind(store: Store, folder: Path) -> int:
    """How many events of the store are not in the index yet."""
    last = store.last_event()
    if newest(folder) is None:
        return last
    with Index(folder) as index:
        return last - index.position if index.fits(store.store_id, last) else last


def reindex(store: Store, folder: Path) -> int:
    """Builds the index anew beside the one that is read, then swaps; returns how many notices are in it.

    Events that arrive meanwhile are behind the position that the new index carries, so the next projection writes them.
    Raises Problem while another process does the same.
    """
    with _advised(folder), _alone(folder):
        return _reindex(store, folder)


def _reindex(store: Store, folder: Path) -> int:
    old = newest(folder)
    number = int(old.stem.split("-")[1]) + 1 if old else 1
    target = next(path for path in (folder / f"index-{n:04}.db" for n in count(number)) if not path.exists())
    building = target.with_suffix(".building")
    _delete(building)
    with Index(folder, building) as index:
        _project(store, index)
        written = len(index)
        index.optimize()
        index.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    building.replace(target)
    for path in folder.glob("index-*.db"):
        if path != target:
            _delete(path)  # whoever has it open reads on in it
    return written


def _project(store: Store, index: Index) -> int:
    if not index.fits(store.store_id, store.last_event()):
        index.clear(store.store_id)
    written = 0
    while True:
        after = index.position
        events = store.events_after(after, EVENTS)
        if not events:
            return written
        ids = list(dict.fromkeys(event.notice_id for event in events))
        notices = store.notices(ids)
        if index.replace(ids, notices, after, events[-1].number):
            written += len(notices)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the rebuilding of a folder's index by a lock that the system lets go of when the process ends, however."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise Problem(f"another reindex of {folder} is at work: wait for its end") from None
        yield


@contextmanager
def _advised(folder: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        full = "full" in str(error) or "disk I/O" in str(error)
        busy = "locked" in str(error)
        advice = "free some disk space" if full else "wait for the other process" if busy else "`policywatch reindex`"
        raise Problem(f"the index in {folder} cannot be written ({error}): {advice}, then start again") from error


def _delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)

"""The index while others write: rebuilt as events arrive, written by two at once, locked, and on a full disk."""

import resource
import signal
import sqlite3
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from notices.pagefile import PageFile
from notices.problem import Problem
from notices.store import Store
from scheduler.ingest import ingest
from search import projector
from search.index import Index
from search.projector import behind, project, reindex
from tests.commands import run
from tests.processes import CONTEXT


def held(folder: Path) -> dict[int, tuple[str, str, int]]:
    """What the index says of each notice."""
    with Index(folder) as index:
        index.database.execute("INSERT INTO texts (texts) VALUES ('integrity-check')")
        rows = index.database.execute("SELECT id, title, body, carriers FROM docs")
        return {row[0]: row[1:] for row in rows}


def wanted(store: Store) -> dict[int, tuple[str, str, int]]:
    found = store.notices(store.notice_ids())
    return {one.notice_id: ("\x1f".join(one.titles), one.body, len(one.carriers)) for one in found}


@pytest.mark.both_databases
def test_events_that_arrive_while_the_index_is_rebuilt_are_in_it_afterwards(
    desk: Any, samples: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pages = desk
    files = sorted(samples.files(12).items())
    monkeypatch.setattr(projector, "EVENTS", 3)
    ingest(store, pages, [samples.write(tmp_path / "0", dict(files[:8]))], workers=1, now=samples.now)
    project(store, store.folder)
    reader = Index(store.folder)
    seen = len(reader)
    rest = iter([dict(files[8:12]), dict(files[12:16]), dict(files[16:])])
    notices = Store.notices

    def meanwhile(self: Store, ids: Any) -> Any:
        """New notices, reposts and a merge land between two statements of the rebuild."""
        if more := next(rest, None):
            ingest(
                store, pages, [samples.write(tmp_path / f"in{len(more)}{min(more)}", more)], workers=1, now=samples.now
            )
            project(store, store.folder)  # as the service does, into the index that is still read
        return notices(self, ids)

    with monkeypatch.context() as during:
        during.setattr(Store, "notices", meanwhile)
        assert reindex(store, store.folder) > seen
    assert next(rest, None) is None
    project(store, store.folder)
    assert behind(store, store.folder) == 0 and held(store.folder) == wanted(store)
    assert [path.name for path in store.folder.glob("index-*")] == ["index-0002.db"]
    assert len(reader) > seen  # whoever had the old one open reads on in it
    reader.close()


def rebuild(url: str, folder: Path, answers: Connection) -> None:
    """Rebuilds the index, and waits in the midst of it until it is told to go on."""
    notices = Store.notices

    def waiting(self: Store, ids: Any) -> Any:
        answers.send("at work")
        answers.recv()
        return notices(self, ids)

    Store.notices = waiting  # type: ignore[method-assign]  # in a process of its own
    with Store.open(url, folder) as store:
        answers.send(reindex(store, folder))


def test_of_two_that_rebuild_at_once_the_second_says_so(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(4))], workers=1, now=samples.now)
    project(store, store.folder)
    for killed in (False, True):
        ours, theirs = CONTEXT.Pipe()
        first = CONTEXT.Process(target=rebuild, args=(samples.address(store.folder), store.folder, theirs))
        first.start()
        try:
            assert ours.poll(60) and ours.recv() == "at work"
            second = run(store.folder, "reindex")
            assert (second.returncode, second.stdout) == (1, "") and second.stderr.count("\n") == 1
            assert "another reindex" in second.stderr and "wait for its end" in second.stderr
            if killed:
                first.kill()
            else:
                ours.send("go on")
                assert ours.poll(60) and ours.recv() == len(wanted(store))
            first.join(60)
        finally:
            first.kill()
            first.join()
        assert held(store.folder) == wanted(store)
        assert run(store.folder, "reindex").returncode == 0
        assert held(store.folder) == wanted(store) and not list(store.folder.glob("*.building"))


def indexed(url: str, folder: Path, done: threading.Event) -> None:
    with Store.open(url, folder) as store:
        while not done.is_set() or behind(store, folder):
            project(store, folder)


@pytest.mark.both_databases
def test_two_projectors_at_once_write_each_notice_once(
    desk: Any, samples: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pages = desk
    monkeypatch.setattr("scheduler.ingest.BATCH", 3)
    source = samples.write(tmp_path / "in", samples.files(20))
    done = threading.Event()
    given = samples.address(store.folder), store.folder, done
    threads = [threading.Thread(target=indexed, args=given) for _ in range(2)]
    for thread in threads:
        thread.start()
    ingest(store, pages, [source], workers=1, now=samples.now)
    done.set()
    for thread in threads:
        thread.join()
    assert held(store.folder) == wanted(store)


def test_a_locked_index_holds_up_its_writer_and_no_reader(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    ingest(store, pages, [samples.write(tmp_path / "a", samples.files(2))], workers=1, now=samples.now)
    project(store, store.folder)
    before = held(store.folder)
    ingest(store, pages, [samples.write(tmp_path / "b", samples.files(5))], workers=1, now=samples.now)
    lock = sqlite3.connect(store.folder / "index-0001.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    done = threading.Event()

    def write() -> None:
        with Store.open(samples.address(store.folder), store.folder) as own:
            project(own, store.folder)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    with Index(store.folder) as index:
        assert len(index) == len(before) and not done.is_set()
    lock.execute("COMMIT")
    lock.close()
    writer.join(60)
    assert done.is_set() and held(store.folder) == wanted(store)


def fill(url: str, source: Path, folder: Path, answers: Connection) -> None:
    """Ingests and indexes with a limit on the size of files, as on a disk that is full, and again without it."""
    from datetime import datetime

    from notices.schema import SHANGHAI

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    now = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
    with Store.open(url, folder) as store, PageFile(folder) as pages:
        steps = [
            lambda: ingest(store, pages, [source], workers=1, now=now).failed,
            lambda: project(store, folder) and 0,
        ]
        for step in steps:
            for limit in (220_000, resource.RLIM_INFINITY):
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
                try:
                    answers.send(str(step()))
                except Problem as problem:
                    answers.send(str(problem))


def test_a_full_disk_ends_an_ingest_in_one_line_and_the_next_one_finishes(samples: Any, tmp_path: Path) -> None:
    source, folder = samples.write(tmp_path / "in", samples.files(30)), tmp_path / "data"
    ours, theirs = CONTEXT.Pipe()
    child = CONTEXT.Process(target=fill, args=(samples.address(folder), source, folder, theirs))
    child.start()
    theirs.close()
    said = []
    try:
        while True:
            said.append(ours.recv())
    except EOFError:
        child.join()
    assert child.exitcode == 0 and len(said) == 4, said
    assert all("free some disk space" in one and "\n" not in one for one in said[::2]), said
    assert said[1::2] == ["0", "0"]
    store, pages = samples.opened(folder)
    other, kept = samples.opened(tmp_path / "alone")
    with store, pages, other, kept:
        ingest(other, kept, [source], workers=1, now=samples.now)
        assert samples.state(store) == samples.state(other) and held(folder) == wanted(store)

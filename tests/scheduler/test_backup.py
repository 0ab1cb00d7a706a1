"""Backup while others write, restore over what is there, and files that are no backup."""

import threading
from pathlib import Path
from typing import Any

import pytest

from notices.problem import Problem
from scheduler.backup import backup, restore
from scheduler.ingest import ingest


def test_a_backup_taken_during_an_ingest_restores_to_a_whole_store(
    desk: Any, samples: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pages = desk
    monkeypatch.setattr("scheduler.ingest.BATCH", 5)
    source = samples.write(tmp_path / "in", samples.files())
    begun = threading.Event()
    taken: list[Any] = []

    def take() -> None:
        begun.wait(30)
        other, file = samples.opened(store.folder)
        with other, file:
            taken.append(backup(other, file, tmp_path / "b.backup"))

    thread = threading.Thread(target=take)
    thread.start()
    ingest(store, pages, [source], workers=1, now=samples.now, progress=lambda done, total: begun.set())
    thread.join()
    assert taken[0].bytes == (tmp_path / "b.backup").stat().st_size
    again = tmp_path / "again"
    restore(tmp_path / "b.backup", f"sqlite:///{again / 'policywatch.db'}", again)
    copy, kept = samples.opened(again)
    with copy, kept:
        with copy.reading() as connection:
            hashes = connection.exec_driver_sql("SELECT body_hash FROM pages").scalars().all()
        assert hashes and all(kept.get(key) for key in hashes)
        ingest(copy, kept, [source], now=samples.now)
        assert samples.state(copy) == samples.state(store)


def test_a_restore_sets_the_old_store_aside_and_gets_a_name_of_its_own(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(4))], now=samples.now)
    before, name = samples.state(store), store.store_id
    backup(store, pages, tmp_path / "b.backup")
    ingest(store, pages, [samples.write(tmp_path / "more", samples.files(9))], now=samples.now)
    store.close()
    restore(tmp_path / "b.backup", str(store.engine.url), store.folder)
    restored, _ = samples.opened(store.folder)
    with restored:
        assert samples.state(restored) == before
        assert restored.store_id != name
    aside = list(store.folder.glob("before-restore-*"))
    assert len(aside) == 1
    old, _ = samples.opened(aside[0])
    with old:
        assert len(samples.state(old)) > len(before)


def test_what_is_no_backup_replaces_nothing(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(3))], now=samples.now)
    before = samples.state(store)
    good = tmp_path / "b.backup"
    backup(store, pages, good)
    with pytest.raises(Problem, match="there already"):
        backup(store, pages, good)
    cut, text = tmp_path / "cut.backup", tmp_path / "text.backup"
    cut.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    text.write_text("not a backup")
    for file in (cut, text, tmp_path / "missing.backup"):
        with pytest.raises(Problem, match="backup"):
            restore(file, str(store.engine.url), store.folder)
    assert samples.state(store) == before
    assert not list(store.folder.glob("before-restore-*"))

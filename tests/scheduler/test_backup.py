"""Backup while others write, restore over what is there, and files that are no backup."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import metadata
from notices.store import Store
from scheduler.backup import backup
from scheduler.corrections import forget
from scheduler.doctor import doctor
from scheduler.ingest import ingest
from scheduler.restore import restore
from scheduler.service import ScheduleHeld, held
from scheduler.standby import leading


@pytest.mark.both_databases
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
    restore(tmp_path / "b.backup", samples.address(again), again)
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


def numbers(store: Any) -> list[Any]:
    """Every row of every table, as it is."""
    with store.reading() as connection:
        names = [table for table in metadata.sorted_tables if table.name != "meta"]
        return [sorted(map(repr, connection.execute(select(table)))) for table in names]


def test_a_store_moves_to_postgresql_and_back_whole(desk: Any, samples: Any, tmp_path: Path, postgres_url: str) -> None:
    store, pages = desk
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(9))], now=samples.now)
    gone = next(one for one in store.notices(store.notice_ids()) if len(one.carriers) == 1)
    forget(store, pages, gone.url, now=samples.now)  # what counted its rows must not count them again
    before, names = numbers(store), {store.store_id}
    backup(store, pages, tmp_path / "there.backup")
    there, back = tmp_path / "there", tmp_path / "back"
    restore(tmp_path / "there.backup", postgres_url, there)
    with Store.open(postgres_url, there) as moved, PageFile(there) as kept:
        assert numbers(moved) == before
        backup(moved, kept, tmp_path / "back.backup")
        with pytest.raises(Problem, match="not empty"):
            restore(tmp_path / "back.backup", postgres_url, there)
        names.add(moved.store_id)
        ingest(moved, kept, [samples.write(tmp_path / "more", samples.files(12))], now=samples.now)
        assert gone.notice_id not in moved.notice_ids() and moved.last_event() > store.last_event()
    restore(tmp_path / "back.backup", samples.address(back), back)
    returned, kept = samples.opened(back)
    with returned, kept:
        assert numbers(returned) == before
        names.add(returned.store_id)
        ingest(returned, kept, [tmp_path / "more"], now=samples.now)
        assert samples.state(returned) != samples.state(store) and gone.notice_id not in returned.notice_ids()
    assert len(names) == 3


@pytest.mark.both_databases
def test_while_run_holds_the_schedule_nothing_is_restored(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(2))], now=samples.now)
    backup(store, pages, tmp_path / "b.backup")
    before = samples.state(store)
    with held(store.folder), pytest.raises(ScheduleHeld, match=r"runs the schedule.*: stop it first"):
        restore(tmp_path / "b.backup", samples.address(store.folder), store.folder)
    if store.engine.dialect.name == "postgresql":
        with leading(store.engine) as lead:
            lead()
            with pytest.raises(ScheduleHeld, match="another host"):
                restore(tmp_path / "b.backup", samples.address(store.folder), tmp_path / "other")
    assert samples.state(store) == before
    assert not list(tmp_path.rglob("before-restore-*"))


def test_doctor_says_where_the_bytes_of_pages_are(
    desk: Any, samples: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pages = desk
    monkeypatch.setenv("POLICYWATCH_DATA", str(store.folder))
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(2))], now=samples.now)
    found = {one.check: one for one in doctor(samples.now)}
    assert (found["pages"].state, found["store"].state) == ("ok", "ok")
    monkeypatch.setenv("POLICYWATCH_DATABASE_URL", samples.address(store.folder))
    monkeypatch.setenv("POLICYWATCH_DATA", str(tmp_path / "other host"))
    found = {one.check: one for one in doctor(samples.now)}
    assert found["pages"].state == "warning" and "another host" in found["pages"].advice
    assert not (tmp_path / "other host" / "pages.db").exists()

"""What a store answers when it is locked, full, too new, or no store."""

import os
import resource
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import meta, metadata
from notices.store import Store, StoreBroken, StoreFull, StoreLocked, StoreTooNew, StoreTooOld
from notices.store.engine import connect
from notices.store.migrate import revision
from tests.processes import CONTEXT

ROOT = Path(__file__).parent.parent.parent


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'store.db'}"


def one_line(problem: Problem) -> str:
    assert "\n" not in str(problem) and str(problem.args[0]).count(":") >= 1
    return str(problem)


def add(counts: str, folder: Path, rounds: int) -> None:
    """Adds one to a number, deciding on what was read: lost updates show if the lock came after the reading."""
    with Store.open(counts, folder) as store:
        for _ in range(rounds):
            with store.writing() as connection:
                row = connection.execute(meta.select().where(meta.c.name == "count")).first()
                if row is None:
                    connection.execute(meta.insert().values(name="count", value="1"))
                else:
                    connection.execute(
                        meta.update().where(meta.c.name == "count").values(value=str(int(row.value) + 1))
                    )


@pytest.mark.both_databases(empty=True)
def test_three_processes_make_one_store_and_lose_no_update(store_address: Any, tmp_path: Path) -> None:
    url = store_address(tmp_path)
    children = [CONTEXT.Process(target=add, args=(url, tmp_path, 60)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    with Store.open(url, tmp_path) as store, store.reading() as connection:
        assert connection.execute(meta.select().where(meta.c.name == "count")).one().value == "180"
        assert connection.exec_driver_sql("SELECT count(*) FROM meta WHERE name = 'store_id'").scalar() == 1


def migrated(url: str, folder: Path, target: str) -> Store:
    """A store that the migrations made, from the first one to a target."""
    store = Store(connect(url), folder)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "notices" / "migrations"))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, target)
    return store


def tables(connection: Any) -> dict[str, Any]:
    """Every table's columns, keys and indexes; what fills columns that are added to rows is the migrations' own."""
    found = inspect(connection)
    return {
        name: (
            sorted((one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(name)),
            *(sorted(map(str, look(name))) for look in (found.get_unique_constraints, found.get_indexes)),
            *(sorted(map(str, look(name))) for look in (found.get_foreign_keys, found.get_check_constraints)),
            found.get_pk_constraint(name),
        )
        for name in found.get_table_names()
    }


@pytest.mark.both_databases(empty=True)
def test_a_new_store_is_as_the_migrations_would_have_made_it(store_address: Any, tmp_path: Path) -> None:
    with Store.open(store_address(tmp_path / "new"), tmp_path) as new, new.reading() as connection:
        made, at = tables(connection), revision(connection)
    url = store_address(tmp_path / "old")
    migrated(url, tmp_path, "0001").close()
    with Store.open(url, tmp_path) as old, old.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        assert (tables(connection), revision(connection)) == (made, at)


@pytest.mark.both_databases(empty=True)
def test_a_store_of_an_earlier_version_is_left_alone_by_a_look_and_upgraded_by_work(
    store_address: Any, tmp_path: Path
) -> None:
    url = store_address(tmp_path)
    with migrated(url, tmp_path, "0003") as old, old.writing() as connection:
        connection.execute(meta.insert().values(name="store_id", value="the old one"))
    with pytest.raises(StoreTooOld, match="earlier version") as caught:
        Store.existing(url, tmp_path)
    one_line(caught.value)
    with Store.open(url, tmp_path) as store, store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
        assert store.store_id == "the old one"
    looked = Store.existing(url, tmp_path)
    assert looked is not None
    with looked:
        assert looked.last_event() == 0


def test_a_store_of_a_user_waits_for_the_disk(tmp_path: Path) -> None:
    """The tests' own do not, so this one is opened elsewhere."""
    code = "import sys; from pathlib import Path; from notices.store import Store; store = Store.open(*sys.argv[1:])"
    code += "; print(store.engine.connect().exec_driver_sql('PRAGMA synchronous').scalar())"
    call = [sys.executable, "-c", code, address(tmp_path), str(tmp_path)]
    assert subprocess.run(call, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout == "2\n"  # FULL


@pytest.mark.both_databases(empty=True)
def test_a_locked_store_says_so_and_works_afterwards(store_address: Any, tmp_path: Path) -> None:
    url = store_address(tmp_path)
    with Store.open(url, tmp_path, busy_seconds=0.1) as store:
        with Store.open(url, tmp_path) as other, other.writing():
            with pytest.raises(StoreLocked, match="locked by another process") as caught, store.writing():
                pass
            one_line(caught.value)
            assert store.last_event() == 0  # readers do not wait for a writer
        with store.writing() as connection:
            connection.execute(meta.insert().values(name="a", value="b"))


@pytest.mark.both_databases(empty=True)
def test_a_store_of_a_newer_version_is_left_alone(store_address: Any, tmp_path: Path) -> None:
    url = store_address(tmp_path)
    with Store.open(url, tmp_path) as store, store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match="newer policywatch") as caught:
        Store.open(url, tmp_path)
    one_line(caught.value)


def test_what_is_no_store_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"this is not a database" * 1000)
    with pytest.raises(StoreBroken, match="restore"):
        Store.open(address(tmp_path), tmp_path)
    with pytest.raises(StoreBroken, match="POLICYWATCH_DATABASE_URL"):
        Store.open("nonsense", tmp_path)
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreBroken):
        Store.open(f"sqlite:///{tmp_path / 'folder.db'}", tmp_path)


def fill(folder: Path, answers: Connection) -> None:
    """Writes with a limit on the size of files, as on a disk that is full, and again without it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Store.open(address(folder), folder) as store, PageFile(folder) as pages:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
        try:
            with store.writing() as connection:
                for number in range(100):
                    connection.execute(meta.insert().values(name=f"n{number}", value="x" * 100_000))
        except StoreFull as problem:
            answers.send(str(problem))
        try:
            pages.put_many([(os.urandom(3_000_000), "") for _ in range(2)])
        except Problem as problem:
            answers.send(str(problem))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        with store.writing() as connection:
            connection.execute(meta.insert().values(name="after", value="fine"))
        answers.send("after")


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    ours, theirs = CONTEXT.Pipe()
    child = CONTEXT.Process(target=fill, args=(tmp_path, theirs))
    child.start()
    theirs.close()
    said = []
    try:
        while True:
            said.append(ours.recv())
    except EOFError:
        child.join()
    assert child.exitcode == 0 and len(said) == 3, said
    assert all("free some disk space" in one for one in said[:2])
    with Store.open(address(tmp_path), tmp_path) as store, store.reading() as connection:
        names = set(connection.execute(meta.select()).scalars())
        assert names == {"store_id", "after"}
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"

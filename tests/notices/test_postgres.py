"""What is PostgreSQL's own: commits in order, one state for readers, sessions that end, errors that say what to do."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from notices.schema import SHANGHAI, events, meta
from notices.store import Store, StoreBroken
from notices.store.engine import connect, insert_numbered, insert_rows
from tests.commands import run
from tests.polling import until
from tests.servers.postgres import running, stop

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
HUSH = "hunter2:/x"


@pytest.fixture
def store(postgres_url: str, tmp_path: Path) -> Iterator[Store]:
    with Store.open(postgres_url, tmp_path) as opened:
        yield opened


def event(connection: Connection, notice: int) -> int:
    row = {"kind": "new", "notice_id": notice, "mode": "live", "at": NOW, "detail": {}}
    return connection.execute(insert(events).values(row).returning(events.c.number)).scalar_one()


def waiting(store: Store) -> int:
    """How many connections of the database wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with store.reading() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())


def test_no_cursor_passes_an_event_that_commits_late(store: Store) -> None:
    written, commit = threading.Event(), threading.Event()

    def slow() -> None:
        with store.writing() as connection:
            event(connection, 1)
            written.set()
            assert commit.wait(20)

    def quick() -> None:
        with store.writing() as connection:
            event(connection, 2)

    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        assert written.wait(20)
        second = pool.submit(quick)
        until(lambda: waiting(store) == 1)  # the second writer stands before the lock, its event has no number yet
        assert store.events_after(0) == [] and not second.done()
        commit.set()
        while len(seen) < 2:
            cursor = seen[-1][0] if seen else 0
            seen += [(one.number, one.notice_id) for one in store.events_after(cursor)]
        first.result(), second.result()
    assert [notice for _, notice in seen] == [1, 2]
    assert seen == [(one.number, one.notice_id) for one in store.events_after(0)]


def test_without_the_writers_lock_a_cursor_would_pass_one(store: Store) -> None:
    """The danger is real on this server: the test above would fail if the lock did nothing."""
    with store.engine.connect() as late, store.engine.connect() as early:
        event(late, 1)
        event(early, 2)
        early.commit()
        passed = store.events_after(0)[-1]
        late.commit()
    assert passed.notice_id == 2 and store.events_after(passed.number) == []
    assert [one.notice_id for one in store.events_after(0)] == [1, 2]


def test_a_reader_sees_one_state_and_writes_nothing(store: Store) -> None:
    names = select(meta.c.name)
    with store.reading() as reader:
        before = reader.execute(names).all()
        with store.writing() as writer:
            writer.execute(insert(meta).values(name="a", value="b"))
        assert reader.execute(names).all() == before
    with store.reading() as reader:
        assert len(reader.execute(names).all()) == len(before) + 1
    with pytest.raises(StoreBroken, match="read-only"), store.reading() as reader:
        reader.execute(insert(meta).values(name="c", value="d"))


def test_every_text_compares_by_its_bytes(databases: Any, tmp_path: Path) -> None:
    url = databases.make("LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'")
    with Store.open(url, tmp_path) as store, store.writing() as connection:
        query = (
            "SELECT DISTINCT l.collname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_collation l ON l.oid = a.attcollation "
            "WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
        )
        assert connection.exec_driver_sql(query).scalars().all() == ["C"]
        words = ["b", "B", "a", "中", "é", "_", "~", "文", "\U00020000", "a b"]
        insert_rows(connection, meta, ("name", "value"), [(word, "order") for word in words])
        ordered = select(meta.c.name).where(meta.c.value == "order").order_by(meta.c.name)
        assert connection.execute(ordered).scalars().all() == sorted(words, key=str.encode)


@pytest.mark.parametrize("way", ["returning", "copied"])
def test_numbers_are_given_in_the_order_of_the_rows(store: Store, way: str) -> None:
    made = {"kind": "new", "mode": "live", "at": NOW, "detail": {"a": ["文", "\\\t\n\x00"]}}
    rows = [{**made, "notice_id": 7 * one % 5_003} for one in range(2_500)]
    with store.writing() as connection:
        statement = insert(events).returning(events.c.number, sort_by_parameter_order=True)
        if way == "returning":
            numbers = list(connection.execute(statement, rows).scalars())
        else:
            numbers = insert_numbered(connection, events, rows)
        assert insert_numbered(connection, events, []) == []
    assert numbers == sorted(numbers)
    kept = store.events_after(0, 5_000)
    assert [(one.number, one.notice_id) for one in kept] == list(
        zip(numbers, (row["notice_id"] for row in rows), strict=True)
    )
    assert kept[0].detail == made["detail"] and kept[0].at == NOW and kept[0].article_id is None


def test_rows_in_bulk_keep_their_values_and_an_error_leaves_the_connection_usable(store: Store) -> None:
    odd = ["\\N", "\t\r\n", "\\", "'\";--", "%s", "\U0001f600", ""]
    with store.writing() as connection:
        insert_rows(connection, meta, ("name", "value"), [(str(place), one) for place, one in enumerate(odd)])
    with pytest.raises(DBAPIError), store.writing() as connection:
        insert_rows(connection, meta, ("name", "value"), [("more", "x"), ("0", "twice")])
    with store.reading() as connection:
        kept = connection.execute(select(meta.c.value).where(meta.c.name.in_(map(str, range(len(odd)))))).scalars()
        assert sorted(kept) == sorted(odd)
        assert connection.execute(select(meta).where(meta.c.name == "more")).first() is None


def test_a_connection_that_was_ended_costs_its_transaction_only(store: Store) -> None:
    end = text("SELECT pg_terminate_backend(:pid)")
    with pytest.raises(StoreBroken, match=r"start again|cannot be reached") as caught, store.writing() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        event(connection, 1)
        with store.reading() as other:
            other.execute(end, {"pid": pid})
        event(connection, 2)
    assert "\n" not in str(caught.value)
    with store.writing() as connection:  # whoever waited for the lock has it now
        event(connection, 3)
    assert [one.notice_id for one in store.events_after(0)] == [3]
    idle = connect(str(make_url(store.engine.url).render_as_string(hide_password=False)))
    with idle.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with store.reading() as other:
        other.execute(end, {"pid": pid})
    with idle.connect() as connection:  # the pool looks before it hands one out
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    idle.dispose()


def test_a_server_that_was_killed_comes_back_with_everything_committed(postgres_server: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="policywatch-server-"))
    try:
        url = make_url(running(folder)[0]).set(drivername="postgresql+psycopg")
        url = url.update_query_dict(
            {"options": "-c synchronous_commit=on"}
        )  # the tests' servers need not be so careful
        with Store.open(url.render_as_string(hide_password=False), folder) as store:
            with store.writing() as connection:
                event(connection, 1)
            stop(folder, signal.SIGKILL)
            with pytest.raises(StoreBroken, match="cannot be reached"):
                store.last_event()
            running(folder)
            with store.writing() as connection:
                event(connection, 2)
            assert [one.notice_id for one in store.events_after(0)] == [1, 2]
    finally:
        stop(folder)
        shutil.rmtree(folder)


def refused(url: Any, folder: Path) -> str:
    given = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    with pytest.raises(StoreBroken) as caught:
        Store.open(given, folder).close()
    said = str(caught.value)
    assert HUSH not in said and "\n" not in said and ": " in said
    return said


def test_what_keeps_a_store_from_opening_is_said_without_the_password(databases: Any, tmp_path: Path) -> None:
    url = make_url(databases.make()).set(password=HUSH)
    away = "postgresql+psycopg://pw@127.0.0.1:9/pw?password=" + HUSH
    assert "cannot be reached" in refused(away, tmp_path) and "password=***" in refused(away, tmp_path)
    assert "createdb" in refused(url.set(database="nowhere"), tmp_path)
    assert "check user and password" in refused(url.set(username="nobody_there"), tmp_path)
    latin = databases.make("ENCODING 'LATIN1' LOCALE 'C'")
    assert "--encoding=UTF8" in refused(latin, tmp_path)
    assert "postgresql+psycopg://" in refused(f"postgresql+asyncpg://pw:{HUSH}@127.0.0.1/pw", tmp_path)
    role = "weak_" + str(url.database)
    databases.run(f"CREATE ROLE {role} LOGIN")
    try:
        assert "owner of the database" in refused(url.set(username=role), tmp_path)
    finally:
        databases.run(f"DROP ROLE {role}")
    standby = url.update_query_dict({"options": "-c default_transaction_read_only=on"})
    assert "name the primary server" in refused(standby, tmp_path)


def test_a_statement_that_takes_too_long_is_named(databases: Any, tmp_path: Path) -> None:
    url = make_url(databases.make())
    slow = url.update_query_dict({"options": "-c statement_timeout=50"})
    with Store.open(url.render_as_string(hide_password=False), tmp_path):
        pass
    with Store.open(slow.render_as_string(hide_password=False), tmp_path) as store:
        with pytest.raises(StoreBroken, match="statement_timeout"), store.reading() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(5)")
        assert store.last_event() == 0


def without_driver(folder: Path, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    code = "import sys; sys.modules['psycopg'] = None; from policywatch import main; main()"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    given = {**kept, "POLICYWATCH_DATA": str(folder), "POLICYWATCH_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-c", code, *arguments]
    return subprocess.run(call, cwd=folder, env=given, capture_output=True, text=True, encoding="utf-8")


def test_the_command_line_names_the_driver_that_is_missing_and_hides_the_password(tmp_path: Path) -> None:
    url = f"postgresql://pw:{HUSH}@127.0.0.1:9/pw?sslpassword={HUSH}"
    done = without_driver(tmp_path, url, "show", "1")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "pip install 'policywatch[postgres]'" in done.stderr
    shown = [
        run(tmp_path, *arguments, POLICYWATCH_DATABASE_URL=url)
        for arguments in (("show", "1"), ("doctor", "--json"), ("settings", "--json"))
    ]
    assert [done.returncode for done in shown] == [1, 1, 0]
    for done in (*shown, run(tmp_path, "settings", POLICYWATCH_DATABASE_URL=f"mysql://pw:{HUSH}@host/pw")):
        assert HUSH not in done.stdout + done.stderr and "Traceback" not in done.stderr
        assert "pw:***@" in done.stdout + done.stderr
    rows = {row["name"]: row["value"] for row in json.loads(shown[-1].stdout)}
    assert rows["POLICYWATCH_DATABASE_URL"] == "postgresql://pw:***@127.0.0.1:9/pw?sslpassword=***"

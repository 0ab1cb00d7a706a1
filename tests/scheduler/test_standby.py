"""Hosts that share a database: one runs the schedule, another takes over when it is gone."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from notices.store import Store
from notices.store.postgres import SCHEDULE_LOCK
from scheduler.standby import ScheduleHeld, leading, refuse_leading
from tests.polling import until

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def host(url: str, folder: Path) -> Iterator[tuple[Callable[[], None], threading.Event]]:
    """A host's lead, and whether it leads; ended at the end."""
    leads = threading.Event()
    with Store.open(url, folder) as store, leading(store.engine, look=0.02) as lead:

        def wait() -> None:
            lead()
            leads.set()

        yield wait, leads


def leader(connection: Connection) -> int | None:
    query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted AND database = "
    query += "(SELECT oid FROM pg_database WHERE datname = current_database())"
    return connection.execute(text(query), {"key": SCHEDULE_LOCK}).scalar()


def test_the_second_host_stands_by_until_the_first_is_gone(
    postgres_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "policywatch.service")
    with host(postgres_url, tmp_path) as (first, _):
        with host(postgres_url, tmp_path) as (second, second_leads):
            first()
            first()  # still
            waiting = threading.Thread(target=second)
            waiting.start()
            until(lambda: "another host runs the schedule: standing by" in caplog.text)
            with Store.open(postgres_url, tmp_path) as store:
                with pytest.raises(ScheduleHeld, match="another host"):
                    refuse_leading(store.engine)
                with store.reading() as connection:  # what a host that lost its network comes to
                    connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": leader(connection)})
            waiting.join(20)
            assert second_leads.is_set() and "this host runs the schedule now" in caplog.text
            caplog.clear()
            again = threading.Thread(target=first)
            again.start()
            until(lambda: "standing by" in caplog.text)
            second()
            assert again.is_alive()
        again.join(20)
        assert not again.is_alive()


def test_on_sqlite_nobody_waits(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'policywatch.db'}"
    with host(url, tmp_path) as (first, leads), host(url, tmp_path) as (second, _):
        first()
        second()
        assert leads.is_set()

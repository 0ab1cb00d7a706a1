"""The schedule of a database that several hosts share: one of them runs it, the others stand by and take over."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from notices.problem import Problem
from notices.store import StoreBroken
from notices.store.engine import advised
from notices.store.postgres import try_lead

LOOK = 5.0  # seconds between two looks whether the other host is still there
log = logging.getLogger("policywatch.service")


class ScheduleHeld(Problem):
    """Another process holds the schedule of the data folder, or of the database."""


@contextmanager
def leading(engine: Engine, look: float = LOOK) -> Iterator[Callable[[], None]]:
    """Gives a function that returns while this process leads, and else waits until it does.

    The lead is a lock of a connection, so it ends with the process or with its host. While the database is away nobody
    leads, and the function waits too. On SQLite the lock of the data folder says everything, and it returns at once.
    """
    if engine.dialect.name == "sqlite":
        yield lambda: None
        return
    lead = _Lead(engine)
    try:
        yield lambda: lead.wait(look)
    finally:
        lead.end()


def refuse_leading(engine: Engine) -> None:
    """Nothing where no host runs the schedule of the database; raises ScheduleHeld."""
    if engine.dialect.name != "sqlite":
        lead = _Lead(engine)
        try:
            if not lead.take():
                raise ScheduleHeld("another host runs the schedule of this database: stop that first")
        finally:
            lead.end()


class _Lead:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def wait(self, look: float) -> None:
        said = ""
        while True:
            try:
                if self.take():
                    break
                found = "another host runs the schedule: standing by"
            except StoreBroken as error:
                self.end()
                found = f"nobody runs the schedule: {error}"
            if found != said:
                log.warning("%s", found)
            said = found
            time.sleep(look)
        if said:
            log.warning("this host runs the schedule now")

    def take(self) -> bool:
        """Whether this process leads, still or from now on."""
        with advised(self._engine):
            if self._connection is not None:
                self._connection.exec_driver_sql("SELECT 1")
                return True
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if try_lead(connection):
                self._connection = connection
                return True
            connection.close()
        return False

    def end(self) -> None:
        """Lets go of the lead, with the connection that holds it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.invalidate()
            connection.close()

"""`run`: the service that crawls on schedule, indexes and alerts until it is stopped."""

import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from config.settings import Settings
from notices.isolate import isolate
from notices.pagefile import PageFile
from notices.schema import SHANGHAI
from notices.store import Store
from scheduler.looking import Looking
from scheduler.projecting import Projecting
from scheduler.standby import ScheduleHeld, leading
from scheduler.stopping import Stopping
from scheduler.telling import Telling
from scheduler.timers import timers

LOCK = "schedule.lock"
STAND_BY = 1.0  # seconds between two tries to hold the schedule
log = logging.getLogger("policywatch.service")


def now() -> datetime:
    """The present instant in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


def serve(settings: Settings, store: Store, pages: PageFile, *, clock: Callable[[], datetime] = now) -> None:
    """Crawls what is due, indexes and alerts until SIGTERM or Ctrl-C; stands by while another process or host does.

    Looks are taken on the calling thread, where a signal can end them; telling goes on meanwhile.
    """
    stop = threading.Event()
    ticks: queue.Queue[None] = queue.Queue(maxsize=1)
    try:
        with (
            Stopping() as stopping,
            holding(settings.data, stopping),
            leading(store.engine) as lead,
            Projecting(settings, store, stop) as elastic,
            Telling(settings, store, clock, stop) as telling,
        ):
            with stopping.here():
                lead()
            looking = Looking(settings, store, pages, clock, stopping.later)
            timer = timers(lambda: _tick(ticks), telling.turn, lambda: _project(elastic, stop), telling.feed)
            timer.start()
            try:
                log.info("the service runs; stop it with SIGTERM or Ctrl-C")
                _tick(ticks)
                while True:
                    with stopping.here():
                        ticks.get()
                        lead()
                        looking.look()
            finally:
                stop.set()
                timer.shutdown(wait=True)
                looking.close()
    except KeyboardInterrupt:
        log.info("stopped")


@contextmanager
def holding(folder: Path, stopping: Stopping) -> Iterator[None]:
    """Holds the schedule of a data folder as soon as nobody else does, saying once that it waits."""
    said = False
    while True:
        with ExitStack() as stack:
            try:
                stack.enter_context(held(folder))
            except ScheduleHeld as problem:
                if not said:
                    log.warning("%s; standing by until it ends", problem)
                said = True
            else:
                if said:
                    log.warning("the other process ended: this one runs the schedule now")
                yield
                return
        with stopping.here():
            time.sleep(STAND_BY)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds the schedule of a data folder; raises ScheduleHeld when another process does.

    It is a lock of a file's own, which the system lets go of when the process ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{LOCK}.pid"
    with closing(sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise ScheduleHeld(f"another process{_whose(note)} runs the schedule of {folder}") from None
        try:
            note.write_text(str(os.getpid()), encoding="ascii")
            yield
        finally:
            note.unlink(missing_ok=True)


def _whose(note: Path) -> str:
    try:
        return f" ({note.read_text(encoding='ascii')})"
    except (OSError, UnicodeDecodeError):
        return ""


def _tick(ticks: "queue.Queue[None]") -> None:
    if ticks.empty():
        ticks.put_nowait(None)


def _project(elastic: Projecting, stop: threading.Event) -> None:
    if not stop.is_set():
        isolate(elastic.turn, "write to Elasticsearch")

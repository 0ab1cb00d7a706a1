"""`run`: the service that crawls on schedule, indexes and alerts until it is stopped."""

import logging
import os
import queue
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

from alerts.dispatcher import Dispatcher
from config.channels import Channel, load_channels
from config.settings import Settings, SettingsError
from notices.isolate import isolate
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import SHANGHAI
from notices.store import Store
from scheduler.crawl import crawl
from scheduler.round import catch_up, due
from scheduler.timers import timers

LOCK = "schedule.lock"
log = logging.getLogger("policywatch.service")


class ScheduleHeld(Problem):
    """Another process holds the schedule of the data folder."""


def now() -> datetime:
    """The present instant in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


def serve(settings: Settings, store: Store, pages: PageFile, *, clock: Callable[[], datetime] = now) -> None:
    """Crawls what is due, indexes and alerts until SIGTERM or Ctrl-C; raises ScheduleHeld when another one does.

    Crawls run one at a time on the calling thread, so that a signal ends them in order; telling goes on meanwhile.
    """
    channels = _steady(load_channels())  # a mistake in them ends the service before it begins
    stop = threading.Event()
    dispatcher = Dispatcher(store, stop=stop)
    ticks: queue.Queue[None] = queue.Queue(maxsize=1)
    with held(settings.data), store.kept(), _stoppable():
        timer = timers(
            lambda: _tick(ticks),
            lambda: _tell(settings, store, lambda now: dispatcher.turn(channels, now), clock, stop),
        )
        try:
            timer.start()
            log.info("the service runs; stop it with SIGTERM or Ctrl-C")
            _tick(ticks)
            while True:
                ticks.get()
                isolate(lambda: _crawl(settings, store, pages, clock), "crawl")
        except KeyboardInterrupt:
            log.info("stopping")
        finally:
            stop.set()
            timer.shutdown(wait=True)
            dispatcher.close()


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
            raise ScheduleHeld(
                f"another process{_whose(note)} runs the schedule of {folder}: stop that first"
            ) from None
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


def _crawl(settings: Settings, store: Store, pages: PageFile, clock: Callable[[], datetime]) -> None:
    for name in due(store, clock()):
        for report in crawl(settings, store, pages, [name]).sources:
            level = logging.WARNING if report.error else logging.INFO
            found = f"{report.pages} pages, {report.new_notices} new notices"
            log.log(level, "%s: %s%s", name, found, f"; failed: {report.error}" if report.error else "")


def _tell(
    settings: Settings, store: Store, send: Callable[[datetime], None], clock: Callable[[], datetime],
    stop: threading.Event,
) -> None:  # fmt: skip
    """Indexes and matches what is new and sends couriers out; waits for none of them."""
    if not stop.is_set():
        isolate(lambda: catch_up(settings, store, clock()), "index and match")
        isolate(lambda: send(clock()), "send")


def _steady(good: dict[str, Channel]) -> Callable[[], dict[str, Channel]]:
    """Reads channels.yaml whenever it is asked; mistakes in it are told of once, and the last good one stands."""
    told = ""

    def read() -> dict[str, Channel]:
        nonlocal good, told
        try:
            good, told = load_channels(), ""
        except SettingsError as error:
            if str(error) != told:
                log.error("%s; until it is mended the channels of before are used", error)
            told = str(error)
        return good

    return read


@contextmanager
def _stoppable() -> Iterator[None]:
    """Makes SIGTERM end the service as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

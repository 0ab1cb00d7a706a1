"""One look of the service at its sources and hosts: what is due begins, what ended is said, what fell ill too."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from config import operator
from config.settings import Settings
from config.sources import FILE, Source, read_sources
from notices.isolate import isolate
from notices.pagefile import PageFile
from notices.store import Store
from notices.store.source_runs import micros, runs_after
from scheduler.alarms import watch
from scheduler.children import Child, start, stop, wait
from scheduler.crawl import order_for
from scheduler.file_reading import read_files
from scheduler.hosts import Hosts
from scheduler.overdue import list_overdue
from scheduler.prune import prune
from scheduler.schedule import begin_due, free_hosts

ALL = timedelta(minutes=5)  # between two looks at sources that did nothing
FILES, FILE_SECONDS = 5, 30.0  # read in one look, whichever is reached first
MOST = 1_000  # sources of one crawl that are named
PRUNE_AT = 4  # the hour of the day, in Asia/Shanghai

log = logging.getLogger("policywatch.service")


@dataclass(slots=True)
class Looking:
    """What the service remembers from look to look; `children` are the crawls under way.

    What runs inside `whole` is not cut in half by a signal: a process that began is known.
    """

    settings: Settings
    store: Store
    pages: PageFile
    clock: Callable[[], datetime]
    whole: Callable[[], AbstractContextManager[None]] = nullcontext
    children: list[Child] = field(default_factory=list)
    watched_at: datetime | None = None
    judged_at: datetime | None = None
    pruned_on: date | None = None
    sources: tuple[Source, ...] = ()
    read_at: datetime | None = None
    text: str = ""

    def look(self) -> None:
        """Does all that is due; a part that fails is logged and holds up no other."""
        isolate(self._reap, "end crawls")
        self.look_without_crawling()
        isolate(self._crawl, "start a crawl")
        isolate(self._read, "read attached files")

    def look_without_crawling(self) -> None:
        """The part of a look that costs this process something."""
        isolate(self._begin, "begin what is due")
        isolate(self._list, "list what cannot be read")
        isolate(self._watch, "look after the sources")
        isolate(self._prune, "remove old pages")

    def _sources(self) -> tuple[Source, ...]:
        """The sources of today's sources.yaml, read again when it changed; now and then where it names other files."""
        now, text = self.clock(), operator.text(FILE)
        aged = self.read_at is None or (now - self.read_at >= ALL and any(source.file for source in self.sources))
        if aged or text != self.text:
            self.sources, self.read_at, self.text = read_sources(text), now, text
        return self.sources

    def close(self) -> None:
        """Ends the crawls under way, in order."""
        for child in self.children:
            stop(child)
            Hosts(self.store, child.owner).release_all(child.owner)
        self.children.clear()

    def _reap(self) -> None:
        for child in list(self.children):
            if child.process.poll() is not None or child.overtime:
                self.children.remove(child)
                error = wait(child, Hosts(self.store, child.owner))
                if error:
                    log.warning("a crawl's process: %s", error)
                self._brought(child)

    def _brought(self, child: Child) -> None:
        """Says what a crawl brought, source by source; nobody looks it up where nobody wants to know."""
        if log.isEnabledFor(logging.INFO):
            with self.store.reading() as connection:
                runs = runs_after(connection, micros(child.begun_at), 0, MOST)
            for run in runs:
                counted = ", ".join(f"{number} {name}" for name, number in run.outcomes.items()) or "nothing"
                log.info(
                    "%s: %s; %d new articles, %d new notices", run.source, counted, run.new_articles, run.new_notices
                )

    def _begin(self) -> None:
        for name in begin_due(self.store, self._sources(), self.clock()):
            log.info("%s: its list is due", name)

    def _crawl(self) -> None:
        """Starts a process for hosts that nobody drains: one under way takes new hosts too, unless it is stuck."""
        if len(self.children) < self.settings.crawl_processes and free_hosts(self.store, self.clock()):
            with self.whole():
                self.children.append(start(order_for(self.settings, self._sources())))

    def _read(self) -> None:
        """Reads a few of the files that wait: crawls that end meanwhile are seen to by the next look."""
        if read := read_files(self.store, self.pages, self.clock(), most=FILES, seconds=FILE_SECONDS):
            log.info("attached files: %s", ", ".join(f"{number} {name}" for name, number in sorted(read.items())))

    def _list(self) -> None:
        by_name = {source.name: source for source in self._sources()}
        if made := list_overdue(self.store, self.pages, by_name, self.clock()):
            log.warning("%d pages cannot be read yet: what the list says of them stands in for them", made)

    def _watch(self) -> None:
        now = self.clock()
        still = self.judged_at is None or now - self.judged_at >= ALL
        for alarm in watch(self.store, self._sources(), now, self.watched_at, still=still):
            if alarm.ended_at is None:
                log.warning("%s: %s: %s", alarm.source, alarm.kind, alarm.detail)
            else:
                log.warning("%s: no longer %s", alarm.source, alarm.kind)
        self.watched_at = now
        self.judged_at = now if still else self.judged_at

    def _prune(self) -> None:
        now = self.clock()
        if now.hour >= PRUNE_AT and self.pruned_on != now.date():
            self.pruned_on = now.date()
            prune(self.store, self.pages, self.settings.keep_lists_days, self.settings.keep_others_days, now)

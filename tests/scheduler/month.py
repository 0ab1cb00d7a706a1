"""A simulated stretch of time: sources, what happens to their sites, and the schedule that lives through it."""

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from sqlalchemy import select

from config.sources import Source
from notices.schema import hosts
from notices.schema import sources as table
from notices.target import Kind, Target
from scheduler.alarms import watch
from scheduler.schedule import begin_due
from tests.scheduler.crawled import START, Crawl, feed

TROUBLES = ("blocked", "changed_layout", "empty", "unreachable", "slow")
PATIENT = {"unreachable": 2, "slow": 2}  # failures in a row before there is an alarm
TICK = timedelta(minutes=1)  # between two looks that may do something
JUDGE = timedelta(hours=1)  # between two looks at sources that did nothing


@dataclass(frozen=True)
class Outage:
    """What is wrong with a source's site from one moment to another."""

    source: str
    kind: str
    begins: datetime
    ends: datetime


@dataclass
class World:
    """The sites of sources: an article is added every four days, and outages come and go."""

    sources: list[Source]
    outages: list[Outage]
    off: datetime  # from here to `on` the machine itself is down
    on: datetime
    asked: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    items: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def made(cls, number: int, days: int, seed: int) -> "World":
        chance = random.Random(seed)
        every = [90, 240, 480, 720, 1440, 1440]
        sources = [
            Source(f"s{one:02}", "feed", f"https://s{one:02}.example.cn/feed", every=every[one % len(every)], delay=0)
            for one in range(number)
        ]
        outages = []
        for source in chance.sample(sources, number // 2):
            begins = START + timedelta(days=chance.uniform(2, days - 6))
            lasts = timedelta(minutes=source.every + chance.uniform(60, 600))
            outages.append(Outage(source.name, chance.choice(TROUBLES), begins, begins + lasts))
        off = START + timedelta(days=days / 2)
        return cls(sources, outages, off, off + timedelta(hours=26))

    def trouble(self, source: str, now: datetime) -> str:
        return next((one.kind for one in self.outages if one.source == source and one.begins <= now < one.ends), "")

    def drain(self, crawl: Crawl) -> None:
        """Asks all that is due, as the process of a crawl does, and answers as the sites would now."""
        for host in crawl.memory.due():
            while (target := crawl.memory.take(host)) is not None:
                if target.kind is not Kind.LIST:
                    crawl.answer(target, "x", 404)
                elif self._list(crawl, target):
                    break

    def _list(self, crawl: Crawl, target: Target) -> bool:
        """Answers a list; True when it was a wall, after which its host is asked nothing more."""
        name, now = target.source, crawl.clock()
        self.asked[name].append(now)
        kind = self.trouble(name, now)
        if kind == "blocked":
            crawl.answer(target, "x", 429, Retry_After="60")
        elif kind in {"unreachable", "slow"}:
            crawl.lose(target, DownloadTimeoutError("30 s") if kind == "slow" else DownloadFailedError("reset"))
        elif kind:
            crawl.answer(target, "" if kind == "empty" else "<html>改版</html>")
        else:
            self._feed(crawl, target, name, f"{now - timedelta(days=now.toordinal() % 4):%m%d}")
        return kind == "blocked"

    def _feed(self, crawl: Crawl, target: Target, name: str, day: str) -> None:
        """A list as it is today; every site but each fifth says so when it is the one of last time."""
        items = self.items[name]
        if day not in items:
            items.insert(0, day)
        mark = "" if int(name[1:]) % 5 == 4 else f'"{day}"'
        if mark and crawl.memory.validators(target)[0] == mark:
            crawl.answer(target, "", 304)
        else:
            crawl.answer(target, feed(*((f"https://{name}.example.cn/{one}", one) for one in items[:20])), ETag=mark)

    def next_look(self, crawl: Crawl, judged: datetime) -> datetime:
        """The first tick at which something is due, a pause is over or sources that did nothing are judged."""
        now = crawl.clock()
        with crawl.store.reading() as connection:
            due = {row.name: row.next_due for row in connection.execute(select(table.c.name, table.c.next_due))}
            query = select(hosts.c.host, hosts.c.paused_until).where(hosts.c.paused_until > now)
            paused = {row.host: row.paused_until for row in connection.execute(query)}
        moments = [max(moment, paused.get(f"{name}.example.cn") or moment) for name, moment in due.items()]
        ticks = -(-(min([judged + JUDGE, *moments]) - now) // TICK)
        later = now + max(1, ticks) * TICK
        return self.on if self.off <= later < self.on else later

    def alarms(self, looks: list[datetime]) -> list[tuple[str, str, datetime, datetime]]:
        """The alarms that must have been, each with its source, kind, begin and end: the looks after what was asked.

        An outage during which a list was not asked often enough makes none.
        """
        found = []
        for one in self.outages:
            asked = self.asked[one.source]
            failed = [moment for moment in asked if one.begins <= moment < one.ends]
            if len(failed) >= PATIENT.get(one.kind, 1):
                loud, well = failed[PATIENT.get(one.kind, 1) - 1], asked[bisect_left(asked, one.ends)]
                found.append((one.source, one.kind, _after(looks, loud), _after(looks, well)))
        return sorted(found)


def live(world: World, crawl: Crawl, days: int) -> Iterator[datetime]:
    """Lives through so many days, looking whenever something is due; yields each moment of a look.

    A look is the service's: what is due begins and sources are judged; what the crawl brings is judged at the next one.
    """
    end = START + timedelta(days=days)
    watched, judged = None, START
    while crawl.clock.now < end:
        now = crawl.clock()
        begin_due(crawl.store, world.sources, now)
        still = now - judged >= JUDGE
        watch(crawl.store, world.sources, now, watched, still=still)
        watched, judged = now, now if still else judged
        world.drain(crawl)
        yield now
        crawl.clock.now = world.next_look(crawl, judged)


def _after(looks: list[datetime], moment: datetime) -> datetime:
    """The first look after a moment."""
    return next(look for look in looks if look > moment)

"""A simulated stretch of time: sources, what happens to their sites, and the schedule that lives through it."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError

from config.sources import Source
from notices.target import Kind
from scheduler.alarms import Alarm, load_alarms, watch
from scheduler.schedule import begin_due
from tests.scheduler.crawled import START, Crawl, feed

TROUBLES = ("blocked", "changed_layout", "empty", "unreachable", "slow")


@dataclass(frozen=True)
class Outage:
    """What is wrong with a source's site from one moment to another."""

    source: str
    kind: str
    begins: datetime
    ends: datetime


@dataclass
class World:
    """The sites of sources: an article is added now and then, and outages come and go."""

    sources: list[Source]
    outages: list[Outage]
    tick: timedelta = timedelta(minutes=5)  # between two looks
    down: list[tuple[datetime, datetime]] = field(default_factory=list)  # when the machine itself is off
    asked: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    items: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def made(cls, number: int, days: int, seed: int, tick: int = 5) -> "World":
        chance = random.Random(seed)
        every = [30, 60, 120, 240, 480, 1440]
        sources = [
            Source(f"s{one:02}", "feed", f"https://s{one:02}.example.cn/feed", every=every[one % len(every)], delay=0)
            for one in range(number)
        ]
        outages = []
        for source in sources[::2]:
            begins = START + timedelta(days=chance.uniform(2, days - 6))
            lasts = timedelta(minutes=source.every * 4 + chance.uniform(60, 2000))
            outages.append(Outage(source.name, chance.choice(TROUBLES), begins, begins + lasts))
        off = START + timedelta(days=days / 2)
        return cls(sources, outages, timedelta(minutes=tick), [(off, off + timedelta(hours=26))])

    def trouble(self, source: str, now: datetime) -> str:
        return next((one.kind for one in self.outages if one.source == source and one.begins <= now < one.ends), "")

    def is_down(self, now: datetime) -> bool:
        return any(begins <= now < ends for begins, ends in self.down)

    def answer(self, crawl: Crawl, name: str) -> None:
        """Answers the list of a source that was begun, as its site would now."""
        host = f"{name}.example.cn"
        target = crawl.memory.take(host)
        while target is not None:
            if target.kind is Kind.LIST:
                self.asked[name].append(crawl.clock())
                self._list(crawl, name, target)
            else:
                crawl.answer(target, "x", 404)
            target = crawl.memory.take(host) if crawl.memory.due() else None

    def _list(self, crawl: Crawl, name: str, target: object) -> None:
        kind = self.trouble(name, crawl.clock())
        if kind == "blocked":
            crawl.answer(target, "x", 429, Retry_After="60")  # type: ignore[arg-type]
        elif kind in {"unreachable", "slow"}:
            error = DownloadTimeoutError("30 s") if kind == "slow" else DownloadFailedError("reset")
            crawl.lose(target, error)  # type: ignore[arg-type]
        elif kind:
            crawl.answer(target, "" if kind == "empty" else "<html>改版</html>")  # type: ignore[arg-type]
        else:
            day = crawl.clock().strftime("%m%d")
            if day not in self.items[name]:
                self.items[name].insert(0, day)
            crawl.answer(target, feed(*((f"https://{name}.example.cn/{one}", one) for one in self.items[name][:20])))  # type: ignore[arg-type]


def live(world: World, crawl: Crawl, days: int) -> Iterator[datetime]:
    """Lives through so many days, looking every few minutes as the service does; yields each moment of a look."""
    end = START + timedelta(days=days)
    judged: datetime | None = None
    while crawl.clock.now < end:
        if not world.is_down(crawl.clock.now):
            for name in begin_due(crawl.store, world.sources, crawl.clock()):
                world.answer(crawl, name)
            watch(crawl.store, world.sources, crawl.clock(), None if judged is None else judged - world.tick)
            judged = crawl.clock()
            yield crawl.clock.now
        crawl.clock.now += world.tick


def expected(world: World) -> Counter[tuple[str, str]]:
    """The alarms that the outages must have made: source and kind."""
    return Counter((one.source, one.kind) for one in world.outages)


def seen(crawl: Crawl) -> list[Alarm]:
    """The alarms there were."""
    return load_alarms(crawl.store)

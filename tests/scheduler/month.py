"""A simulated stretch of time: sources, what happens to their sites, and the schedule that lives through it."""

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from sqlalchemy import select

from config.sources import Source
from notices.identity import host_of
from notices.schema import hosts
from notices.schema import sources as table
from notices.target import Kind, Target
from scheduler.alarms import watch
from scheduler.schedule import begin_due
from tests.scheduler.crawled import START, Crawl, feed

Told = tuple[str, str, datetime, datetime]  # an alarm: source, kind, begin and end

TROUBLES = ("certificate", "blocked", "changed_layout", "empty", "unreachable", "slow")
PATIENT = {"unreachable": 2, "slow": 2}  # failures in a row before there is an alarm
TICK = timedelta(minutes=1)  # between two looks that may do something
JUDGE = timedelta(hours=1)  # between two looks at sources that did nothing
QUIET = timedelta(days=14)  # without anything new, after which a list that had something daily is stale
SHARED = ((0, 6, 2), (1, 12, 18, 7))  # sources of one host, by number
EVERY = (90, 240, 480, 720, 1440, 1440)
ERRORS = {
    "certificate": DownloadFailedError("certificate verify failed"),
    "unreachable": DownloadFailedError("reset"),
    "slow": DownloadTimeoutError("30 s"),
}


@dataclass(frozen=True)
class Outage:
    """What is wrong with a source's site, or with a `host` that several share, from one moment to another.

    `wall` is how long the host then asks to be left alone.
    """

    source: str
    kind: str
    begins: datetime
    ends: datetime
    host: str = ""
    wall: timedelta = TICK

    def is_of(self, source: Source) -> bool:
        return self.host == host_of(source.url) if self.host else self.source == source.name


@dataclass
class World:
    """The sites of sources: an article is added every four days, and outages come and go."""

    sources: list[Source]
    outages: list[Outage]
    off: datetime  # from here to `on` the machine itself is down
    on: datetime
    begun: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    items: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    news: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    pauses: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=lambda: defaultdict(list))
    still: list[datetime] = field(default_factory=list)  # looks at sources that did nothing

    @classmethod
    def made(cls, number: int, days: int, seed: int) -> "World":
        chance = random.Random(seed)
        shared = {one: f"h{place}.example.cn" for place, ones in enumerate(SHARED) for one in ones if one < number}
        sources = [
            Source(
                f"s{one:02}", "feed", f"https://{shared.get(one, f's{one:02}.example.cn')}/{one}/feed",
                every=EVERY[one % len(EVERY)], delay=0,
            )
            for one in range(number)
        ]  # fmt: skip
        off = START + timedelta(days=days / 2)
        alone = [source for one, source in enumerate(sources) if one not in shared]
        kinds = ["stale"] * (days > 25) + [*TROUBLES] * number
        outages = [
            _outage(chance, source, kind, days)
            for source, kind in zip(chance.sample(alone, len(alone) * 2 // 3), kinds, strict=False)
        ]
        for ones in SHARED:
            host, members = shared[ones[0]], [sources[one] for one in ones if one < number]
            begins = START + timedelta(days=chance.uniform(1.5, 2), minutes=chance.uniform(0, 90))
            wall = timedelta(minutes=round(chance.uniform(540, 840)))
            outages.append(Outage("", "blocked", begins, begins + timedelta(minutes=200), host, wall))
            outages.append(_outage(chance, members[-1], chance.choice(("certificate", "empty")), days))
        return cls(sources, outages, off, off + timedelta(hours=26))

    def source(self, name: str) -> Source:
        return self.sources[int(name[1:])]

    def trouble(self, source: Source, now: datetime) -> Outage | None:
        return next((one for one in self.outages if one.is_of(source) and one.begins <= now < one.ends), None)

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
        trouble = self.trouble(self.source(name), now)
        kind = trouble.kind if trouble else ""
        if trouble is not None and kind == "blocked":
            self.pauses[host_of(target.url)].append((now, now + trouble.wall))
            crawl.answer(target, "x", 429, Retry_After=str(trouble.wall // timedelta(seconds=1)))
        elif kind in ERRORS:
            crawl.lose(target, ERRORS[kind])
        elif kind and kind != "stale":
            crawl.answer(target, "" if kind == "empty" else "<html>改版</html>")
        else:
            self._feed(crawl, target, name, self._day(name, trouble.begins if trouble else now))
        return kind == "blocked"

    def _day(self, name: str, at: datetime) -> str:
        """The day of a site's newest article; where one goes stale, it has one each day before."""
        daily = any(one.source == name and one.kind == "stale" for one in self.outages)
        return f"{at - timedelta(days=0 if daily else at.toordinal() % 4):%m%d}"

    def _feed(self, crawl: Crawl, target: Target, name: str, day: str) -> None:
        """A list as it is today; every site but each fifth says so when it is the one of last time."""
        items = self.items[name]
        if day not in items:
            items.insert(0, day)
            self.news[name].append(crawl.clock())
        mark = "" if int(name[1:]) % 5 == 4 else f'"{day}"'
        if mark and crawl.memory.validators(target)[0] == mark:
            crawl.answer(target, "", 304)
        else:
            rows = ((f"https://{host_of(target.url)}/{name}/{one}", one) for one in items[:20])
            crawl.answer(target, feed(*rows), ETag=mark)

    def next_look(self, crawl: Crawl, judged: datetime) -> datetime:
        """The first tick at which something is due, a pause is over or sources that did nothing are judged."""
        now = crawl.clock()
        with crawl.store.reading() as connection:
            due = {row.name: row.next_due for row in connection.execute(select(table.c.name, table.c.next_due))}
            query = select(hosts.c.host, hosts.c.paused_until).where(hosts.c.paused_until > now)
            paused = {row.host: row.paused_until for row in connection.execute(query)}
        moments = [max(at, paused.get(host_of(self.source(name).url)) or at) for name, at in due.items()]
        ticks = -(-(min([judged + JUDGE, *moments]) - now) // TICK)
        later = now + max(1, ticks) * TICK
        return self.on if self.off <= later < self.on else later

    def due_at(self, source: Source, moment: datetime) -> datetime:
        """When a source that is due at a moment can be begun: where its host is left alone, when that is over."""
        return next((ends for starts, ends in self.pauses[host_of(source.url)] if starts < moment < ends), moment)

    def asked_at(self, source: Source, begun: datetime) -> datetime:
        """When a run's list is asked: at once, or after the pause that another list of its host has begun just then."""
        if begun in self.asked[source.name]:
            return begun
        return next(ends for starts, ends in self.pauses[host_of(source.url)] if starts == begun)

    def alarms(self, looks: list[datetime]) -> list[tuple[str, str, datetime, datetime]]:
        """The alarms that must have been, each with its source, kind, begin and end: the looks after what was asked.

        An outage during which a list was not asked often enough makes none.
        """
        found = []
        for source in self.sources:
            for one in self.outages:
                found += self._of_outage(source, one, looks) if one.is_of(source) else []
            found += self._of_pauses(source, looks)
        return sorted(found)

    def _of_outage(self, source: Source, one: Outage, looks: list[datetime]) -> Iterator[Told]:
        asked = self.asked[source.name]
        failed = [moment for moment in asked if one.begins <= moment < one.ends]
        if one.kind == "stale":
            last, next_ = next((a, b) for a, b in pairwise(self.news[source.name]) if b >= one.ends)
            judged = sorted({*self.still, *self.begun[source.name], *(_after(looks, at) for at in failed)})
            yield source.name, one.kind, next(at for at in judged if at > last + QUIET), _after(looks, next_)
        elif len(failed) >= PATIENT.get(one.kind, 1):
            loud, well = failed[PATIENT.get(one.kind, 1) - 1], asked[bisect_left(asked, one.ends)]
            yield source.name, one.kind, _after(looks, loud), _after(looks, well)

    def _of_pauses(self, source: Source, looks: list[datetime]) -> Iterator[Told]:
        """A source whose host is left alone for longer than it may go unread is stale, unless it met the wall."""
        late = max(3 * timedelta(minutes=source.every), timedelta(hours=1))
        for starts, ends in self.pauses[host_of(source.url)]:
            last = max(moment for moment in self.begun[source.name] if moment < ends)
            told = next((at for at in self.still if at > last + late), ends)
            if told < ends and starts not in self.asked[source.name]:
                well = next(moment for moment in self.asked[source.name] if moment >= ends)
                yield source.name, "stale", told, _after(looks, well)


def live(world: World, crawl: Crawl, days: int) -> Iterator[datetime]:
    """Lives through so many days, looking whenever something is due; yields each moment of a look.

    A look is the service's: what is due begins and sources are judged; what the crawl brings is judged at the next one.
    """
    end = START + timedelta(days=days)
    watched, judged = None, START
    while crawl.clock.now < end:
        now = crawl.clock()
        for name in begin_due(crawl.store, world.sources, now):
            world.begun[name].append(now)
        still = now - judged >= JUDGE
        watch(crawl.store, world.sources, now, watched, still=still)
        world.still += [now] if still else []
        watched, judged = now, now if still else judged
        world.drain(crawl)
        yield now
        crawl.clock.now = world.next_look(crawl, judged)


def _outage(chance: random.Random, source: Source, kind: str, days: int) -> Outage:
    """An outage that lasts long enough to be asked into, one of the kind `stale` as long as it takes."""
    if kind == "stale":
        begins = START + timedelta(days=chance.uniform(6, 8))
        return Outage(source.name, kind, begins, begins + timedelta(days=chance.uniform(16, 18)))
    begins = START + timedelta(days=chance.uniform(3, days - 6))
    return Outage(source.name, kind, begins, begins + timedelta(minutes=source.every + chance.uniform(60, 600)))


def _after(looks: list[datetime], moment: datetime) -> datetime:
    """The first look after a moment."""
    return next(look for look in looks if look > moment)

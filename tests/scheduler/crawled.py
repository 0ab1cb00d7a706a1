"""A crawl without a network: the real store, queue and handlers, and a clock that is set by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from scrapy.http import HtmlResponse
from sqlalchemy import event

from config.sources import Source
from notices.pagefile import PageFile
from notices.store import Store
from notices.store.queue import put
from notices.target import Kind, Target
from pipelines.scrapy_pipeline import Keeper
from scheduler.hosts import Hosts
from scheduler.memory import StoreMemory
from scheduler.runs import Run, begin, read_runs
from spiders.answers import loss
from spiders.handlers import HANDLERS, Desk
from spiders.job import Errand
from spiders.lists import reader_of
from tests.stores import store_at

START = datetime(2026, 11, 2, 1, tzinfo=timezone.utc)  # 9:00 in Shanghai


class Clock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **given: float) -> None:
        self.now += timedelta(**given)


class Crawl:
    """One process's view of a store; `answer` plays what the network would have brought."""

    def __init__(self, store: Store, pages: PageFile, clock: Clock, *sources: Source) -> None:
        self.store, self.pages, self.clock = store, pages, clock
        self.sources = {source.name: source for source in sources}
        errand = Errand(self.sources)
        self.memory = StoreMemory(store, errand, clock)
        self.hosts = Hosts(store, "here", clock)
        keeper = Keeper(store, pages, self.memory.settle, clock)
        self.desk = Desk(errand, self.hosts, self.memory, keeper)

    def begin(self, name: str, **given: object) -> int:
        source = self.sources[name]
        self.clock.wait(minutes=1)
        with self.store.writing() as connection:
            return begin(connection, source, reader_of(source).first(source), self.clock(), **given)  # type: ignore[arg-type]

    def queue(self, *targets: Target) -> None:
        with self.store.writing() as connection:
            put(connection, targets, self.clock())

    def take(self) -> Target | None:
        """The next address of any host that is due."""
        for host in self.memory.due():
            if (target := self.memory.take(host)) is not None:
                return target
        return None

    def answer(self, target: Target, body: str = "", status: int = 200, **headers: str) -> None:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        response = HtmlResponse(target.url, status=status, body=body.encode(), headers=given, encoding="utf-8")
        HANDLERS[target.kind](self.desk, target, response)

    def lose(self, target: Target, error: BaseException) -> None:
        outcome, said = loss(error)
        if target.kind is Kind.LIST:
            self.memory.list_lost(target, None, outcome, f"cannot be fetched: {said}")
        else:
            self.memory.lost(target, outcome, said)

    def runs(self, name: str) -> list[Run]:
        with self.store.reading() as connection:
            return read_runs(connection, source=name)


@contextmanager
def crawling(folder: Path, *sources: Source, url: str = "") -> Iterator[Crawl]:
    """A crawl of sources in a folder of its own, its store there or at an address."""
    with Store.open(url or store_at(folder / "x.db"), folder) as store, PageFile(folder) as pages:
        if store.engine.dialect.name == "sqlite":
            event.listen(store.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF"))
        with store.kept():  # as the service does
            yield Crawl(store, pages, Clock(), *sources)


def feed(*items: tuple[str, str]) -> str:
    """A feed of addresses and titles."""
    entries = "".join(f"<item><title>{title}</title><link>{url}</link></item>" for url, title in items)
    return f'<rss version="2.0"><channel><title>源</title>{entries}</channel></rss>'

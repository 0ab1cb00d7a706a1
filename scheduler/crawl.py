"""`crawl`: the named sources' lists once, then the pages that wait, in a process of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.settings import Settings
from config.sources import Source, load, load_sources
from notices.kinds import Mode
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.store import Store
from notices.store.queue import CRASHES, count_due, hasten
from scheduler.children import start, wait
from scheduler.crawl_child import Order
from scheduler.file_reading import read_files
from scheduler.hosts import Hosts
from scheduler.runs import NO_PAGE, begin, begin_pasted, close, read_runs
from spiders.job import Errand
from spiders.lists import reader_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
PASTED = "pasted"  # the source of addresses somebody named by hand


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source's crawl; `pages` is the sum of `outcomes`, `error` is empty when its list was read."""

    name: str
    outcomes: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    new_articles: int = 0
    new_notices: int = 0
    seconds: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What a crawl did, source by source."""

    sources: tuple[SourceReport, ...]


def crawl(
    settings: Settings,
    store: Store,
    page_file: PageFile,
    names: Sequence[str],
    *,
    since: date | None = None,
    urls: Sequence[str] = (),
    hosts: Store | None = None,
) -> CrawlReport:
    """Crawls the named sources, all of them if none is named; pages land in the store.

    `since` makes it a backfill from that day on; `urls` are fetched instead of the sources' lists. A source that fails
    is reported, the others go on. `hosts` is the store whose hosts are kept to, if it is another one.
    Raises Problem for an unknown name and SettingsError for a broken sources.yaml.
    """
    chosen = pasted(names) if urls else named(load_sources(), names)
    now = datetime.now(SHANGHAI)
    started: dict[str, int] = {}
    with store.writing() as connection:
        for source in chosen:
            if urls:
                started[source.name] = begin_pasted(connection, source.name, urls, now)
            else:
                started[source.name] = begin(connection, source, reader_of(source).first(source), now, since=since)
        hasten(connection, list(started), now)
    error = drain(settings, store, chosen, hosts or store) if chosen else ""
    read_files(store, page_file, datetime.now(SHANGHAI))
    return CrawlReport(tuple(_report(store, source.name, started[source.name], error) for source in chosen))


def named(sources: Sequence[Source], names: Sequence[str]) -> list[Source]:
    """The sources of these names, all of them for none; raises Problem for a name there is not."""
    by_name = {source.name: source for source in sources}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        problem = Problem(f"no source is called {', '.join(unknown)}: sources.yaml has {', '.join(by_name) or 'none'}")
        problem.status = 2
        raise problem
    return [by_name[name] for name in names] if names else list(sources)


def pasted(names: Sequence[str]) -> list[Source]:
    """The source that stands for pasted addresses: the named one, whose manners then hold, else a default one."""
    return named(load_sources(), names)[:1] if names else [Source(PASTED, "feed", "https://mp.weixin.qq.com/")]


def drain(settings: Settings, store: Store, sources: Sequence[Source], shared: Store) -> str:
    """Asks what waits of these sources until nothing is due; returns what kept it from that, empty for nothing.

    A process that dies is started again, until the address it dies over is given up.
    """
    order = order_for(settings, sources, only=True, hosts_url=shared.engine.url.render_as_string(hide_password=False))
    error = ""
    for _ in range(CRASHES + 1):
        child = start(order)
        error = wait(child, Hosts(shared, child.owner))
        if not child.died or child.process.returncode == 2:
            break
    return error


def order_for(settings: Settings, sources: Sequence[Source], *, only: bool = False, hosts_url: str = "") -> Order:
    """What a crawl's process is told; `only` limits it to these sources' addresses, and to wait for busy hosts."""
    by_name = {source.name: source for source in sources}
    policies = {policy.host: policy for policy in load().hosts}
    names = tuple(by_name) if only else ()
    errand = Errand(by_name, policies, names, patient=only, timeout=float(settings.crawl_timeout))
    return Order(errand, settings, hosts_url)


def _report(store: Store, name: str, run_id: int, error: str) -> SourceReport:
    """How a crawl of a source went; what of its list was not reached is closed with the reason."""
    now = datetime.now(SHANGHAI)
    with store.writing() as connection:
        postponed = count_due(connection, name, now)
        for mode in Mode:
            close(connection, name, now, mode)
        (run,) = read_runs(connection, source=name, after=run_id - 1)
    outcomes = dict(sorted((+Counter({**run.outcomes, "postponed": postponed})).items()))
    return SourceReport(
        name=name,
        outcomes=outcomes,
        pages=sum(outcomes.values()),
        new_articles=run.new_articles,
        new_notices=run.new_notices,
        seconds=run.seconds,
        error=run.error or (error if postponed else "") or disallowed(outcomes) or None,
    )


def disallowed(outcomes: Mapping[str, int]) -> str:
    """Says so when robots.txt let no page through; empty otherwise."""
    silent = NO_PAGE | {"disallowed", "unchanged"}
    read = sum(number for name, number in outcomes.items() if name not in silent)
    number = outcomes.get("disallowed", 0)
    if not number or read:
        return ""
    return f"robots.txt allows none of {number} pages: write `robots: ignore` and your reason in sources.yaml"

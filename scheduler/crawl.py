"""`crawl`: every named source once, each in a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from config.settings import Settings
from config.sources import Source, load_sources
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import sources as table
from notices.store import Store
from notices.store.source_runs import SourceRun, add_run
from scheduler.crawl_child import Order

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parent.parent
GRACE = 15  # seconds a crawl gets to keep what it holds before it is killed
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
) -> CrawlReport:
    """Crawls the named sources, all of them if none is named, one after the other; pages land in the store.

    `since` makes it a backfill from that day on; `urls` are fetched instead of the sources' lists. A source that fails
    is reported, the others go on. Raises Problem for an unknown name and SettingsError for a broken sources.yaml.
    """
    chosen = pasted(names) if urls else named(load_sources(), names)
    return CrawlReport(tuple(one_source(settings, store, source, since, tuple(urls)) for source in chosen))


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


def one_source(
    settings: Settings, store: Store, source: Source, since: date | None, urls: tuple[str, ...]
) -> SourceReport:
    """Crawls one source in a process of its own and writes down how it went."""
    started, clock = datetime.now(SHANGHAI), time.monotonic()
    added_at, first = (started, False) if urls else met(store, source.name, started)
    order = Order(source, settings, started, added_at, first and since is None, since, urls)
    answer, error = run(order, settings.crawl_timeout)
    outcomes = {str(name): int(number) for name, number in sorted(answer.get("outcomes", {}).items())}
    report = SourceReport(
        name=source.name,
        outcomes=outcomes,
        pages=sum(outcomes.values()),
        new_articles=int(answer.get("new_articles", 0)),
        new_notices=int(answer.get("new_notices", 0)),
        seconds=round(time.monotonic() - clock, 3),
        error=error or answer.get("error") or None,
    )
    if not urls:
        settle(store, source, report, started, backfill=since is not None)
    return report


def run(order: Order, timeout: int) -> tuple[dict[str, Any], str]:
    """The report of a crawl's process, and in one line why there is none."""
    environment = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "config.scrapy_settings",
        "PYTHONIOENCODING": "utf-8",
    }
    if (ROOT / "pyproject.toml").exists():  # a bare checkout: -P takes the working folder out, so name it
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-P", "-m", "scheduler.crawl_child"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True, encoding="utf-8"
    )
    try:
        printed, _ = process.communicate(order.to_json(), timeout=timeout)
    except subprocess.TimeoutExpired:
        printed = ended(process)
        if not printed:
            return {}, f"ended after {timeout} s: the site is slow, or POLICYWATCH_CRAWL_TIMEOUT is too short"
    finally:
        if process.poll() is None:  # Ctrl-C: what it holds is still kept
            ended(process)
    return read_report(printed, process.returncode)


def ended(process: "subprocess.Popen[str]") -> str:
    """Ends a crawl's process, first politely so that it keeps what it holds; returns what it printed."""
    process.terminate()
    try:
        return process.communicate(timeout=GRACE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def read_report(printed: str, status: int) -> tuple[dict[str, Any], str]:
    """The last line of a crawl's output, and an error for a process that printed none."""
    lines = printed.strip().splitlines()
    try:
        answer = json.loads(lines[-1]) if lines else {}
    except ValueError:
        answer = {}
    if not isinstance(answer, dict) or not answer:
        return {}, f"the crawl's process ended with status {status}: its last lines on standard error say why"
    if answer.get("finished") != "finished":
        return answer, f"stopped before its end ({answer.get('finished')}): the next crawl goes on from here"
    return answer, ""


def met(store: Store, name: str, now: datetime) -> tuple[datetime, bool]:
    """When a source was first met, and whether it was never crawled to its end."""
    with store.writing() as connection:
        row = connection.execute(select(table.c.added_at, table.c.last_success).where(table.c.name == name)).first()
        if row is None:
            connection.execute(insert(table).values(name=name, added_at=now, error=""))
            return now, True
    return row[0], row[1] is None


def settle(store: Store, source: Source, report: SourceReport, started: datetime, *, backfill: bool) -> None:
    """Writes down how a crawl went and when the source is due again; a backfill does not make its next crawl live."""
    values: dict[str, Any] = {
        "last_run": started,
        "next_due": started + timedelta(minutes=source.every),
        "last_outcomes": report.outcomes,
        "error": report.error or "",
    }
    if report.error is None and not backfill:
        values["last_success"] = started
    outcomes, new = report.outcomes, (report.new_articles, report.new_notices)
    run = SourceRun(0, source.name, started, report.seconds, outcomes, *new, report.error or "")
    with store.writing() as connection:
        connection.execute(update(table).where(table.c.name == source.name).values(**values))
        add_run(connection, run)

"""The process of one source's crawl: reads its order on standard input, prints its report on standard output."""

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from config import operator
from config.settings import Settings
from config.sources import Source
from notices.problem import Problem

BOT = "policywatch"


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What a crawl's process is told: its source, when that was first met, and how far back to go."""

    source: Source
    settings: Settings
    started_at: datetime
    added_at: datetime
    first: bool
    since: date | None
    urls: tuple[str, ...]

    def to_json(self) -> str:
        """The order as JSON."""
        value = {
            "source": dataclasses.asdict(self.source),
            "settings": self.settings.model_dump(mode="json"),
            "started_at": self.started_at.isoformat(),
            "added_at": self.added_at.isoformat(),
            "first": self.first,
            "since": self.since.isoformat() if self.since else None,
            "urls": self.urls,
        }
        return json.dumps(value)

    @classmethod
    def from_json(cls, text: str) -> "Order":
        """The order read back."""
        value = json.loads(text)
        return cls(
            source=Source(**value["source"]),
            settings=Settings(**value["settings"]),
            started_at=datetime.fromisoformat(value["started_at"]),
            added_at=datetime.fromisoformat(value["added_at"]),
            first=value["first"],
            since=date.fromisoformat(value["since"]) if value["since"] else None,
            urls=tuple(value["urls"]),
        )


def main() -> int:
    """Crawls as ordered and prints a report on standard output; 2 for a process that is not ours."""
    from scrapy.utils.project import get_project_settings

    scrapy_settings = get_project_settings()
    if scrapy_settings.get("BOT_NAME") != BOT:
        sys.stderr.write(f"refused to crawl as {scrapy_settings.get('BOT_NAME')!r}: start with `policywatch crawl`\n")
        return 2
    order = Order.from_json(sys.stdin.read())
    operator.use(order.settings.config)
    limit_memory(order.settings.crawl_memory_mb)
    try:
        report = crawl(order, scrapy_settings)
    except Problem as error:
        report = {"error": str(error), "finished": "finished"}
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


def crawl(order: Order, scrapy_settings: Any) -> dict[str, Any]:
    """The report of one crawl: outcomes by name, new articles and notices, and what kept the list from being read."""
    from scrapy.crawler import CrawlerProcess

    from notices.pagefile import PageFile
    from notices.store import Store
    from pipelines.scrapy_pipeline import Keeper
    from scheduler.memory import StoreMemory
    from spiders.crawl_feed import FeedSpider
    from spiders.crawl_unit import UnitSpider
    from spiders.crawling import PageSpider
    from spiders.job import Job

    scrapy_settings.setdict(manners(order), priority="cmdline")
    spider = {"unit": UnitSpider, "feed": FeedSpider}[order.source.kind]
    job = Job(order.source, order.started_at, order.added_at, order.first, order.since, order.urls)
    with Store.open(order.settings.store_url, order.settings.data) as store, PageFile(order.settings.data) as pages:
        keeper = Keeper(store, pages)
        process = CrawlerProcess(scrapy_settings)
        crawler = process.create_crawler(spider)
        process.crawl(crawler, job=job, memory=StoreMemory(store), keeper=keeper)
        process.start()
        done = crawler.spider
        if not isinstance(done, PageSpider):
            raise Problem(f"{order.source.name}: the crawl did not start: see the log above")
        outcomes = Counter(done.outcomes) + keeper.outcomes
        return {
            "outcomes": dict(outcomes),
            "new_articles": keeper.new_articles,
            "new_notices": keeper.new_notices,
            "error": done.error or keeper.error or disallowed(outcomes),
            "finished": crawler.stats.get_value("finish_reason"),
        }


def disallowed(outcomes: Mapping[str, int]) -> str:
    """Says so when robots.txt let no page through; empty otherwise."""
    read = sum(
        number for name, number in outcomes.items() if name not in {"disallowed", "list", "known", "unfetchable"}
    )
    number = outcomes.get("disallowed", 0)
    if not number or read:
        return ""
    return f"robots.txt allows none of {number} pages: write `robots: ignore` and your reason in sources.yaml"


def limit_memory(megabytes: int) -> None:
    """Keeps this process from taking more memory than that; only where the system can."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    limit = megabytes * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (limit if most < 0 else min(limit, most), most))


def manners(order: Order) -> dict[str, Any]:
    """What Scrapy is told for one source: its name, its pace, its robots policy, its limits."""
    source = order.source
    return {
        "USER_AGENT": order.settings.agent,
        "ROBOTSTXT_USER_AGENT": BOT,
        "ROBOTSTXT_OBEY": source.robots != "ignore",
        "DOWNLOAD_DELAY": source.delay,
        "AUTOTHROTTLE_START_DELAY": source.delay,
        "DOWNLOAD_MAXSIZE": order.settings.download_max_mb * 1024 * 1024,
    }


if __name__ == "__main__":
    sys.exit(main())

"""The process of a crawl: reads its order on standard input, drains hosts, prints its report on standard output."""

import dataclasses
import json
import logging
import os
import secrets
import sys
from typing import Any

from config import operator
from config.settings import Settings
from config.sources import HostPolicy, Source
from notices.problem import Problem
from spiders.job import Errand

BOT = "policywatch"


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What a crawl's process is told: its errand, its settings, and the store whose hosts it keeps to.

    `hosts_url` is that of another store than its own for a crawl that is thrown away: manners are the same for all.
    """

    errand: Errand
    settings: Settings
    hosts_url: str = ""

    def to_json(self) -> str:
        """The order as JSON."""
        value = {
            "errand": dataclasses.asdict(self.errand),
            "settings": self.settings.model_dump(mode="json"),
            "hosts_url": self.hosts_url,
        }
        return json.dumps(value)

    @classmethod
    def from_json(cls, text: str) -> "Order":
        """The order read back."""
        value = json.loads(text)
        errand = value["errand"]
        errand["sources"] = {name: Source(**source) for name, source in errand["sources"].items()}
        errand["policies"] = {host: HostPolicy(**policy) for host, policy in errand["policies"].items()}
        errand["only"] = tuple(errand["only"])
        return cls(Errand(**errand), Settings(**value["settings"]), value["hosts_url"])


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
        error = crawl(order, scrapy_settings)
    except Problem as problem:
        error = str(problem)
    sys.stdout.write(json.dumps({"error": error}) + "\n")
    return 0


def crawl(order: Order, scrapy_settings: Any) -> str:
    """Drains the hosts of an order; returns what kept it from its end, empty for nothing."""
    from scrapy.crawler import CrawlerProcess

    from config.logs import configure
    from notices.pagefile import PageFile
    from notices.store import Store
    from pipelines.scrapy_pipeline import Keeper
    from scheduler.hosts import Hosts
    from scheduler.memory import StoreMemory
    from spiders.crawling import HostSpider
    from spiders.handlers import Desk

    settings = order.settings
    scrapy_settings.set("DOWNLOAD_MAXSIZE", settings.download_max_mb * 1024 * 1024, priority="cmdline")
    scrapy_settings.set("DOWNLOAD_TIMEOUT", settings.download_timeout, priority="cmdline")
    with (
        Store.open(settings.store_url, settings.data) as store,
        Store.open(order.hosts_url or settings.store_url, settings.data) as shared,
        PageFile(settings.data) as pages,
    ):
        memory = StoreMemory(store, order.errand)
        owner = sys.argv[1] if len(sys.argv) > 1 else f"{os.getpid()}-{secrets.token_hex(4)}"
        desk = Desk(order.errand, Hosts(shared, owner), memory, Keeper(store, pages, memory.settle))
        process = CrawlerProcess(scrapy_settings)
        configure(settings)
        logging.getLogger("scrapy").setLevel(logging.WARNING)  # it says more of itself than of the sites
        crawler = process.create_crawler(HostSpider)
        process.crawl(crawler, desk=desk, agent=settings.agent_for)
        process.start()
        done = crawler.spider
        if not isinstance(done, HostSpider):
            return "the crawl did not start: the log above says why"
        if done.timed_out:
            return (
                f"ended after {order.errand.timeout:.0f} s: a site is slow, or POLICYWATCH_CRAWL_TIMEOUT is too short"
            )
        finished = crawler.stats.get_value("finish_reason")
        stopped = f"stopped before its end ({finished}): the next crawl goes on from here"
        return done.error or ("" if finished == "finished" else stopped)


def limit_memory(megabytes: int) -> None:
    """Keeps this process from taking more memory than that; only where the system can."""
    try:
        import resource
    except ImportError:  # not a Unix
        return
    limit = megabytes * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (limit if most < 0 else min(limit, most), most))


if __name__ == "__main__":
    sys.exit(main())

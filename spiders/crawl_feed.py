"""Crawls what a feed names: WeChat articles through a bridge, or the pages of any site."""

from collections.abc import Iterator
from datetime import date, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import scrapy
from scrapy.http import Response

from notices.fetched import Fetched
from notices.identity import identity
from notices.page import Page
from spiders.answers import Target, page_of, validators
from spiders.crawling import PageSpider
from spiders.listing import Ask, LayoutChanged, Row
from spiders.lists import reader_of
from spiders.readers import FEED_ITEM, read

SHANGHAI = ZoneInfo("Asia/Shanghai")


class FeedSpider(PageSpider):
    """The feed, then the page of each item, unless the item carries its whole text."""

    name = "feed"

    def lists(self) -> Iterator[scrapy.Request]:
        """The feed itself."""
        yield self.request(self.job.source.url, self.feed, self.list_lost)

    def feed(self, response: Response) -> Iterator[Any]:
        """Reads whole items, queues the others, then asks for the first page."""
        if not self.refused_list(response):
            try:
                page = page_of(response, Target(self.job.source.url), self.job.source)
                items = reader_of(self.job.source).read(self.job.source, Ask(self.job.source.url, "feed"), page).rows
            except LayoutChanged as error:
                self.fail("changed_layout", f"{self.job.source.url}: {error}")
            else:
                self.outcomes["list"] += 1
                self.list_validators[self.job.source.url] = validators(response)
                yield from self.items(items)
        yield from self.following()

    def items(self, items: tuple[Row, ...]) -> Iterator[Fetched]:
        """The items that carry their whole text, as pages; the others go into the queue."""
        wanted = [item for item in items if self.is_wanted(item)]
        known = self.memory.known([item.url for item in wanted])
        for item in wanted:
            if item.content and item.url not in known and identity(item.url) not in self.seen:
                self.seen.add(identity(item.url))
                page = self.whole(item)
                yield Fetched(page, read(page), self.job.first)
            else:
                self.enqueue([Target(item.url, item.title, item.published_at, self.job.mode(_day(item)))])

    def is_wanted(self, item: Row) -> bool:
        """Whether an item is young enough for a backfill that asks for a first day."""
        day = _day(item)
        return self.job.since is None or day is None or day >= self.job.since

    def whole(self, item: Row) -> Page:
        """An item's content as the page of its address."""
        return Page(
            url=item.url,
            body=item.content.encode("utf-8", errors="replace"),
            fetched_at=datetime.now(timezone.utc),
            headers={"content-type": "text/html; charset=utf-8", FEED_ITEM: item.account},
            source=self.job.source.name,
            mode=self.job.mode(_day(item)),
            listed_title=item.title,
            listed_at=item.published_at,
        )


def _day(item: Row) -> date | None:
    return item.published_at.astimezone(SHANGHAI).date() if item.published_at else None

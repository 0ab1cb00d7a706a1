"""Crawls a column whose rows come from the site's unit address: MIIT, and other sites of the same system."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import scrapy
from scrapy.http import Response

from spiders.answers import Target, validators
from spiders.crawling import PageSpider
from spiders.unit import LayoutChanged, Request, Row, Rows, list_request, list_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_PAGES = 500


class UnitSpider(PageSpider):
    """Shell, then the unit address page by page until everything on a page is known, then the articles."""

    name = "unit"

    def lists(self) -> Iterator[scrapy.Request]:
        """The column's shell, which names the list's request."""
        yield self.request(self.job.source.url, self.shell, self.list_lost, always=True)

    def shell(self, response: Response) -> Iterator[Any]:
        """Asks for the first page of the list that the shell names."""
        if not self.refused_list(response):
            try:
                request = list_request(response.text, self.job.source.url)
            except (LayoutChanged, AttributeError) as error:  # AttributeError: the answer is no text
                self.fail("changed_layout", f"{self.job.source.url}: {error}")
            else:
                self.outcomes["list"] += 1
                yield self.listing(request, 1, 0)
                return
        yield from self.following()

    def listing(self, request: Request, number: int, size: int) -> scrapy.Request:
        """The request for a page of the list."""
        return self.request(request.page(number, size), self.listed, self.list_lost, list=request, number=number)

    def listed(self, response: Response) -> Iterator[Any]:
        """Queues the rows of a page of the list, then asks for the next page or for the articles."""
        meta = response.meta["policywatch"]
        number: int = meta["number"]
        if not self.refused_list(response):
            try:
                found = list_rows(response.body, self.job.source.url)
            except LayoutChanged as error:
                if number == 1:
                    self.fail("changed_layout", f"{self.job.source.url}: {error}")
            else:
                self.outcomes["list"] += 1
                self.list_validators[meta["url"]] = validators(response)
                if self.goes_on(found, number):
                    yield self.listing(meta["list"], number + 1, found.size)
                    return
        yield from self.following()

    def goes_on(self, found: Rows, number: int) -> bool:
        """Queues a page's rows and says whether the next page of the list may hold more that is wanted."""
        before = len(self.seen)
        since = self.job.since
        wanted = [row for row in found.rows if since is None or row.published_on is None or row.published_on >= since]
        fresh = self.enqueue([self.target(row) for row in wanted])
        if number >= MOST_PAGES or number == found.pages or len(self.seen) == before:
            return False
        if since is not None:
            return bool(wanted)
        return number < self.job.source.first if self.job.first else fresh > 0

    def target(self, row: Row) -> Target:
        """A row as a page to fetch."""
        day = row.published_on
        return Target(row.url, row.title, _midnight(day) if day else None, self.job.mode(day, row.ends_on))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)

"""Crawls a column whose rows come from the site's unit address: MIIT, and other sites of the same system."""

from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.http import Response

from spiders.answers import Target, page_of, validators
from spiders.crawling import PageSpider
from spiders.listing import Ask, LayoutChanged, Listing, Row
from spiders.lists import reader_of
from spiders.lists.dates import SHANGHAI

MOST_PAGES = 500


class UnitSpider(PageSpider):
    """Shell, then the unit address page by page until everything on a page is known, then the articles."""

    name = "unit"

    def lists(self) -> Iterator[scrapy.Request]:
        """The first requests of the source's reader."""
        for ask in reader_of(self.job.source).first(self.job.source):
            yield self.ask(ask)

    def ask(self, ask: Ask) -> scrapy.Request:
        """The request for an ask."""
        return self.request(ask.url, self.listed, self.list_lost, always=ask.step == "shell", ask=ask)

    def listed(self, response: Response) -> Iterator[Any]:
        """Queues the rows of an answer, then asks for what must follow or for the articles."""
        ask: Ask = response.meta["policywatch"]["ask"]
        if not self.refused_list(response):
            page = page_of(response, Target(ask.url), self.job.source)
            try:
                found = reader_of(self.job.source).read(self.job.source, ask, page)
            except LayoutChanged as error:
                if ask.number == 1:
                    self.fail("changed_layout", f"{self.job.source.url}: {error}")
            else:
                self.outcomes["list"] += 1
                if found.rows:
                    self.list_validators[ask.url] = validators(response)
                following = [*found.asks]
                if found.next_page and self.goes_on(found, ask.number):
                    following.append(found.next_page)
                elif found.next_page is None and found.rows:
                    self.goes_on(found, ask.number)
                if following:
                    yield from map(self.ask, following)
                    return
        yield from self.following()

    def goes_on(self, found: Listing, number: int) -> bool:
        """Queues a page's rows and says whether the next page of the list may hold more that is wanted."""
        before = len(self.seen)
        since = self.job.since
        wanted = [
            row
            for row in found.rows
            if since is None or row.published_at is None or row.published_at.astimezone(SHANGHAI).date() >= since
        ]
        fresh = self.enqueue([self.target(row) for row in wanted])
        if number >= MOST_PAGES or len(self.seen) == before:
            return False
        if since is not None:
            return bool(wanted)
        return number < self.job.source.first if self.job.first else fresh > 0

    def target(self, row: Row) -> Target:
        """A row as a page to fetch."""
        day = row.published_at.astimezone(SHANGHAI).date() if row.published_at else None
        return Target(row.url, row.title, row.published_at, self.job.mode(day, row.ends_on))

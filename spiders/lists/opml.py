"""OPML: many feeds in one source, named in a file of the operator's or at an address."""

from dataclasses import dataclass

from config.opml import feeds_of
from config.sources import Source
from notices.page import Page
from spiders.listing import Ask, LayoutChanged, Listing
from spiders.lists.feed import FeedReader
from spiders.lists.walls import no_list, text_of_list

_FEEDS = FeedReader()


@dataclass(frozen=True, slots=True)
class OpmlReader:
    """The OPML first, unless it is a file that was read with sources.yaml; then every feed that it names."""

    def first(self, source: Source) -> tuple[Ask, ...]:
        """The OPML's address, or the feeds of the file."""
        return tuple(Ask(url, "feed" if source.file else "opml") for url in source.addresses)

    def read(self, source: Source, ask: Ask, answer: Page) -> Listing:
        """An OPML gives its feeds, each with the name that stands there; a feed gives its items."""
        if ask.step == "feed":
            return _FEEDS.read(source, ask, answer)
        try:
            feeds = feeds_of(answer.body)
        except ValueError as error:
            raise no_list(text_of_list(answer), str(error)) from LayoutChanged(str(error))
        asks = tuple(Ask(feed.url, "feed", note={"account": feed.title} if feed.title else {}) for feed in feeds)
        return Listing(asks=asks, found={"outline": len(feeds)})

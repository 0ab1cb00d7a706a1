"""Every kind of list with the reader that understands it."""

from collections.abc import Mapping

from config.sources import Source
from spiders.listing import ListReader
from spiders.lists.feed import FeedReader
from spiders.lists.unit import UnitReader

READERS: Mapping[str, ListReader] = {
    "unit": UnitReader(),
    "feed": FeedReader(),
}


def reader_of(source: Source) -> ListReader:
    """The reader of a source's lists."""
    return READERS[source.kind]

"""Every kind of list with the reader that understands it."""

from collections.abc import Mapping

from config.sources import Source
from spiders.listing import ListReader
from spiders.lists.album import AlbumReader
from spiders.lists.feed import FeedReader
from spiders.lists.json_list import JsonReader
from spiders.lists.opml import OpmlReader
from spiders.lists.page_list import PageReader
from spiders.lists.unit import UnitReader

READERS: Mapping[str, ListReader] = {
    "unit": UnitReader(),
    "json": JsonReader(),
    "page": PageReader(),
    "feed": FeedReader(),
    "opml": OpmlReader(),
    "album": AlbumReader(),
}


def reader_of(source: Source) -> ListReader:
    """The reader of a source's lists."""
    return READERS[source.kind]

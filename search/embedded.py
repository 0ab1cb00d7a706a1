"""The embedded index as the engine of searches."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from search.answer import Hit, Result
from search.find import each, find, matches, matching
from search.index import Index
from search.parse import Query

PIECE = 5_000  # ids in one statement


class Embedded:
    """The embedded index of a data folder as an engine of searches; used on the thread that opened it."""

    def __init__(self, folder: Path) -> None:
        self.index = Index(folder)

    def find(
        self, text: str, *, now: datetime, limit: int = 10, sort: str = "relevance", facets: bool = False
    ) -> Result:
        """Searches the index; see `find`."""
        return find(self.index, text, now=now, limit=limit, sort=sort, facets=facets)

    def matching(self, query: Query, notice_ids: Collection[int] | None = None) -> set[int]:
        """The query's exact answer, among these notices only unless None."""
        if notice_ids is None:
            return set(matching(self.index, query.tree))
        rest = iter(notice_ids)
        found: set[int] = set()
        while some := list(islice(rest, PIECE)):
            found |= matches(self.index, query, some)
        return found

    def each(self, text: str, *, now: datetime, sort: str = "published") -> Iterator[Hit]:
        """Every exact match, by `published` or `deadline`."""
        return each(self.index, text, now=now, sort=sort)

    def close(self) -> None:
        """Lets go of the index."""
        self.index.close()

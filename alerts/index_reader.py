"""The embedded index as the matcher's reader."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from notices.problem import Problem
from notices.store.chunks import chunks
from search.find import matches, matching
from search.index import Index
from search.parse import parse
from search.tree import Everything


class IndexReader:
    """Reads the index of a data folder; used on the thread that opened it."""

    def __init__(self, folder: Path) -> None:
        self._index = Index(folder)

    def position(self) -> int:
        """The number of the last event in the index."""
        return self._index.position

    def matches(self, query: str, notice_ids: Collection[int] | None, now: datetime) -> set[int]:
        """The notices among these ids, or among all of them for None, that a query matches exactly."""
        parsed = parse(query, now)
        if notice_ids is None:
            return set(matching(self._index, parsed.tree))
        found: set[int] = set()
        for some in chunks(notice_ids):
            found |= matches(self._index, parsed, some)
        return found

    def close(self) -> None:
        """Lets go of the index."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def warnings(query: str, now: datetime) -> tuple[str, ...]:
    """What the parser warns of in a query; raises Problem for one that cannot be read or is empty."""
    parsed = parse(query, now)
    if isinstance(parsed.tree, Everything):
        problem = Problem("the query would tell of every notice there is: say which, such as type:consultation")
        problem.status = 2
        raise problem
    return parsed.warnings

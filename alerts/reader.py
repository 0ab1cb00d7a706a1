"""What the matcher asks of a reader of the query language; the embedded index is one."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class Reader(Protocol):
    """Answers queries over notices as they were after some event of the log, never before it."""

    def position(self) -> int:
        """The number of the last event that answers take into account."""

    def matches(self, query: str, notice_ids: Collection[int] | None, now: datetime) -> set[int]:
        """The notices among these ids, or among all of them for None, that a query matches exactly."""

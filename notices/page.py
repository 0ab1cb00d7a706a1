"""A page: the bytes fetched for one address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from notices.kinds import Mode


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes fetched for one address, with what is known of the fetch.

    `fetched_at` is aware; `path` is the file's path inside its archive or folder, empty for a crawled page;
    `listed_at`, `listed_title` and `listed_ends` (the last day for comments) are what the list or feed that named the
    page said of it.
    """

    url: str
    body: bytes
    fetched_at: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    path: str = ""
    mode: Mode = Mode.LIVE
    listed_title: str = ""
    listed_at: datetime | None = None
    listed_ends: date | None = None

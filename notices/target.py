"""An address that waits to be fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from notices.kinds import Mode


class Kind(StrEnum):
    """What is done with the answer."""

    LIST = "list"
    PAGE = "page"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class ListAsk:
    """What a list's reader asked for, see `spiders.listing.Ask`; `tired` counts pages in a row without anything new."""

    step: str = "list"
    number: int = 1
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    note: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    tired: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """An address to fetch, with what the list said of it.

    `location` is what is asked in its place after a redirect to another host; `hops` counts the pages that led from one
    to the next; `first` says that its source was never crawled to the end; `article_id` and `looks` stand for an
    article whose page is looked at again; `ask` belongs to a list; `id` is its row in the queue, 0 outside of it.
    """

    url: str
    title: str = ""
    listed_at: datetime | None = None
    mode: Mode = Mode.LIVE
    hops: int = 0
    kind: Kind = Kind.PAGE
    source: str = ""
    run_id: int = 0
    first: bool = False
    ends_on: date | None = None
    account: str = ""
    location: str = ""
    article_id: int | None = None
    looks: int = 0
    ask: ListAsk | None = None
    attempts: int = 0
    id: int = 0

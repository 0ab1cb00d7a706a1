"""What one crawl is asked to do, and what it may ask of the store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from config.sources import Source
from notices.kinds import Mode


class Memory(Protocol):
    """What earlier crawls left behind: pages that need no second visit, validators, hosts that asked for a pause."""

    def known(self, urls: Iterable[str]) -> set[str]:
        """Those of the addresses that were read before and need no second visit."""

    def validators(self, url: str) -> tuple[str, str]:
        """The ETag and Last-Modified of an address's last answer, empty where there was none."""

    def paused(self, host: str) -> datetime | None:
        """Until when a host is left alone; None when it may be asked."""

    def pause(self, host: str, until: datetime, reason: str) -> None:
        """Leaves a host alone until then."""

    def listed(self, url: str, etag: str, last_modified: str) -> None:
        """Remembers the validators of a list once everything it named is settled."""


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl of one source; `added_at` is when the source was first met, `first` whether this is its first crawl.

    `since` asks for a backfill from that day on; `urls` replaces the source's list by addresses somebody pasted.
    """

    source: Source
    started_at: datetime
    added_at: datetime
    first: bool
    since: date | None = None
    urls: tuple[str, ...] = ()

    def mode(self, published: date | None, ends: date | None = None) -> Mode:
        """Whether a listed page is live news: see "Live or backfill" in the design."""
        if self.since is not None:
            return Mode.BACKFILL
        if not self.first or self.urls:
            return Mode.LIVE
        is_open = ends is not None and ends >= self.started_at.date()
        is_newer = published is not None and published >= self.added_at.date()
        return Mode.LIVE if is_open or is_newer else Mode.BACKFILL

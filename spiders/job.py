"""What a crawl's process is asked to do, and what it may ask of the store."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from config.sources import HostPolicy, Source
from notices.fetched import Fetched
from notices.kinds import Mode
from notices.page import Page
from notices.target import Kind, Target
from spiders.listing import Listing, Row

SHANGHAI = ZoneInfo("Asia/Shanghai")
NO_ANSWER = "it does not answer"  # why a host is left alone that is down


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl of one source; `added_at` is when the source was first met, `first` whether its list was never read.

    `since` asks for a backfill from that day on.
    """

    source: Source
    started_at: datetime
    added_at: datetime
    first: bool
    since: date | None = None

    def mode(self, row: Row) -> Mode:
        """Whether a listed page is live news: see "Live or backfill" in the design."""
        if self.since is not None:
            return Mode.BACKFILL
        if not self.first:
            return Mode.LIVE
        published = _day(row)
        is_open = row.ends_on is not None and row.ends_on >= self.started_at.astimezone(SHANGHAI).date()
        is_newer = published is not None and published >= self.added_at.astimezone(SHANGHAI).date()
        return Mode.LIVE if is_open or is_newer else Mode.BACKFILL

    def wants(self, row: Row) -> bool:
        """Whether a row is young enough for a backfill that asks for a first day."""
        day = _day(row)
        return self.since is None or day is None or day >= self.since


def _day(row: Row) -> date | None:
    return row.published_at.astimezone(SHANGHAI).date() if row.published_at else None


@dataclass(frozen=True, slots=True)
class Errand:
    """What one process is to do: drain the hosts with addresses that are due, of these sources.

    `only` limits it to their addresses; `patient` waits for hosts that another process drains; `timeout` in seconds.
    """

    sources: Mapping[str, Source]
    policies: Mapping[str, HostPolicy] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    patient: bool = False
    timeout: float = 1800.0

    def source(self, target: Target) -> Source:
        """The source of a target; a default one for addresses whose source is no longer in sources.yaml."""
        return self.sources.get(target.source) or Source(target.source, "feed", "")

    def by_hand(self, target: Target) -> bool:
        """Whether somebody waits for what became of this very address: it was pasted, no list names it."""
        return self.patient and target.kind is Kind.PAGE and not target.title

    def policy(self, host: str, source: Source) -> HostPolicy:
        """The operator's policy for a host: its own entry's, else that of the source that leads there."""
        return self.policies.get(host) or HostPolicy(
            host, source.robots, source.robots_reason, source.delay, source.contact
        )


class Hosts(Protocol):
    """Who drains a host, how fast it may be asked, until when it is left alone."""

    def lease(self, host: str) -> bool:
        """Takes a host to drain; False while another process holds it."""

    def renew(self, held: Iterable[str]) -> None:
        """Holds the hosts a while longer."""

    def release(self, host: str) -> None:
        """Lets go of a host."""

    def turn(self, host: str, delay: float) -> float | None:
        """Reserves the next request; seconds to wait for it, None while the host must not be asked."""

    def answered(self, host: str, seconds: float, *, well: bool) -> None:
        """Adapts the pace to how long an answer took."""

    def pause(self, host: str, asked: timedelta | None, reason: str) -> None:
        """Leaves a host alone, as long as it asked for if it did."""

    def open(self, host: str) -> None:
        """Remembers that a host answered without a wall."""

    def robots(self, host: str) -> str | None:
        """The host's robots.txt; None when it has to be asked for."""

    def keep_robots(self, host: str, text: str) -> None:
        """Remembers a host's robots.txt."""


class Memory(Protocol):
    """The queue of addresses, and what earlier crawls left behind."""

    def due(self) -> list[str]:
        """The hosts that may be asked and have an address that is due."""

    def take(self, host: str) -> Target | None:
        """The next address of a host."""

    def put_back(self, target: Target, location: str = "") -> None:
        """Lets an address wait again, not counted; `location` is what is asked in its place, on another host."""

    def known(self, urls: Iterable[str]) -> set[str]:
        """Those of the addresses that were read before and need no second visit."""

    def validators(self, target: Target) -> tuple[str, str]:
        """The ETag and Last-Modified of an address's last answer, empty where there was none."""

    def lost(self, target: Target, outcome: str, said: str) -> None:
        """Counts an address that gave no page; it is tried again later unless that is of no use."""

    def unchanged(self, target: Target) -> None:
        """Counts an address whose page is as it was."""

    def job(self, target: Target) -> Job:
        """The crawl that a target belongs to."""

    def listed(
        self, target: Target, page: Page, listing: Listing, kept: Collection[str], etag: str, modified: str
    ) -> None:
        """Takes in what a list named, and what has to be asked next of it; `kept` are rows that were pages already."""

    def filed(self, target: Target, page: Page) -> None:
        """Remembers an attached file whose bytes were kept."""

    def list_lost(self, target: Target, page: Page | None, trouble: str, said: str) -> None:
        """Counts a list that could not be read, and says why."""


class Keeper(Protocol):
    """Keeps pages and what was understood of them."""

    def take_bytes(self, page: Page) -> None:
        """Keeps a page's bytes before anybody parses them."""

    def keep(self, fetched: Fetched) -> None:
        """Keeps a page with everything that follows from it, in one transaction."""

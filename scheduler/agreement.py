"""Two lists that should hold the same rows: what one has and the other lacks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from config.sources import Source
from notices.schema import listings
from notices.schema import sources as table

SPAN = timedelta(days=30)  # rows older than this are not compared
SETTLED = timedelta(hours=2)  # that a row may take from one list to the other

_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list, as it is remembered."""

    key: str
    url: str
    title: str
    published_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Lack:
    """Rows that the list of `source` does not have, and those of `others` have."""

    source: str
    others: tuple[str, ...]
    rows: tuple[Listed, ...]

    @property
    def said(self) -> str:
        """The disagreement in a line, the first rows by name."""
        shown = "; ".join(f"{row.title} {row.url}" for row in self.rows[:3])
        more = f" and {len(self.rows) - 3} more" if len(self.rows) > 3 else ""
        return f"{self.source} lacks what {', '.join(self.others)} has: {shown}{more}"


def disagreements(connection: Connection, sources: Sequence[Source], now: datetime) -> list[Lack]:
    """What lists lack that check each other (`checks` in sources.yaml), in the span that both cover."""
    found: list[Lack] = []
    for source in sources:
        others = tuple(name for name in source.checks if name != source.name)
        if not others:
            continue
        own, theirs = _rows(connection, (source.name,), now), _rows(connection, others, now)
        if not own or not theirs:
            continue  # one of them was not read yet: its health says so
        since = max(min(row.published_at for row in own), min(row.published_at for row in theirs))
        read = {row.name: row.last_success for row in connection.execute(select(table.c.name, table.c.last_success))}
        pairs = ((source.name, theirs, own, others), (", ".join(others), own, theirs, (source.name,)))
        for name, having, lacking, by in pairs:
            asked = [read[one] for one in (source.name, *others) if read.get(one)]
            until = min([now - SETTLED, *(one for one in asked if one is not None)])
            if missing := _missing(having, lacking, since, until):
                found.append(Lack(name, by, missing))
    return found


def _rows(connection: Connection, names: Iterable[str], now: datetime) -> list[Listed]:
    columns = listings.c.key, listings.c.url, listings.c.title, listings.c.published_at, listings.c.seen_at
    recent = listings.c.source.in_(list(names)), listings.c.published_at >= now - SPAN
    return [Listed(*row) for row in connection.execute(select(*columns).where(*recent))]


def _missing(having: list[Listed], lacking: list[Listed], since: datetime, until: datetime) -> tuple[Listed, ...]:
    """Rows of one list that are in the other neither under their address nor under their title."""
    keys = {row.key for row in lacking} | {_title(row) for row in lacking}
    rows = {
        row.key: row
        for row in having
        if row.published_at >= since and row.seen_at <= until and not {row.key, _title(row)} & keys
    }
    return tuple(sorted(rows.values(), key=lambda row: row.published_at, reverse=True))


def _title(row: Listed) -> str:
    return _NOISE.sub("", row.title)

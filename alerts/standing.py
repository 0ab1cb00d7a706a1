"""What matches already when a subscription is made or asks for something else."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from alerts.cursor import MATCHER, reached
from alerts.reader import Reader
from notices.problem import Problem
from notices.schema import matched, notices, told
from notices.store.chunks import rows_of
from notices.store.engine import upsert

TRIES = 20
ADVICE = "the store changes too fast to say what matches already: try again when the ingest has ended"
SHOWN = 50  # matters from before in a new subscription's feed


class TooFast(Problem):
    """The store changes too fast to say what matches already."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A position of the log, and the notices that each query matches at exactly that position."""

    position: int
    found: dict[str, set[int]]


def standing(reader: Reader, queries: Iterable[str], now: datetime) -> Standing:
    """What the queries match now; raises TooFast while the index changes too fast to say."""
    wanted = list(dict.fromkeys(queries))
    for _ in range(TRIES):
        position = reader.position()
        found = {query: reader.matches(query, None, now) for query in wanted}
        if reader.position() == position:
            return Standing(position, found)
    raise TooFast(ADVICE)


def matched_to(connection: Connection) -> int:
    """The number of the last event that was matched, inside the caller's transaction."""
    return reached(connection, MATCHER)


def remember(connection: Connection, subscription_id: int, position: int, found: Collection[int]) -> int:
    """Writes down that the matters of these notices are not new to a subscription; returns how many they are.

    The newest of them stand in its feeds all the same: a reader opens a feed to see what is there.
    """
    newest: dict[int, tuple[datetime, int]] = {}
    query = select(notices.c.matter_id, notices.c.id, notices.c.published_at, notices.c.created_at)
    for row in rows_of(connection, query, notices.c.id, found):
        at = row.published_at or row.created_at
        newest[row.matter_id] = max(newest.get(row.matter_id, (at, row.id)), (at, row.id))
    own = {"subscription_id": subscription_id}
    rows = [{**own, "matter_id": matter, "event_number": position, "alerted": False} for matter in sorted(newest)]
    upsert(connection, matched, rows)
    shown = sorted(newest.items(), key=lambda one: one[1], reverse=True)[:SHOWN]
    entries = [{**own, "matter_id": matter, "notice_id": notice, "at": at} for matter, (at, notice) in shown]
    upsert(connection, told, [{**entry, "event": "new"} for entry in entries])
    return len(newest)

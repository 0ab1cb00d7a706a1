"""Notices that a reader's server refused for good: kept with the reason until they change or somebody asks again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from notices.schema import dead_letters
from notices.store.chunks import chunks
from notices.store.engine import among, upsert


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A notice that could not be written at a version, how often that was tried, and why it was refused."""

    notice_id: int
    version: int
    reason: str
    at: datetime
    attempts: int


def read_letters(connection: Connection, reader: str) -> list[DeadLetter]:
    """The dead letters of a reader, the newest first."""
    query = select(dead_letters).where(dead_letters.c.reader == reader).order_by(dead_letters.c.at.desc())
    return [
        DeadLetter(row.notice_id, row.version, row.reason, row.at, row.attempts) for row in connection.execute(query)
    ]


def settle_letters(
    connection: Connection, reader: str, tried: Iterable[int], refused: Mapping[int, tuple[int, str]], now: datetime
) -> None:
    """Forgets the letters of notices that were tried and puts down those refused, each with version and reason."""
    ids = list(tried)
    mine = dead_letters.c.reader == reader
    before: dict[int, int] = {}
    for some in chunks(ids):
        known = select(dead_letters.c.notice_id, dead_letters.c.attempts)
        where = mine & among(connection, dead_letters.c.notice_id, some)
        before |= {row[0]: row[1] for row in connection.execute(known.where(where))}
    for some in chunks(before):
        connection.execute(delete(dead_letters).where(mine & dead_letters.c.notice_id.in_(some)))
    rows = [
        {
            "reader": reader,
            "notice_id": one,
            "version": version,
            "reason": reason[:1000],
            "at": now,
            "attempts": before.get(one, 0) + 1,
        }
        for one, (version, reason) in refused.items()
    ]
    upsert(connection, dead_letters, rows, ("version", "reason", "at", "attempts"))

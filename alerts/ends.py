"""Which matters' comment periods end on which days, and which of them are settled already."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from notices.kinds import NoticeType
from notices.schema import matched, notices
from notices.store.chunks import chunks
from pipelines.link import Facts, Stage
from pipelines.matter import ending
from pipelines.tied import load_facts

NEEDED = [notices.c[one] for one in ("id", "matter_id", "ends_on", "official", "fields", "published_at", "created_at")]


@dataclass(frozen=True, slots=True)
class Ending:
    """A matter whose comment period ends on a day, the notice that says so, and since when its final text is out."""

    matter_id: int
    notice_id: int
    day: date
    final_at: datetime | None

    @property
    def final(self) -> bool:
        """Whether its final text is out."""
        return self.final_at is not None


def endings(connection: Connection, days: Collection[date]) -> list[Ending]:
    """The matters that are open for comment until one of these days; those with a final text are not."""
    shown = sorted(day.isoformat() for day in days)
    if not shown:
        return []
    matters = select(notices.c.matter_id).where(notices.c.ends_on.in_(shown))
    found = _endings(connection, select(*NEEDED).where(notices.c.matter_id.in_(matters)))
    return [one for one in found if one.day in days and not one.final]


def matched_until(connection: Connection, subscription_id: int, since: date) -> set[int]:
    """The matters that ever matched a subscription and of which a notice names that day or a later one as an end."""
    own = select(matched.c.matter_id).where(matched.c.subscription_id == subscription_id)
    late = select(notices.c.matter_id).where(notices.c.ends_on >= since.isoformat(), notices.c.matter_id.in_(own))
    return set(connection.execute(late).scalars())


def endings_of(connection: Connection, matters: Collection[int]) -> dict[int, Ending]:
    """When the comment periods of these matters end; those that have none are left out."""
    found: list[Ending] = []
    for some in chunks(matters):
        found += _endings(connection, select(*NEEDED).where(notices.c.matter_id.in_(some)))
    return {one.matter_id: one for one in found}


def _endings(connection: Connection, query: Select[Any]) -> list[Ending]:
    members: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query.order_by(notices.c.id)):
        members[row.matter_id].append(row)
    facts: dict[int, Facts] = {}
    for some in chunks(row.id for rows in members.values() for row in rows):
        facts |= load_facts(connection, some)
    found = (_ending(rows, {row.id: facts[row.id] for row in rows if row.id in facts}) for rows in members.values())
    return [one for one in found if one is not None]


def _ending(rows: Sequence[Row[Any]], facts: dict[int, Facts]) -> Ending | None:
    """Where one notice says when a matter's period ends it is that; a notice without facts is asked itself."""
    says = ending(facts.values())
    alone = [row for row in rows if row.ends_on and row.id not in facts]
    final = [row for row in rows if row.id in facts and facts[row.id].stage is Stage.FINAL]
    if says is not None and says.end is not None:
        notice = next(number for number, one in facts.items() if one is says)
        return Ending(rows[0].matter_id, notice, says.end, _first(final))
    if not alone:
        return None
    row = max(alone, key=lambda one: (one.ends_on, one.official))
    issued = [one for one in alone if one.fields.get("notice_type") == NoticeType.ISSUANCE.value]
    return Ending(row.matter_id, row.id, date.fromisoformat(row.ends_on), _first([*final, *issued]))


def _first(rows: Sequence[Row[Any]]) -> datetime | None:
    return min((row.published_at or row.created_at for row in rows), default=None)

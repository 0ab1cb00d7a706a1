"""Which matters' comment periods end on which days, and which of them are settled already."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Text, or_, select, type_coerce

from notices.kinds import NoticeType
from notices.schema import matched, notices
from notices.store.chunks import chunks


@dataclass(frozen=True, slots=True)
class Ending:
    """A matter whose comment period ends on a day, and the notice that says so."""

    matter_id: int
    notice_id: int
    day: date


def endings(connection: Connection, days: Collection[date]) -> list[Ending]:
    """The matters that are open for comment until one of these days; those with a final text are not."""
    if not days:
        return []
    says = or_(*(type_coerce(notices.c.fields, Text).like(f'%"comment_end":"{day}"%') for day in sorted(days)))
    matters = set(connection.execute(select(notices.c.matter_id).where(says)).scalars())
    members: dict[int, list[Row[Any]]] = defaultdict(list)
    for some in chunks(matters):
        for row in connection.execute(select(notices).where(notices.c.matter_id.in_(some)).order_by(notices.c.id)):
            members[row.matter_id].append(row)
    found = [_ending(rows) for rows in members.values()]
    return [one for one in found if one is not None and one.day in days]


def matched_endings(connection: Connection, subscription_id: int, since: date) -> list[Ending]:
    """The matters that ever matched a subscription and are or were open for comment until that day or a later one."""
    own = select(matched.c.matter_id).where(matched.c.subscription_id == subscription_id)
    members: dict[int, list[Row[Any]]] = defaultdict(list)
    says = type_coerce(notices.c.fields, Text).like('%"comment_end":"%')
    for row in connection.execute(select(notices).where(notices.c.matter_id.in_(own), says).order_by(notices.c.id)):
        members[row.matter_id].append(row)
    return [one for rows in members.values() if (one := _last(rows)) is not None and one.day >= since]


def _ending(rows: list[Row[Any]]) -> Ending | None:
    if any(row.fields.get("notice_type") == NoticeType.ISSUANCE.value for row in rows):
        return None
    return _last(rows)


def _last(rows: list[Row[Any]]) -> Ending | None:
    saying = [(row.fields["comment_end"], row.official, row) for row in rows if row.fields.get("comment_end")]
    if not saying:
        return None
    end, _, row = max(saying, key=lambda one: one[:2])
    return Ending(row.matter_id, row.id, date.fromisoformat(end))

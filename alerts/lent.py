"""From which notices others of their matters borrow the end that they show."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from alerts.ends import endings_of
from notices.notice import Notice
from notices.store.notice_rows import load_notices


def lenders(connection: Connection, notices: Iterable[Notice]) -> dict[int, Notice]:
    """By the id of a notice whose end is its matter's: the notice that names that end, where it is known."""
    wanted: Sequence[Notice] = [one for one in notices if one.end_of_matter]
    if not wanted:
        return {}
    ends = endings_of(connection, {one.matter_id for one in wanted})
    naming = {one.notice_id: one for one in load_notices(connection, {end.notice_id for end in ends.values()})}
    found: dict[int, Notice] = {}
    for one in wanted:
        lender = naming.get(ends[one.matter_id].notice_id) if one.matter_id in ends else None
        if lender and not lender.end_of_matter and lender.fields.comment_end == one.fields.comment_end:
            found[one.notice_id] = lender
    return found

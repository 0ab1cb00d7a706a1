"""What was told of a matter goes where its articles go, so that a merge or a split alerts nobody again."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from alerts.cursor import reached
from alerts.happenings import Home
from notices.schema import cursors, deliveries, matched, matter_moves, notice_aliases, notices
from notices.store.chunks import rows_of
from notices.store.engine import upsert

NAME = "follower"  # of the cursor behind which moves were followed
COVERED = "covered"  # the state of a delivery that another one of the same matter makes unnecessary
_OWN = {"id", "matter_id", "state", "attempts", "leased_until", "error"}  # of a delivery; the rest is copied with it


def homes(connection: Connection, notice_ids: Iterable[int]) -> dict[int, Home]:
    """Where notices are now, through their aliases; notices that are gone are left out."""
    target = {one: one for one in notice_ids}
    found: dict[int, Home] = {}
    open_ = set(target)
    while open_:
        stands = matters_of(connection, {target[one] for one in open_})
        found |= {one: Home(target[one], stands[target[one]]) for one in open_ if target[one] in stands}
        moved = _aliases(connection, {target[one] for one in open_ if one not in found})
        open_ = {one for one in open_ if one not in found and target[one] in moved}
        target |= {one: moved[target[one]] for one in open_}
    return found


def matters_of(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """The matters of notices; ids that are none are left out."""
    rows = rows_of(connection, select(notices.c.id, notices.c.matter_id), notices.c.id, ids)
    return {row.id: row.matter_id for row in rows}


def follow(connection: Connection) -> None:
    """Takes the ledger along with every move of the store up to now, inside the caller's transaction.

    Up to now, not up to the matcher's place: what it reads next is judged by where things are, not where they were.
    """
    last = reached(connection, NAME)
    moved = select(matter_moves).where(matter_moves.c.number > last).order_by(matter_moves.c.number)
    rows = connection.execute(moved).all()
    if not rows:
        return
    places = homes(connection, {row.notice_id for row in rows})
    for row in rows:
        home = places.get(row.notice_id)
        if home is None or home.matter_id == row.matter_id:
            continue
        if _lives(connection, row.matter_id):
            _split(connection, row.matter_id, home.matter_id)
        else:
            _merge(connection, row.matter_id, home.matter_id)
    position = {"name": NAME, "position": rows[-1].number, "owner": ""}
    upsert(connection, cursors, [position], ("position",))


def _lives(connection: Connection, matter: int) -> bool:
    """Whether a matter still has notices."""
    return connection.execute(select(notices.c.id).where(notices.c.matter_id == matter).limit(1)).first() is not None


def _merge(connection: Connection, old: int, new: int) -> None:
    _copy_matched(connection, old, new)
    connection.execute(delete(matched).where(matched.c.matter_id == old))
    there = {_slot(row): row for row in _rows(connection, new)}
    for row in _rows(connection, old):
        other = there.get(_slot(row))
        if other is None:
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(matter_id=new))
        elif row.state == "pending":
            _cover(connection, row)
        elif other.state == "pending":
            _cover(connection, other)


def _split(connection: Connection, source: int, target: int) -> None:
    _copy_matched(connection, source, target)
    there = {_slot(row): row for row in _rows(connection, target)}
    for row in _rows(connection, source):
        other = there.get(_slot(row))
        if other is None:
            copied = {one.name: getattr(row, one.name) for one in deliveries.c if one.name not in _OWN}
            same = {"matter_id": target, "state": COVERED, "attempts": 0, "error": ""}
            connection.execute(insert(deliveries).values(**copied, **same))
        elif other.state == "pending":
            _cover(connection, other)


def _copy_matched(connection: Connection, source: int, target: int) -> None:
    rows = connection.execute(select(matched).where(matched.c.matter_id == source)).all()
    there = connection.execute(select(matched).where(matched.c.matter_id == target)).all()
    alerted = {row.subscription_id: row.alerted for row in there}
    for row in rows:
        if row.subscription_id not in alerted:
            connection.execute(insert(matched).values({**row._mapping, "matter_id": target}))
        elif row.alerted and not alerted[row.subscription_id]:
            same = (matched.c.subscription_id == row.subscription_id) & (matched.c.matter_id == target)
            connection.execute(update(matched).where(same).values(alerted=True))


def _cover(connection: Connection, row: Row[Any]) -> None:
    connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(state=COVERED))


def _slot(row: Row[Any]) -> tuple[int, str, str]:
    return row.subscription_id, row.event, row.channel


def _rows(connection: Connection, matter: int) -> Sequence[Row[Any]]:
    return connection.execute(select(deliveries).where(deliveries.c.matter_id == matter)).all()


def _aliases(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    rows = rows_of(connection, select(notice_aliases), notice_aliases.c.alias, ids)
    return {row.alias: row.notice_id for row in rows}

"""The places that readers of the log have reached: one reader holds a place at a time, for as long as its lease."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from notices.schema import cursors
from notices.store import Store
from notices.store.engine import upsert

MATCHER = "matcher"  # of the reader of the event log
LEASE = timedelta(seconds=30)  # slower work is only done twice: its position decides who writes


def position(store: Store, name: str) -> int:
    """The position of a cursor, 0 where there is none yet; asked often, so without the writer's lock."""
    with store.reading() as connection:
        return reached(connection, name)


def reached(connection: Connection, name: str) -> int:
    """The same inside the caller's transaction."""
    return connection.execute(select(cursors.c.position).where(cursors.c.name == name)).scalar() or 0


def lease(store: Store, name: str, owner: str, now: datetime) -> int | None:
    """The cursor's position, held for this owner; None while another one holds it."""
    with store.writing() as connection:
        upsert(connection, cursors, [{"name": name, "position": 0, "owner": ""}])
        row = connection.execute(select(cursors).where(cursors.c.name == name)).one()
        if row.owner not in ("", owner) and row.leased_until is not None and row.leased_until > now:
            return None
        held = update(cursors).where(cursors.c.name == name)
        connection.execute(held.values(owner=owner, leased_until=now + LEASE))
        return int(row.position)


def holds(connection: Connection, name: str, owner: str, at: int) -> bool:
    """Whether an owner still holds a cursor at a position, inside the caller's transaction."""
    row = connection.execute(select(cursors).where(cursors.c.name == name)).one()
    return bool(row.owner == owner and row.position == at)


def advance(connection: Connection, name: str, to: int, now: datetime) -> None:
    """Moves a cursor that is held, inside the transaction that writes what was read."""
    moved = update(cursors).where(cursors.c.name == name)
    connection.execute(moved.values(position=to, leased_until=now + LEASE))


def release(store: Store, name: str, owner: str) -> None:
    """Lets go of a cursor, if this owner holds it."""
    with store.writing() as connection:
        mine = (cursors.c.name == name) & (cursors.c.owner == owner)
        connection.execute(update(cursors).where(mine).values(owner="", leased_until=None))

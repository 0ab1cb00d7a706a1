"""A reader's place in the event log, leased so that one process at a time reads from it."""

import os
import secrets
import socket
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from notices.schema import SHANGHAI, cursors
from notices.store.engine import upsert
from notices.store.store import Store

LEASE = timedelta(seconds=30)


class Cursor:
    """The cursor of a name; a lease that its owner does not renew, because it was killed, ends after LEASE."""

    def __init__(self, store: Store, name: str) -> None:
        self.name = name
        self._store = store
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._renew_at = _now()

    @property
    def position(self) -> int:
        """The number of the last event that was read to its end, 0 for none; needs no lease."""
        with self._store.reading() as connection:
            found = connection.execute(select(cursors.c.position).where(cursors.c.name == self.name)).scalar()
        return int(found or 0)

    def take(self) -> int | None:
        """The position, held from now on; None while another one holds it."""
        now = _now()
        with self._store.writing() as connection:
            upsert(connection, cursors, [{"name": self.name, "position": 0, "owner": ""}])
            row = connection.execute(select(cursors).where(cursors.c.name == self.name)).one()
            free = row.owner in ("", self._owner) or row.leased_until is None or row.leased_until <= now
            if free:
                self._hold(connection, now)
        return int(row.position) if free else None

    def renew(self) -> bool:
        """Keeps the lease while work goes on, writing only when a third of it is gone; False when it was lost."""
        now = _now()
        if now < self._renew_at:
            return True
        with self._store.writing() as connection:
            if not self._holds(connection):
                return False
            self._hold(connection, now)
        return True

    def move(self, connection: Connection, position: int) -> bool:
        """Moves the position within the caller's writing transaction; False when the lease was lost meanwhile."""
        if not self._holds(connection):
            return False
        moved = update(cursors).where(cursors.c.name == self.name)
        connection.execute(moved.values(position=position))
        self._hold(connection, _now())
        return True

    def release(self) -> None:
        """Lets go of the lease, if it is still held."""
        with self._store.writing() as connection:
            mine = (cursors.c.name == self.name) & (cursors.c.owner == self._owner)
            connection.execute(update(cursors).where(mine).values(owner="", leased_until=None))

    def drop(self) -> None:
        """Forgets the position of a reader that there will be no more."""
        with self._store.writing() as connection:
            connection.execute(delete(cursors).where(cursors.c.name == self.name))

    def _holds(self, connection: Connection) -> bool:
        owner = connection.execute(select(cursors.c.owner).where(cursors.c.name == self.name)).scalar()
        return bool(owner == self._owner)

    def _hold(self, connection: Connection, now: datetime) -> None:
        held = update(cursors).where(cursors.c.name == self.name)
        connection.execute(held.values(owner=self._owner, leased_until=now + LEASE))
        self._renew_at = now + LEASE / 3


def _now() -> datetime:
    return datetime.now(SHANGHAI)

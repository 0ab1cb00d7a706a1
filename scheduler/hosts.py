"""Hosts in the store: who drains one, how fast it may be asked, how long it is left alone; for all processes alike."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, Row, select, update

from notices.schema import hosts
from notices.store import Store
from notices.store.engine import upsert

LEASE = timedelta(seconds=120)  # longer than a writer may wait for the store
PAUSE = timedelta(minutes=30)  # after a wall that does not say how long; doubled with each further one
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=1)
SLOWEST = 120.0  # seconds between two requests, however slow a site is
ROBOTS_FOR = timedelta(days=1)


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(timezone.utc)


class Hosts:
    """The table of hosts as one process sees it; `owner` is its name in the leases it takes."""

    def __init__(self, store: Store, owner: str, clock: Callable[[], datetime] = utc_now) -> None:
        self.store = store
        self.owner = owner
        self.clock = clock

    def lease(self, host: str) -> bool:
        """Takes a host to drain; False while another process holds it."""
        now = self.clock()
        with self.store.writing() as connection:
            row = _row(connection, host)
            if row.owner not in ("", self.owner) and row.leased_until is not None and row.leased_until > now:
                return False
            _set(connection, host, owner=self.owner, leased_until=now + LEASE)
        return True

    def renew(self, held: Iterable[str]) -> None:
        """Holds the hosts a while longer; one that another process took meanwhile stays with it."""
        mine = hosts.c.host.in_(list(held)), hosts.c.owner == self.owner
        with self.store.writing() as connection:
            connection.execute(update(hosts).where(*mine).values(leased_until=self.clock() + LEASE))

    def release(self, host: str) -> None:
        """Lets go of a host."""
        mine = hosts.c.host == host, hosts.c.owner == self.owner
        with self.store.writing() as connection:
            connection.execute(update(hosts).where(*mine).values(owner="", leased_until=None))

    def release_all(self, owner: str) -> None:
        """Lets go of every host that a process held which is no more."""
        with self.store.writing() as connection:
            connection.execute(update(hosts).where(hosts.c.owner == owner).values(owner="", leased_until=None))

    def turn(self, host: str, delay: float) -> float | None:
        """Reserves the next request to a host; seconds to wait for it, None while the host must not be asked.

        Two requests to a host lie at least `delay` seconds apart, more where it is slow, whoever makes them.
        """
        now = self.clock()
        with self.store.writing() as connection:
            row = _row(connection, host)
            if row.owner != self.owner or (row.paused_until is not None and row.paused_until > now):
                return None
            apart = timedelta(seconds=max(delay, row.delay))
            moment = now if row.asked_at is None else max(now, row.asked_at + apart)
            if row.asked_at is not None and row.asked_at > now + timedelta(seconds=2 * SLOWEST):
                moment = now  # the clock was set back
            _set(connection, host, asked_at=moment, leased_until=max(moment, now) + LEASE)
        return (moment - now) / timedelta(seconds=1)

    def answered(self, host: str, seconds: float, *, well: bool) -> None:
        """Adapts the pace to how long an answer took: slower at once, faster only after a good one."""
        with self.store.writing() as connection:
            row = _row(connection, host)
            began = self.clock() - timedelta(seconds=seconds)  # a request that left late must not hasten the next
            values: dict[str, Any] = {"delay": throttled(row.delay, seconds, well=well)}
            values["asked_at"] = began if row.asked_at is None else max(row.asked_at, began)
            _set(connection, host, **values)

    def open(self, host: str) -> None:
        """Remembers that a host answered without a wall: the next pause is a short one again."""
        with self.store.reading() as connection:
            walls = connection.execute(select(hosts.c.walls).where(hosts.c.host == host)).scalar()
        if walls:
            with self.store.writing() as connection:
                _set(connection, host, walls=0)

    def pause(self, host: str, asked: timedelta | None, reason: str) -> None:
        """Leaves a host alone: as long as it asks for, else half an hour, twice as long with every wall in a row."""
        with self.store.writing() as connection:
            walls = _row(connection, host).walls
            wait = asked if asked is not None else PAUSE * 2 ** min(walls, 10)
            until = self.clock() + min(max(wait, SHORTEST), LONGEST)
            _set(connection, host, paused_until=until, reason=reason, walls=walls + 1)

    def robots(self, host: str) -> str | None:
        """The host's robots.txt, empty where it has none; None when it has to be asked for."""
        with self.store.reading() as connection:
            row = connection.execute(select(hosts.c.robots, hosts.c.robots_at).where(hosts.c.host == host)).first()
        fresh = row is not None and row.robots_at is not None and row.robots_at > self.clock() - ROBOTS_FOR
        return row.robots or "" if row is not None and fresh else None

    def keep_robots(self, host: str, text: str) -> None:
        """Remembers a host's robots.txt for a day."""
        with self.store.writing() as connection:
            _row(connection, host)
            _set(connection, host, robots=text, robots_at=self.clock())


def throttled(delay: float, seconds: float, *, well: bool) -> float:
    """The pace after an answer that took so long: halfway to it, never below it, never faster after a bad one."""
    slower = max(seconds, (delay + seconds) / 2)
    return min(SLOWEST, slower if well or slower > delay else delay)


def _row(connection: Connection, host: str) -> Row[Any]:
    query = select(hosts).where(hosts.c.host == host)
    row = connection.execute(query).first()
    if row is None:
        upsert(connection, hosts, [{"host": host, "reason": "", "walls": 0, "delay": 0.0, "owner": ""}])
        row = connection.execute(query).one()
    return row


def _set(connection: Connection, host: str, **values: object) -> None:
    connection.execute(update(hosts).where(hosts.c.host == host).values(values))

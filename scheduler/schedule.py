"""What is due: sources by their own rhythm, hosts by what waits for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from config.sources import Source
from notices.schema import hosts
from notices.schema import sources as table
from notices.store import Store
from notices.store.queue import due_hosts
from scheduler.pauses import left_alone, waits_for
from scheduler.runs import begin
from spiders.lists import reader_of


def due_sources(connection: Connection, sources: Sequence[Source], now: datetime) -> list[Source]:
    """The sources whose list is to be read now, the longest waiting first, new ones before all.

    A list whose host is left alone waits until that is over: missed times are made up once.
    """
    when = {row.name: row.next_due for row in connection.execute(select(table.c.name, table.c.next_due))}
    alone = left_alone(connection, now)
    waiting: list[tuple[float, str, Source]] = []
    for source in sources:
        moment = when.get(source.name)
        if (moment is None or moment <= now) and not waits_for(source, alone):
            waiting.append((moment.timestamp() if moment else 0.0, source.name, source))
    return [source for _, _, source in sorted(waiting, key=lambda one: one[:2])]


def begin_due(store: Store, sources: Sequence[Source], now: datetime) -> list[str]:
    """Starts a run of every source that is due, each once, and returns their names."""
    with store.reading() as connection:
        if not due_sources(connection, sources, now):
            return []
    with store.writing() as connection:  # asked again under the writer's lock: another process may have begun them
        begun = due_sources(connection, sources, now)
        for source in begun:
            begin(connection, source, reader_of(source).first(source), now)
    return [source.name for source in begun]


def free_hosts(store: Store, now: datetime) -> list[str]:
    """The hosts that have something due and that no process drains."""
    with store.reading() as connection:
        due = due_hosts(connection, now)
        held = select(hosts.c.host).where(hosts.c.owner != "", hosts.c.leased_until > now)
        leased = set(connection.execute(held).scalars()) if due else set()
    return [host for host in due if host not in leased]

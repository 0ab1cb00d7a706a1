"""The subscriptions that the matcher keeps between turns: what another process changes is read, and only that."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from alerts import subscriptions, watching
from alerts.daily import plan
from alerts.ledger import listed
from alerts.matcher import match
from alerts.subscriptions import Wanted, make
from notices.schema import subscriptions as table
from notices.store import Store
from tests.processes import CONTEXT

CHANNELS = {"team"}

pytestmark = pytest.mark.both_databases


class Nothing:
    """A reader of an index in which nothing matches yet."""

    def position(self) -> int:
        return 1_000_000

    def matches(self, query: str, notice_ids: Collection[int] | None, now: Any) -> set[int]:
        return set()


def change(url: str, folder: Path, what: str, now: Any) -> None:
    with Store.open(url, folder) as store:
        if what == "add":
            make(store, Nothing(), Wanted("b", "乙", ("team",)), CHANNELS, now)
            with store.writing() as connection:
                connection.execute(update(table).where(table.c.name == "b").values(since_event=0))
        elif what == "change":
            with store.writing() as connection:
                connection.execute(update(table).where(table.c.name == "a").values(query="丙"))
        elif what == "pause":
            subscriptions.pause(store, "a")
        else:
            subscriptions.remove(store, "b")


def elsewhere(world: Any, what: str) -> None:
    """Does it in a process of its own."""
    address = world.store.engine.url.render_as_string(hide_password=False)
    child = CONTEXT.Process(target=change, args=(address, world.store.folder, what, world.now))
    child.start()
    child.join(60)
    assert child.exitcode == 0


def told(world: Any) -> list[str]:
    """Whom the next turn tells of new notices of each kind."""
    known = len(listed(world.store))
    world.notices(["甲办法", "乙办法", "丙办法"])
    match(world.store, world.now)
    rows = listed(world.store)[: len(listed(world.store)) - known]
    titles = {one.notice_id: one.titles[0][0] for one in world.store.notices({row.notice_id for row in rows})}
    return sorted(row.subscription + titles[row.notice_id] for row in rows)


def test_what_another_process_changes_counts_from_the_next_turn_on(world: Any, reader: Any) -> None:
    make(world.store, reader, Wanted("a", "甲", ("team",)), CHANNELS, world.now)
    assert told(world) == ["a甲"] == told(world)
    elsewhere(world, "add")
    assert told(world) == ["a甲", "b乙"]
    elsewhere(world, "change")
    assert told(world) == ["a丙", "b乙"]
    elsewhere(world, "remove")
    assert told(world) == ["a丙"]
    elsewhere(world, "add")  # on SQLite it gets the number of the one that went
    elsewhere(world, "pause")
    assert told(world) == ["b乙"]


def test_only_what_changed_is_read_again(world: Any, reader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        make(world.store, reader, Wanted(f"s{number}", f"词{number}", ("team",)), CHANNELS, world.now)
    read: list[int] = []
    load = watching.load

    def counting(connection: Any, ids: Any) -> Any:
        read.append(len(ids))
        return load(connection, ids)

    monkeypatch.setattr(watching, "load", counting)
    told(world)
    subscriptions.pause(world.store, "s3")
    told(world), told(world)
    subscriptions.remove(world.store, "s3")
    told(world)
    world.later(days=1)
    plan(world.store, world.now)  # when reminders are looked at next changes no match
    told(world)
    assert read == [12, 1, 0]


def test_a_hundred_changes_leave_what_a_fresh_reading_finds(world: Any, reader: Any) -> None:
    """Queries that are nobody's any more are dropped now and then, and tell nobody before that."""
    for number in range(5):
        make(world.store, reader, Wanted(f"s{number}", f"词{number}", ("team",)), CHANNELS, world.now)
    world.notices([f"词{number}办法" for number in range(7)])
    with world.store.reading() as connection:
        kept = watching.watching(connection)
    for turn in range(100):
        with world.store.writing() as connection:
            row = table.c.name == f"s{turn % 5}"
            connection.execute(update(table).where(row).values(query=f"词{turn % 7}"))
        with world.store.reading() as connection:
            kept.refresh(connection)
        ids = world.store.notice_ids()
        found = kept.matching((one, world.now) for one in world.store.notices(ids))
        assert found == watching.matching(
            subscriptions.read(world.store), ((one, world.now) for one in world.store.notices(ids))
        )
    assert kept._used <= 7

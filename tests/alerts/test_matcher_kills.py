"""The matcher killed with -9 at any statement between the event and the delivery row: nothing lost, nothing twice."""

import os
import random
import shutil
import signal
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from alerts import moving
from alerts.matcher import match
from alerts.subscriptions import Wanted, make
from notices.kinds import Mode
from notices.schema import cursors, deliveries, matched
from notices.store import Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
EVENTS = ("new", "official", "deadline-set", "deadline-moved", "final", "changed", "removed")


def lived(world: Any, reader: Any) -> None:
    """A store with subscriptions, and a log of all that can happen that nobody matched yet."""
    for name, query in (("open", "is:open"), ("word", "办法"), ("all", "征求")):
        make(world.store, reader, Wanted(name, query, ("team", "desk"), events=EVENTS), {"team", "desk"}, world.now)
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET query = 'deadline < now+30d' WHERE name = 'all'")
    match(world.store, world.now)
    notices = [world.notice(f"办法{number}征求意见", copies=2) for number in range(6)]
    world.notice("旧的征求意见", mode=Mode.BACKFILL)
    world.merge(notices[1], notices[0])
    world.split(notices[2])
    world.link(notices[3], notices[2])
    world.deadline(notices[3], date(2027, 1, 15))
    world.happens(notices[3], "official")
    world.happens(notices[4], "changed", version=2)
    final = world.notice("办法四印发", kind="issuance", end=None)
    world.link(final, notices[4])
    world.happens(final, "final")
    world.unlink(notices[3])
    world.happens(notices[5], "removed")
    world.later(days=40)


def ledger(folder: Path) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], dict[str, int]]:
    """What is due to whom, what matched, and where the cursors stand."""
    with opened(folder) as store, store.reading() as connection:
        columns = [deliveries.c[n] for n in ("subscription_id", "matter_id", "notice_id", "event", "channel", "state")]
        due = [tuple(row) for row in connection.execute(select(*columns))]
        known = [
            tuple(row)
            for row in connection.execute(select(matched.c.subscription_id, matched.c.matter_id, matched.c.alerted))
        ]
        places = {row.name: row.position for row in connection.execute(select(cursors))}
    return sorted(due), sorted(known), places


def opened(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder / 'policywatch.db'}", folder)


def in_a_child(folder: Path, now: datetime, last: int) -> bool:
    """Matches in a process that is killed as it begins its statement number `last`; whether it came to the end."""
    child = os.fork()
    if child == 0:
        with opened(folder) as store:
            left = [last]
            event.listen(store.engine, "before_cursor_execute", lambda *_: count(left))
            event.listen(store.engine, "commit", lambda _: count(left))
            match(store, now)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


def count(left: list[int]) -> None:
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def killed(world: Any, reader: Any, tmp_path: Path, rounds: int, seed: int, batch: Callable[[int], None]) -> None:
    print(f"\nseed {seed}")
    lived(world, reader)
    chance = random.Random(seed)
    world.store.close()
    kills = 0
    for number in range(rounds):
        batch(chance.choice((1, 2, 3, 1_000)))
        whole, broken = tmp_path / f"whole{number}", tmp_path / f"broken{number}"
        for folder in (whole, broken):
            folder.mkdir()
            for file in tmp_path.glob("policywatch.db*"):
                shutil.copy(file, folder)
        assert in_a_child(whole, world.now, -1)
        now = world.now
        while not in_a_child(broken, now, chance.randrange(1, 120)):
            kills += 1
            now += timedelta(minutes=1)  # a killed holder's lease has run out
        match_again = in_a_child(broken, now + timedelta(minutes=1), -1)
        assert match_again and ledger(broken) == ledger(whole), f"round {number} of seed {seed}"
        shutil.rmtree(whole)
        shutil.rmtree(broken)
    due, known, places = ledger_of_one(tmp_path, world.now)
    print(f"{kills} kills in {rounds} runs; {len(due)} deliveries, {len(known)} matches in each; cursors {places}")
    assert due and places[moving.NAME] and kills


def ledger_of_one(folder: Path, now: datetime) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], dict[str, int]]:
    assert in_a_child(folder, now, -1)
    return ledger(folder)


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr("alerts.matcher.BATCH", size)


def test_killed_at_a_few_points_the_ledger_is_the_same(
    world: Any, reader: Any, tmp_path: Path, batch: Callable[[int], None], seed: int
) -> None:
    killed(world, reader, tmp_path, 3, seed, batch)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_killed_at_hundreds_of_points_the_ledger_is_the_same(
    world: Any, reader: Any, tmp_path: Path, batch: Callable[[int], None], seed: int
) -> None:
    killed(world, reader, tmp_path, 60, seed, batch)

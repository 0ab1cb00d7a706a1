"""What was told goes wherever articles and notices go: no merge, split or link alerts anybody, in any order of them."""

import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.follow import COVERED
from alerts.ledger import SENT
from alerts.matcher import match
from alerts.subscriptions import Wanted, make
from notices.kinds import Mode
from notices.schema import articles, deliveries, notices


def shape(world: Any, chance: random.Random) -> None:
    """Some change of what belongs together, and of nothing else."""
    with world.store.reading() as connection:
        rows = connection.execute(select(notices.c.id, notices.c.matter_id)).all()
        held = Counter(connection.execute(select(articles.c.notice_id)).scalars())
    ids = [row.id for row in rows]
    one, two = chance.sample(ids, 2)
    kind = chance.choice(("merge", "split", "link", "unlink", "copy"))
    mode = chance.choice(list(Mode))
    if kind == "merge" and len(ids) > 3:
        world.merge(max(one, two), min(one, two), mode)
    elif kind == "split" and held[one] > 1:
        world.split(one, mode)
    elif kind == "link":
        world.link(one, two, mode)
    elif kind == "unlink" and {row.id: row.matter_id for row in rows}[one] != one:
        world.unlink(one, mode)
    elif kind == "copy":
        world.copy(one, mode)


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_moves_is_told_again(world: Any, reader: Any, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr("alerts.matcher.BATCH", chance.choice((1, 3, 1_000)))
    make(world.store, reader, Wanted("a", "is:open", ("team",)), {"team"}, world.now)
    for number in range(6):
        world.notice(f"办法{number}", copies=chance.choice((1, 2)), mode=chance.choice(list(Mode)))
    match(world.store, world.now)
    for _ in range(25):
        shape(world, chance)
        if chance.random() < 0.4:
            assert match(world.store, world.now) == 0, f"seed {seed}"
        if chance.random() < 0.1:
            with world.store.writing() as connection:
                pending = update(deliveries).where(deliveries.c.state == "pending")
                connection.execute(pending.values(state=SENT, sent_at=world.now))
    assert match(world.store, world.now) == 0, f"seed {seed}"
    with world.store.reading() as connection:
        rows = connection.execute(select(deliveries)).all()
        matters = {row.id: row.matter_id for row in connection.execute(select(notices.c.id, notices.c.matter_id))}
    waiting = Counter(row.matter_id for row in rows if row.state not in (SENT, COVERED))
    assert set(waiting.values()) <= {1}
    for row in rows:
        if row.state == "pending":
            now = world.store.resolve(row.notice_id)
            assert matters[now] == row.matter_id, f"seed {seed}: what waits stands under its notice's matter"

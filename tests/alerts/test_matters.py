"""What is told of a matter: once whatever matches, what happens to it later, and what time alone brings."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alerts import moving
from alerts.ledger import listed
from alerts.matcher import match
from alerts.message import item
from alerts.subscriptions import Wanted, make
from notices.kinds import Mode
from notices.schema import SHANGHAI, deliveries
from search.dated import dated
from search.parse import parse

EVERYTHING = ("new", "official", "deadline-set", "deadline-moved", "final", "changed", "removed")

pytestmark = pytest.mark.both_databases


def told(world: Any) -> list[tuple[int, str, str]]:
    return [(one.matter_id, one.event, one.state) for one in reversed(listed(world.store))]


def subscribe(world: Any, reader: Any, query: str = "is:open", **more: Any) -> None:
    make(world.store, reader, Wanted("a", query, ("team",), **more), {"team"}, world.now)


def test_a_report_of_a_matter_that_was_told_is_not_news(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first = world.notice("办法征求意见")
    match(world.store, world.now)
    report = world.notice("某部就办法征求意见")
    world.link(report, first)
    assert match(world.store, world.now) == 0
    assert told(world) == [(first, "new", "pending")]


def test_two_told_notices_that_turn_out_to_be_one_matter_leave_one_message(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first, second = world.notice("甲"), world.notice("乙")
    match(world.store, world.now)
    world.link(second, first)
    match(world.store, world.now)
    assert told(world) == [(first, "new", "pending"), (second, "new", "covered")]


def test_a_link_that_the_matcher_has_not_read_yet_counts_already(
    world: Any, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(world, reader)
    first = world.notice("甲")
    match(world.store, world.now)
    second = world.notice("乙")
    for _ in range(5):
        world.copy(second)
    world.link(second, first)
    monkeypatch.setattr("alerts.matcher.BATCH", 2)  # the link stands in a later batch than the match
    assert match(world.store, world.now) == 0


def test_a_notice_that_leaves_a_told_matter_is_not_news(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first, second = world.notice("甲"), world.notice("乙", mode=Mode.BACKFILL)
    world.link(second, first)
    match(world.store, world.now)
    world.unlink(second)
    assert match(world.store, world.now) == 0
    assert told(world) == [(first, "new", "pending"), (second, "new", "covered")]


def test_a_live_report_of_what_a_backfill_brought_is_not_news(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    old = world.notice("旧办法征求意见", mode=Mode.BACKFILL)
    report = world.notice("旧办法征求意见的报道")
    world.link(report, old)
    assert match(world.store, world.now) == 0


def test_what_happens_later_is_told_to_those_who_asked_for_it(world: Any, reader: Any) -> None:
    subscribe(world, reader, events=EVERYTHING)
    notice = world.notice("办法征求意见", end=None)
    report = world.notice("办法征求意见的另一份", end=date(2026, 12, 31))
    world.link(notice, report)
    match(world.store, world.now)
    world.happens(report, "official")
    world.happens(report, "deadline", deadline=[None, "2026-12-31"])
    world.happens(report, "deadline", deadline=["2026-12-31", "2027-01-15"], matter=True)
    world.happens(report, "changed", version=2)
    world.happens(report, "changed")
    world.happens(report, "removed")
    final = world.notice("办法正式公布", kind="issuance", end=None)
    world.link(final, report)
    world.happens(final, "final")
    match(world.store, world.now)
    keys = [event for _, event, _ in told(world)]
    assert keys[0] == "new"
    assert sorted(keys[1:]) == [
        "changed:2",
        "deadline-set:2026-12-31",
        "deadline:2027-01-15",
        "final",
        "official",
        "removed",
    ]


def test_the_default_is_new_moved_and_near(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    notice = world.notice("办法征求意见")
    match(world.store, world.now)
    world.happens(notice, "official")
    world.happens(notice, "removed")
    world.happens(notice, "deadline", deadline=["2026-12-31", "2027-01-15"])
    match(world.store, world.now)
    assert [event for _, event, _ in told(world)] == ["new", "deadline:2027-01-15"]


def test_a_backfill_says_nothing_of_what_happened(world: Any, reader: Any) -> None:
    subscribe(world, reader, events=EVERYTHING)
    notice = world.notice("办法征求意见")
    match(world.store, world.now)
    world.happens(notice, "changed", version=2, mode=Mode.BACKFILL)
    world.happens(notice, "official", mode=Mode.BACKFILL)
    assert match(world.store, world.now) == 0


def test_a_delivery_knows_when_it_happened_however_late_it_is_written_down(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    world.notice("办法", end=date(2026, 11, 3))
    happened = world.now
    match(world.store, world.later(days=10))
    with world.store.reading() as connection:
        row = connection.execute(select(deliveries)).one()
        notice = world.store.notices([row.notice_id])[0]
    assert (row.happened_at, row.created_at) == (happened, world.now)
    assert item(notice, row.event, (), row.happened_at, world.now).period_ended


def test_what_comes_into_a_period_by_time_alone_is_told_the_day_it_does(world: Any, reader: Any) -> None:
    world.notice("以前的", end=date(2026, 11, 4))
    subscribe(world, reader, query="is:open")  # the tests' reader knows this one
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET query = 'deadline < now+3d'")
        connection.exec_driver_sql("DELETE FROM matched")
    near = world.notice("近的", end=date(2026, 11, 6))
    match(world.store, world.now)
    assert told(world) == []
    for _ in range(3):
        world.later(days=1)
        match(world.store, world.now)
        match(world.store, world.later(hours=1))
    assert [(matter, event) for matter, event, _ in told(world)].count((near, "new")) == 1


def test_nothing_is_run_twice_on_a_day_and_missed_days_are_made_good(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET query = 'deadline < now+3d'")
    match(world.store, world.now)
    near = world.notice("近的", end=date(2026, 11, 8))
    match(world.store, world.now)
    world.later(days=6)
    assert [match(world.store, world.now) for _ in range(3)] == [1, 0, 0]
    assert told(world) == [(near, "new", "pending")]


@pytest.mark.parametrize(
    "query", ["is:open", "-is:open", "deadline < now+3d", "published >= now-7d or 标准", "办法 deadline:now+1d/d"]
)
def test_a_limit_passes_over_every_date_by_which_an_answer_changes(query: str) -> None:
    """A day's answers differ only for notices that have a date in a swept place."""
    from search.memory import holds_flag, holds_range
    from search.tree import And, Flag, Node, Not, Or, Range

    then = datetime(2026, 11, 1, 9, 30, tzinfo=SHANGHAI)
    now = then + timedelta(days=1, hours=2)
    tree = parse(query, then).tree
    before, after = dated(tree, then), dated(tree, now)
    places = list(moving.swept(before, after))

    class Dates:
        keys = frozenset({("type", "consultation")})

        def __init__(self, published: int, deadline: int | None) -> None:
            self.published, self.deadline = published, deadline

    def leaves(node: Node) -> list[Flag | Range]:
        if isinstance(node, And | Or):
            return [leaf for part in node.parts for leaf in leaves(part)]
        return leaves(node.part) if isinstance(node, Not) else [node] if isinstance(node, Flag | Range) else []

    def holds(node: Flag | Range, one: Any) -> bool:
        return holds_flag(node, one) if isinstance(node, Flag) else holds_range(node, one)

    hour = 3_600_000_000
    start = min(low for _, low, _ in places) - 40 * 24 * hour
    differ = 0
    for step in range(80 * 24):
        moment = start + step * hour
        for one in (Dates(moment, moment), Dates(moment, None)):
            changed = any(holds(a, one) != holds(b, one) for a, b in zip(leaves(before), leaves(after), strict=True))
            differ += changed
            if changed:
                values = {"published": one.published, "deadline": one.deadline}
                assert any(values[f] is not None and low <= values[f] <= high for f, low, high in places)  # type: ignore[operator]
    assert differ

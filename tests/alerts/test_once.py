"""Who is told of what: each matter once, and nobody for a backfill."""

import logging
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from alerts import cursor, subscriptions, watching
from alerts.ledger import counts, listed
from alerts.matcher import match
from alerts.standing import MATCHER
from alerts.subscriptions import BadSubscription, Wanted, make
from notices.kinds import Mode
from notices.schema import subscriptions as table

CHANNELS = {"team"}

pytestmark = pytest.mark.both_databases


def told(world: Any) -> list[tuple[int, str, str]]:
    """What the ledger holds, oldest first: matter, event and state."""
    return [(one.matter_id, one.event, one.state) for one in reversed(listed(world.store))]


def subscribe(world: Any, reader: Any, query: str = "is:open", name: str = "a", **more: Any) -> int:
    _, matching = make(world.store, reader, Wanted(name, query, ("team",), **more), CHANNELS, world.now)
    return matching


def test_the_first_live_match_is_told_once_however_often_one_looks(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    notice = world.notice("数据办法")
    assert [match(world.store, world.now) for _ in range(3)] == [1, 0, 0]
    world.copy(notice)
    assert match(world.store, world.now) == 0
    assert told(world) == [(notice, "new", "pending")]


def test_a_backfill_tells_nobody_and_neither_does_a_later_repost_of_it(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    old = world.notice("旧办法", mode=Mode.BACKFILL)
    match(world.store, world.now)
    world.copy(old)
    assert match(world.store, world.now) == 0
    assert told(world) == []


def test_a_live_repost_makes_no_news_of_a_backfill_that_was_not_looked_at_yet(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    reposted = world.notice("旧办法", mode=Mode.BACKFILL)
    world.copy(reposted)
    official = world.notice("某部拟出台办法", kind="news", mode=Mode.BACKFILL)
    world.becomes(official, "consultation")
    match(world.store, world.now)
    assert told(world) == [(official, "new", "pending")]


def test_a_query_that_no_longer_parses_holds_up_no_other(world: Any, reader: Any, caplog: Any) -> None:
    watching._parsed.cache_clear()  # it says so once a process
    subscribe(world, reader, name="a")
    subscribe(world, reader, name="b", query="办法")
    with world.store.writing() as connection:
        connection.execute(update(table).where(table.c.name == "a").values(query="deadline:soon"))
    world.notice("办法")
    assert match(world.store, world.now) == 1
    assert "'a' matches nothing: " in caplog.text


def test_what_matched_before_the_subscription_is_not_new(world: Any, reader: Any) -> None:
    before = world.notice("以前的办法")
    assert subscribe(world, reader) == 1
    match(world.store, world.now)
    world.copy(before)
    assert match(world.store, world.now) == 0


def test_any_live_event_that_makes_a_notice_match_is_told(world: Any, reader: Any) -> None:
    notice = world.notice("某部拟出台办法", kind="news", mode=Mode.BACKFILL)
    subscribe(world, reader)
    assert match(world.store, world.now) == 0
    world.becomes(notice, "consultation")
    assert match(world.store, world.now) == 1


def test_a_merge_goes_on_where_either_side_was_told(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first = world.notice("原文", kind="news")
    second = world.notice("转载的征求意见")
    match(world.store, world.now)
    world.merge(second, first)
    world.becomes(first, "consultation")
    assert match(world.store, world.now) == 0
    assert told(world) == [(first, "new", "pending")]


def test_two_told_sides_of_a_merge_leave_one_message_where_it_is_not_sent_yet(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first, second = world.notice("甲"), world.notice("乙")
    match(world.store, world.now)
    world.merge(second, first)
    match(world.store, world.now)
    assert told(world) == [(first, "new", "pending"), (second, "new", "covered")]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_split_tells_nobody_again(world: Any, reader: Any, mode: Mode) -> None:
    subscribe(world, reader)
    notice = world.notice("两家的办法", copies=2)
    match(world.store, world.now)
    other = world.split(notice, mode)
    assert match(world.store, world.now) == 0
    assert told(world) == [(notice, "new", "pending"), (other, "new", "covered")]


def test_merge_split_and_merge_in_one_stretch_of_the_log(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first, second = world.notice("甲", copies=2), world.notice("乙")
    match(world.store, world.now)
    third = world.split(first)
    world.merge(third, second)
    world.merge(second, first)
    assert match(world.store, world.now) == 0
    assert [state for _, _, state in told(world)].count("pending") == 1


def test_a_moved_deadline_is_told_once_a_filled_one_is_not(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    known = world.notice("办法", mode=Mode.BACKFILL)
    empty = world.notice("另一办法", end=None)
    match(world.store, world.now)
    world.deadline(known, date(2027, 1, 31))
    world.deadline(empty, date(2027, 1, 31))
    match(world.store, world.now)
    world.deadline(known, date(2027, 1, 15))
    world.deadline(known, date(2027, 1, 31))
    match(world.store, world.now)
    assert told(world) == [(empty, "new", "pending"), (known, "deadline:2027-01-31", "pending")]


def test_a_date_that_came_with_another_article_moved_nothing(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    known = world.notice("办法", mode=Mode.BACKFILL)
    match(world.store, world.now)
    world.deadline(known, date(2027, 1, 31), kinds=("deadline", "joined"))
    assert match(world.store, world.now) == 0
    world.deadline(known, date(2027, 2, 28), kinds=("deadline", "official", "joined"))
    assert match(world.store, world.now) == 1


def test_a_query_is_asked_with_the_time_of_the_event(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    world.notice("办法", end=date(2026, 11, 3))
    world.later(days=10)
    assert match(world.store, world.now) == 1


def test_a_paused_subscription_hears_nothing_of_that_time_later(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    subscriptions.pause(world.store, "a")
    notice = world.notice("办法")
    match(world.store, world.now)
    subscriptions.resume(world.store, "a", world.now)
    world.copy(notice)
    world.notice("新的")
    assert match(world.store, world.now) == 1


def test_a_cursor_held_by_another_process_is_left_alone_until_its_lease_ends(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    world.notice("办法")
    assert cursor.lease(world.store, MATCHER, "another", world.now) == 0
    assert match(world.store, world.now) == 0
    assert match(world.store, world.later(minutes=3)) == 1


def test_a_cursor_that_stays_held_is_told_of_once_and_so_is_its_return(world: Any, reader: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    subscribe(world, reader)
    for _ in range(2):
        world.notice("办法")
        caplog.clear()
        cursor.lease(world.store, MATCHER, "another", world.later(minutes=3))
        assert [match(world.store, world.now) for _ in range(4)] == [0, 0, 0, 0]
        assert [one.levelname for one in caplog.records if "matches" in one.message] == ["WARNING"]
        match(world.store, world.later(minutes=3))
        match(world.store, world.now)
        assert [one.levelname for one in caplog.records if "matches" in one.message] == ["WARNING", "INFO"]


def test_a_wrong_subscription_names_everything_wrong(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    with pytest.raises(
        BadSubscription, match=r"no channel.*'nowhere'.*team; event 'moon'.*pace 'hourly'.*language 'fr'"
    ):
        wanted = Wanted("b", "is:open", ("nowhere",), ("new", "moon"), pace="hourly", language="fr")
        make(world.store, reader, wanted, CHANNELS, world.now)
    with pytest.raises(BadSubscription, match="called 'a' already"):
        subscribe(world, reader)
    with pytest.raises(BadSubscription, match="no subscription is called 'c'; there are: a"):
        subscriptions.named(world.store, "c")


def test_removing_a_subscription_takes_its_ledger_along(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    world.notice("办法")
    match(world.store, world.now)
    assert counts(world.store) == {"pending": 1}
    subscriptions.remove(world.store, "a")
    assert (counts(world.store), subscriptions.read(world.store)) == ({}, [])

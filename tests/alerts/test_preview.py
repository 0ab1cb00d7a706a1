"""What a subscription would have told: each matter once, on the day it first matched."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from alerts.preview import DAYS, preview
from notices.kinds import Mode
from notices.schema import notices


def test_each_matter_counts_once_on_its_first_match_and_not_when_it_matched_before(world: Any, reader: Any) -> None:
    end = date(2027, 12, 31)
    old = world.notice("旧办法", end)
    world.later(days=DAYS)  # so long ago that it is no news
    first = world.notice("甲办法", end)
    world.link(world.notice("甲办法的转述", end), first)
    world.link(world.notice("旧办法延期", end), old)
    world.later(days=1)
    news = world.notice("乙事", end, kind="news")
    world.later(days=1)
    official = world.notice("乙办法", end)
    world.link(official, news)
    world.later(days=7)
    ended = world.notice("丙办法", world.now.date())  # open on its day, and over since
    world.later(days=1)
    found = preview(world.store, reader, "is:open", world.now)
    assert [one.notice_id for one in found.newest] == [ended, official, first]
    assert (found.matches, found.per_week) == (3, round(3 * 7 / DAYS, 1))


def test_the_newest_are_ten_and_the_count_is_of_all(world: Any, reader: Any) -> None:
    for number in range(26):
        world.notice(f"办法{number}", date(2027, 12, 31))
        world.later(hours=1)
    found = preview(world.store, reader, "办法", world.now)
    assert (found.matches, found.per_week, len(found.newest)) == (26, 2.0, 10)
    assert found.newest[0].title == "办法25"
    later = preview(world.store, reader, "办法", world.now + timedelta(days=DAYS))
    assert (later.matches, later.per_week, later.newest) == (0, 0.0, ())


def test_moved_deadlines_and_reminders_count_as_they_would_have_been_sent(world: Any, reader: Any) -> None:
    one = world.notice("甲办法", date(2026, 11, 20))
    world.later(days=5)
    world.deadline(one, date(2026, 11, 30))
    world.deadline(one, date(2026, 12, 24), Mode.BACKFILL)  # at no known time, so nobody was told of a move
    world.deadline(one, date(2026, 11, 30), Mode.BACKFILL)
    moved_at = world.now
    world.later(days=40)
    found = preview(world.store, reader, "is:open", world.now)
    assert found.events == {"new": 1, "deadline-moved": 1, "remind": 3}  # 7, 3 and 1 days before the later date
    assert (found.matches, found.sent, found.per_week) == (1, 5, round(5 * 7 / DAYS, 1))
    later = preview(world.store, reader, "is:open", moved_at + timedelta(days=23), days=4)
    assert later.events == {"new": 0, "deadline-moved": 0, "remind": 2}  # it matched before, and one was earlier
    just = preview(world.store, reader, "is:open", moved_at, days=1)
    assert just.events == {"new": 0, "deadline-moved": 1, "remind": 0}
    assert preview(world.store, reader, "乙", world.now).events == {"new": 0, "deadline-moved": 0, "remind": 0}


def test_nobody_is_reminded_of_what_moved_away_was_settled_or_ended_before_it_matched(world: Any, reader: Any) -> None:
    moved = world.notice("甲办法", date(2026, 11, 9))
    settled = world.notice("乙办法", date(2026, 11, 20))
    late = world.notice("丙办法", date(2026, 11, 4))
    world.later(days=2, hours=1)  # 3 November, 10 o'clock: after the first one's 7 days' and the last one's 1 day's
    world.deadline(moved, date(2026, 12, 31))
    world.later(days=12)  # after the 7 days' of the second
    world.link(world.notice("乙办法印发", date(2026, 11, 20), kind="issuance"), settled)
    world.later(days=30)
    names = {"甲": moved, "乙": settled, "丙": late}
    counted = {name: preview(world.store, reader, name, world.now).events for name in names}
    assert {name: one["remind"] for name, one in counted.items()} == {"甲": 1, "乙": 1, "丙": 1}
    assert counted["甲"]["deadline-moved"] == 1


def test_a_backfill_counts_on_the_days_of_publication_and_a_live_one_when_it_came(world: Any, reader: Any) -> None:
    stored = world.notice("甲办法", date(2027, 12, 31), Mode.BACKFILL)
    live = world.notice("乙办法", date(2027, 12, 31))
    with world.store.writing() as connection:
        for notice, days in ((stored, 30), (live, 300)):
            known = update(notices).where(notices.c.id == notice)
            connection.execute(known.values(published_at=world.now - timedelta(days=days)))
    found = preview(world.store, reader, "办法", world.now)
    assert [one.notice_id for one in found.newest] == [live, stored]
    assert preview(world.store, reader, "办法", world.now, days=7).events["new"] == 1

"""What a subscription would have told: each matter once, on the day it first matched."""

from datetime import date, timedelta
from typing import Any

from alerts.preview import DAYS, preview


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

"""When something is to be sent: examples to check with a calendar, and rules that hold for any subscription."""

import logging
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alerts import pace
from alerts.pace import due_at, held, is_digest_day, next_digest, opened, slot, working
from config.subscriptions import WEEKDAYS, Wanted, complaints, stretch, time_of

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"]


def wanted(**more: Any) -> Wanted:
    return Wanted("a", "is:open", **more)


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("more", "now", "due"),
    [
        ({}, "2026-11-25 14:00", "2026-11-25 14:00"),
        ({"quiet": "22:00-07:00"}, "2026-11-25 21:59:59", "2026-11-25 21:59:59"),
        ({"quiet": "22:00-07:00"}, "2026-11-25 22:00", "2026-11-26 07:00"),
        ({"quiet": "22:00-07:00"}, "2026-11-26 06:59:59", "2026-11-26 07:00"),
        ({"quiet": "22:00-07:00"}, "2026-11-26 07:00", "2026-11-26 07:00"),
        ({"quiet": "12:00-13:30"}, "2026-11-26 12:15", "2026-11-26 13:30"),
        ({"pace": "daily"}, "2026-11-25 08:59:59", "2026-11-25 09:00"),
        ({"pace": "daily"}, "2026-11-25 09:00", "2026-11-26 09:00"),
        ({"pace": "daily", "at": "23:00", "quiet": "22:00-07:00"}, "2026-11-25 12:00", "2026-11-26 07:00"),
        ({"pace": "daily", "at": "08:30"}, "2028-02-28 09:00", "2028-02-29 08:30"),  # a leap day
        ({"pace": "weekly"}, "2026-11-25 14:00", "2026-11-30 09:00"),  # Wednesday to Monday
        ({"pace": "weekly", "weekday": "wed"}, "2026-11-25 14:00", "2026-12-02 09:00"),
        ({"pace": "daily", "working_days": True}, "2026-11-27 10:00", "2026-11-30 09:00"),  # over a weekend
        ({"pace": "daily", "working_days": True}, "2026-09-30 10:00", "2026-10-08 09:00"),  # over the National Day
        ({"pace": "daily", "working_days": True}, "2026-10-09 10:00", "2026-10-10 09:00"),  # a Saturday made up
        ({"pace": "weekly", "weekday": "thu", "working_days": True}, "2026-09-28 10:00", "2026-10-08 09:00"),
        ({"working_days": True}, "2026-10-03 11:00", "2026-10-08 09:00"),
        ({"working_days": True, "quiet": "22:00-09:30"}, "2026-10-03 11:00", "2026-10-08 09:30"),
    ],
)
def test_new_notices_are_due(more: dict[str, Any], now: str, due: str) -> None:
    assert due_at(wanted(**more), "new", at(now)) == at(due)


def test_no_digest_keeps_back_a_reminder_or_an_alarm_but_the_night_does() -> None:
    one = wanted(pace="weekly", quiet="22:00-07:00")
    for event in ("remind:3d:2026-12-31", "alarm:miit-tz:2026-11-25"):
        assert due_at(one, event, at("2026-11-25 14:00")) == at("2026-11-25 14:00")
        assert due_at(one, event, at("2026-11-25 23:00")) == at("2026-11-26 07:00")


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2027, 3, 14), "2027-03-14T03:30-04:00"),  # half past two is left out that night: an hour later
        (date(2027, 3, 15), "2027-03-15T02:30-04:00"),
        (date(2027, 11, 7), "2027-11-07T02:30-05:00"),
    ],
)
def test_a_clock_change_leaves_a_day_its_one_digest(day: date, due: str) -> None:
    assert slot(wanted(at="02:30", zone="America/New_York"), day) == datetime.fromisoformat(due)


def test_an_hour_that_comes_twice_is_a_digests_once() -> None:
    one = wanted(pace="daily", at="01:30", zone="America/New_York")
    first = next_digest(one, datetime.fromisoformat("2027-11-07T00:00-04:00"))
    assert first == datetime.fromisoformat("2027-11-07T01:30-04:00")
    assert next_digest(one, first) == datetime.fromisoformat("2027-11-08T01:30-05:00")


def test_quiet_hours_that_end_in_an_hour_that_comes_twice_end() -> None:
    one = wanted(quiet="22:00-01:30", zone="America/New_York")
    again = datetime.fromisoformat("2027-11-07T01:10-05:00")  # the second ten past one
    assert opened(one, again) == datetime.fromisoformat("2027-11-07T01:30-05:00")
    assert opened(one, again - timedelta(hours=1)) == datetime.fromisoformat("2027-11-07T01:30-04:00")


def test_years_without_known_holidays_are_weeks_of_five_days_and_say_so_once(caplog: pytest.LogCaptureFixture) -> None:
    pace.covers.cache_clear()
    with caplog.at_level(logging.WARNING):
        found = [working(date(2150, 10, day)) for day in range(1, 8)]
    assert found == [True, True, False, False, True, True, True]
    assert caplog.text.count("the holidays of 2150 are not known") == 1
    assert working(date(2026, 10, 1)) is False and working(date(2026, 10, 10)) is True


def test_the_held_stretch_is_exactly_the_quiet_one() -> None:
    one = wanted(quiet="22:00-07:00")
    hours = [hour for hour in range(24) if held(one, at("2026-11-25 00:00") + timedelta(hours=hour))]
    assert hours == [0, 1, 2, 3, 4, 5, 6, 22, 23]


times = some.times().map(lambda found: f"{found.hour:02}:{found.minute:02}")
stretches = some.tuples(times, times).filter(lambda two: two[0] != two[1]).map("-".join) | some.just("")
anything = some.builds(
    Wanted, some.just("a"), some.just("is:open"), pace=some.sampled_from(["now", "daily", "weekly"]), at=times,
    weekday=some.sampled_from(WEEKDAYS), working_days=some.booleans(), quiet=stretches, zone=some.sampled_from(ZONES),
)  # fmt: skip
moments = some.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=some.just(timezone.utc))  # noqa: DTZ001


def is_quiet(one: Wanted, moment: datetime) -> bool:
    hours = stretch(one.quiet)
    if hours is None:
        return False
    start, end = hours
    local = moment.astimezone(ZoneInfo(one.zone)).time()
    return start <= local < end if start < end else local >= start or local < end


@settings(max_examples=400, deadline=None)
@given(anything, moments)
def test_whatever_is_wished_it_is_due_later_never_earlier_and_at_a_free_moment(one: Wanted, now: datetime) -> None:
    assert list(complaints(one)) == []
    due = due_at(one, "new", now)
    local = due.astimezone(ZoneInfo(one.zone))
    assert due >= now
    assert not is_quiet(one, due)
    assert not one.working_days or working(local.date())
    assert not held(one, due)
    if one.pace == "now" and not one.working_days and not is_quiet(one, now):
        assert due == now
    if one.pace == "now" and one.quiet and not one.working_days:
        assert due - now <= timedelta(hours=25)


@settings(max_examples=300, deadline=None)
@given(anything.filter(lambda one: one.pace != "now"), moments)
def test_the_next_digest_is_the_first_of_its_days_at_its_hour(one: Wanted, now: datetime) -> None:
    zone = ZoneInfo(one.zone)
    found = next_digest(one, now)
    day = found.astimezone(zone).date()
    assert found > now and found == slot(one, day) and is_digest_day(one, day)
    local = found.astimezone(zone).time()
    if (datetime.combine(day, time_of(one.at), zone).astimezone(timezone.utc).astimezone(zone)).time() == time_of(
        one.at
    ):
        assert local == time_of(one.at)
    earlier = now.astimezone(zone).date() - timedelta(days=1)
    while earlier < day:
        assert not is_digest_day(one, earlier) or slot(one, earlier) <= now
        earlier += timedelta(days=1)


@settings(max_examples=200, deadline=None)
@given(anything.filter(lambda one: one.pace == "weekly"), some.dates(date(2025, 1, 1), date(2028, 12, 1)))
def test_a_weekly_digest_comes_once_for_every_week_or_once_for_weeks_that_are_off(one: Wanted, start: date) -> None:
    days = [start + timedelta(days=number) for number in range(70)]
    came = [day for day in days if is_digest_day(one, day)]
    named = [day for day in days if day.weekday() == WEEKDAYS.index(one.weekday)]
    if not one.working_days:
        assert came == named
    for day in named:  # each is answered by exactly one, on that day or after days off only
        later = [one_ for one_ in came if one_ >= day]
        if later:
            between = [day + timedelta(days=number) for number in range((later[0] - day).days)]
            assert not [one_ for one_ in between if working(one_)] or not one.working_days

"""Reminders and signs of life: who gets them, and what happens when the machine slept or its clock was wrong."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from alerts import subscriptions
from alerts.alarms import tell_alarms
from alerts.daily import plan
from alerts.dispatcher import dispatch
from alerts.feeds.files import refresh
from alerts.ledger import listed
from alerts.matcher import match
from alerts.subscriptions import Wanted, make
from notices.kinds import Mode
from notices.schema import SHANGHAI, alarms, deliveries, notices
from notices.schema import subscriptions as table
from notices.schema import told as told_table

END = date(2026, 12, 31)

pytestmark = pytest.mark.both_databases


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def subscribe(world: Any, reader: Any, hook: Any = None, name: str = "a", **more: Any) -> None:
    channels = tuple(hook.channels) if hook else ("team",)
    make(world.store, reader, Wanted(name, "is:open", channels, **more), {"team"}, world.now)


def tick(world: Any, reader: Any, moment: str) -> None:
    world.now = at(moment)
    match(world.store, world.now)
    plan(world.store, world.now)


def told(world: Any) -> list[tuple[str, str]]:
    return [(one.event, one.state) for one in reversed(listed(world.store))]


def test_an_open_matter_from_before_is_reminded_of_on_each_day_once(world: Any, reader: Any) -> None:
    world.notice("以前的办法", END)
    subscribe(world, reader)
    for day in range(20, 32):
        for hour in (8, 9, 10, 22):
            tick(world, reader, f"2026-12-{day} {hour:02}:00")
    assert told(world) == [(f"remind:{days}d:2026-12-31", "pending") for days in (7, 3, 1)]
    assert [f"{one.created_at:%d %H}" for one in reversed(listed(world.store))] == ["24 09", "28 09", "30 09"]


def test_reminders_are_chosen_and_a_paused_subscription_gets_none(world: Any, reader: Any) -> None:
    world.notice("办法", END)
    subscribe(world, reader, name="none", remind=())
    subscribe(world, reader, name="not chosen", events=("new",))
    subscribe(world, reader, name="paused")
    subscriptions.pause(world.store, "paused")
    for day in range(20, 32):
        tick(world, reader, f"2026-12-{day} 09:00")
    assert told(world) == []
    subscriptions.resume(world.store, "paused", world.now)
    tick(world, reader, "2026-12-31 10:00")
    assert told(world) == []


def test_a_moved_deadline_has_reminders_of_its_own(world: Any, reader: Any) -> None:
    notice = world.notice("办法", END)
    subscribe(world, reader, remind=("3d",), events=("remind",))
    tick(world, reader, "2026-12-27 12:00")
    world.deadline(notice, date(2027, 1, 10))
    for day in range(28, 32):
        tick(world, reader, f"2026-12-{day} 09:00")
    assert told(world) == []
    for day in range(5, 10):
        tick(world, reader, f"2027-01-{day:02} 09:00")
    assert told(world) == [("remind:3d:2027-01-10", "pending")]


def test_a_reminder_that_waits_is_not_sent_once_it_is_wrong(world: Any, reader: Any, hook: Any) -> None:
    first, second = world.notice("移动的办法", END), world.notice("撤下的办法", END)
    world.notice("照旧的办法", END)
    subscribe(world, reader, hook, remind=("3d",), quiet="08:00-12:00")
    tick(world, reader, "2026-12-27 12:00")
    tick(world, reader, "2026-12-28 09:00")
    assert dispatch(world.store, hook.channels, world.now).states == {}
    world.deadline(first, date(2027, 1, 10), mode=Mode.BACKFILL)
    with world.store.writing() as connection:
        connection.execute(delete(notices).where(notices.c.id == second))
    tick(world, reader, "2026-12-28 12:00")
    dispatch(world.store, hook.channels, world.now)
    assert hook.titles() == ["照旧的办法"]
    assert sorted(state for _, state in told(world)) == ["covered", "covered", "sent"]


def test_a_final_text_ends_the_reminders(world: Any, reader: Any) -> None:
    notice = world.notice("办法", END)
    subscribe(world, reader)
    tick(world, reader, "2026-12-20 12:00")
    world.becomes(notice, "issuance")
    for day in range(22, 32):
        tick(world, reader, f"2026-12-{day} 09:00")
    assert told(world) == []


@pytest.mark.parametrize(
    ("woke", "state"),
    [
        ("2026-12-28 20:00", "pending"),  # late by eleven hours
        ("2026-12-29 08:59", "pending"),
        ("2026-12-29 09:00", "missed"),
        ("2027-01-02 09:00", "missed"),
    ],
)
def test_a_reminder_is_late_for_less_than_a_day_or_missed_and_says_so(
    world: Any, reader: Any, woke: str, state: str
) -> None:
    world.notice("办法", END)
    subscribe(world, reader, remind=("3d",))
    tick(world, reader, "2026-12-27 12:00")
    tick(world, reader, woke)
    assert told(world) == [("remind:3d:2026-12-31", state)]


def test_nothing_is_reminded_of_when_it_could_only_be_sent_after_the_end(world: Any, reader: Any) -> None:
    world.notice("办法", END)
    subscribe(world, reader, remind=("0d",), at="23:00", quiet="22:00-07:00")
    tick(world, reader, "2026-12-30 12:00")
    tick(world, reader, "2026-12-31 23:00")
    assert told(world) == [("remind:0d:2026-12-31", "missed")]


def test_reminders_of_days_off_come_on_the_working_day_before_and_the_nearest_stands_for_all(
    world: Any, reader: Any
) -> None:
    world.now = at("2026-09-20 09:00")
    world.notice("节后截止的办法", date(2026, 10, 8))  # after the National Day, 1 to 7 October
    subscribe(world, reader, working_days=True)
    for day in range(21, 31):
        tick(world, reader, f"2026-09-{day} 09:00")
    for day in range(1, 9):
        tick(world, reader, f"2026-10-{day:02} 09:00")
    rows = list(reversed(listed(world.store)))
    assert [(one.event, f"{one.due_at:%m-%d}") for one in rows] == [("remind:1d:2026-10-08", "09-30")]


def test_a_clock_that_was_set_back_repeats_nothing_and_one_that_ran_ahead_loses_nothing(
    world: Any, reader: Any, caplog: Any
) -> None:
    world.notice("办法", END)
    subscribe(world, reader)
    tick(world, reader, "2026-12-24 09:00")
    tick(world, reader, "2026-12-24 08:30")
    tick(world, reader, "2026-12-24 09:00")
    assert told(world) == [("remind:7d:2026-12-31", "pending")]
    tick(world, reader, "2027-02-01 12:00")  # weeks ahead: all of it seems missed
    assert told(world)[1:] == [("remind:3d:2026-12-31", "missed"), ("remind:1d:2026-12-31", "missed")]
    tick(world, reader, "2026-12-24 10:00")
    assert "set back" in caplog.text
    tick(world, reader, "2026-12-28 09:00")
    assert ("remind:3d:2026-12-31", "pending") in told(world)


def test_what_was_planned_by_a_clock_that_ran_a_year_ahead_is_planned_anew(world: Any, reader: Any) -> None:
    subscribe(world, reader, pace="daily")
    world.now = at("2026-11-02 10:00")
    world.notice("办法", END)
    match(world.store, at("2027-11-02 10:00"))
    assert listed(world.store)[0].due_at == at("2027-11-03 09:00")
    plan(world.store, at("2026-11-02 10:05"))
    assert listed(world.store)[0].due_at == at("2026-11-03 09:00")


def test_an_empty_digest_is_sent_only_where_it_is_wished_and_only_when_it_is_empty(
    world: Any, reader: Any, hook: Any
) -> None:
    subscribe(world, reader, hook, pace="daily", empty=True)
    subscribe(world, reader, hook, name="b", pace="daily")
    tick(world, reader, "2026-11-01 12:00")
    for day in (2, 3, 4):
        if day == 3:
            world.notice("办法", END)
        tick(world, reader, f"2026-11-{day:02} 08:00")
        tick(world, reader, f"2026-11-{day:02} 09:00")
        dispatch(world.store, hook.channels, world.now)
    got = [(m["subscription"], [item["event"] for item in m["items"]]) for m in hook.messages]
    assert got == [("a", ["alive:2026-11-02"]), ("a", ["new"]), ("b", ["new"]), ("a", ["alive:2026-11-04"])]
    assert "服务正常" in hook.messages[0]["text"]


def test_a_digest_names_a_notice_once_whatever_happened_to_it(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook, pace="daily")
    world.now = at("2026-11-02 10:00")
    notice = world.notice("办法", date(2026, 11, 10))
    world.notice("另一办法", END)
    tick(world, reader, "2026-11-02 11:00")
    world.deadline(notice, date(2026, 11, 6))
    tick(world, reader, "2026-11-02 12:00")
    tick(world, reader, "2026-11-03 09:00")  # three days before the new end
    assert dispatch(world.store, hook.channels, world.now).states == {"sent": 4}
    items = [(item["title"], item["event"], item["deadline"]) for m in hook.messages for item in m["items"]]
    assert items == [("办法", "new", "2026-11-06"), ("另一办法", "new", "2026-12-31")]


def test_what_is_tried_again_waits_for_the_end_of_the_night(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook, quiet="22:00-07:00")
    world.now = at("2026-11-02 21:59")
    world.notice("办法", END)
    match(world.store, world.now)
    hook.status = 500
    assert dispatch(world.store, hook.channels, world.now).states == {"pending": 1}
    hook.status = 200
    for hour in range(22, 31):
        moment = at("2026-11-02 00:00") + timedelta(hours=hour)
        assert dispatch(world.store, hook.channels, moment).states == {}
    assert dispatch(world.store, hook.channels, at("2026-11-03 07:00")).states == {"sent": 1}


def test_a_weekly_digest_is_not_given_up_because_it_waited_for_its_day(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook, pace="weekly", weekday="mon")
    world.now = at("2026-11-03 10:00")
    world.notice("办法", END)
    match(world.store, world.now)
    hook.status = 500
    world.now = at("2026-11-09 09:00")
    for _ in range(20):
        dispatch(world.store, hook.channels, world.later(minutes=30))
    assert listed(world.store)[0].state == "pending"


def test_looking_when_nothing_is_due_takes_no_writers_lock(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    plan(world.store, world.now)
    with world.store.writing():
        assert plan(world.store, world.later(minutes=1)) == 0


def test_the_next_look_is_kept_with_the_subscription(world: Any, reader: Any) -> None:
    subscribe(world, reader, at="08:30", zone="America/New_York")
    plan(world.store, at("2027-03-13 21:00"))
    with world.store.reading() as connection:
        kept = connection.execute(select(table.c.plan_at)).scalar_one()
    assert kept == datetime.fromisoformat("2027-03-13T08:30-05:00")
    with world.store.writing() as connection:
        connection.execute(update(deliveries).values(state="sent"))
    plan(world.store, datetime.fromisoformat("2027-03-13T08:30-05:00"))
    with world.store.reading() as connection:
        kept = connection.execute(select(table.c.plan_at)).scalar_one()
    assert kept == datetime.fromisoformat("2027-03-14T08:30-04:00")  # the clocks went forward that night


def test_the_first_alarm_of_all_is_told(world: Any, reader: Any) -> None:
    subscribe(world, reader, events=("alarm",))
    assert tell_alarms(world.store, world.now) == 0
    with world.store.writing() as connection:
        row = {"source": "miit-tz", "kind": "failing", "started_at": world.later(minutes=1)}
        connection.execute(insert(alarms).values(row))
    assert tell_alarms(world.store, world.now) == 1


def test_a_source_in_trouble_is_told_once_to_who_asked_in_no_digest_and_in_the_feed(
    world: Any, reader: Any, hook: Any
) -> None:
    before = {"source": "miit-gg", "kind": "failing", "started_at": world.now}
    with world.store.writing() as connection:
        connection.execute(insert(alarms).values(before))
    subscribe(world, reader, hook, name="ops", pace="weekly", events=("alarm",))
    subscribe(world, reader, hook, name="analyst")
    assert tell_alarms(world.store, world.now) == 0
    trouble = {
        "source": "miit-tz",
        "kind": "empty",
        "detail": "no row in its list",
        "started_at": world.later(minutes=1),
    }
    with world.store.writing() as connection:
        connection.execute(insert(alarms).values(trouble))
    assert [tell_alarms(world.store, world.later(minutes=1)) for _ in range(3)] == [1, 0, 0]
    with world.store.writing() as connection:
        connection.execute(update(alarms).values(ended_at=world.later(hours=2)))
    assert [tell_alarms(world.store, world.later(minutes=1)) for _ in range(3)] == [1, 0, 0]
    dispatch(world.store, hook.channels, world.now)
    items = [item for message in hook.messages for item in message["items"]]
    assert [(one["title"], one["note"]) for one in items] == [
        ("miit-tz", "empty: no row in its list"), ("miit-tz", "已恢复正常（此前：empty）"),
    ]  # fmt: skip
    refresh(world.store, world.store.folder, "http://127.0.0.1:8765", world.now)
    feed = (world.store.folder / "feeds" / "1" / "feed.atom").read_text(encoding="utf-8")
    assert feed.count("<entry>") == 2 and "来源告警：miit-tz" in feed


def test_alarms_that_are_over_when_a_pause_ends_are_not_told(world: Any, reader: Any) -> None:
    def alarm(source: str) -> int:
        row = {"source": source, "kind": "failing", "started_at": world.later(minutes=1)}
        with world.store.writing() as connection:
            return int(connection.execute(insert(alarms).values(row).returning(alarms.c.id)).scalar_one())

    def over(*numbers: int) -> None:
        with world.store.writing() as connection:
            ended = update(alarms).where(alarms.c.id.in_(numbers))
            connection.execute(ended.values(ended_at=world.later(minutes=1)))
        tell_alarms(world.store, world.later(minutes=1))

    subscribe(world, reader, name="ops", events=("alarm",))
    make(world.store, reader, Wanted("feed", "is:open", events=("alarm",)), (), world.now)
    before = alarm("before the pause")
    tell_alarms(world.store, world.now)
    for name in ("ops", "feed"):
        subscriptions.pause(world.store, name)
    passed, lasting = alarm("in the pause"), alarm("still on")
    over(before, passed)
    for name in ("ops", "feed"):
        subscriptions.resume(world.store, name, world.later(hours=1))
    new = alarm("after it")
    over(new)
    over(lasting)
    said = [f"alarm:{number}{end}" for number in (before, lasting, new) for end in ("", ":over")]
    assert sorted(event for event, _ in told(world)) == sorted(said)
    with world.store.reading() as connection:
        fed = connection.execute(select(told_table.c.event).where(told_table.c.subscription_id == 2)).scalars()
        assert sorted(fed) == sorted(said)


def test_a_subscription_made_anew_sends_under_no_key_of_the_old_one(world: Any, reader: Any, hook: Any) -> None:
    for _ in range(2):
        subscribe(world, reader, hook)
        world.notice("办法", END)
        match(world.store, world.now)
        dispatch(world.store, hook.channels, world.later(hours=1))
        subscriptions.remove(world.store, "a")
    assert len(hook.keys) == len(set(hook.keys)) == 2

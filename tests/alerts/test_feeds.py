"""Feeds and calendars, read back by the libraries that readers are made of."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, insert, update

from alerts import subscriptions
from alerts.daily import plan
from alerts.dispatcher import dispatch
from alerts.feeds.addresses import FORMATS, links
from alerts.feeds.atom import atom
from alerts.feeds.feed import Calendar, Deadline, Entry, Feed
from alerts.feeds.files import discard, refresh
from alerts.feeds.ics import ics
from alerts.feeds.jsonfeed import json_feed
from alerts.feeds.rss import rss
from alerts.matcher import match
from alerts.parts import LARGEST
from alerts.subscriptions import Wanted, make
from notices.kinds import Mode
from notices.schema import articles, events, notices

END = date(2026, 12, 31)
HOME = "http://127.0.0.1:8765"
HOSTILE = '<script>alert(1)</script> & "q" \x00\x0b\x1f\ufffe\ud800 ]]> 【办法】'


def subscribe(world: Any, reader: Any, **more: Any) -> None:
    make(world.store, reader, Wanted("a", "is:open", **more), {"team"}, world.now)


def turn(world: Any, reader: Any) -> int:
    match(world.store, world.now)
    plan(world.store, world.now)
    return refresh(world.store, world.store.folder, HOME, world.now)


def file(world: Any, name: str, number: int = 1) -> Path:
    return Path(world.store.folder) / "feeds" / str(number) / FORMATS[name][0]


def titles(world: Any, name: str) -> list[str]:
    """The titles of a feed, as its reader's library shows them."""
    if name == "json":
        return [item["title"] for item in json.loads(file(world, name).read_bytes())["items"]]
    return [entry.title for entry in parsed(world, name).entries]


def parsed(world: Any, name: str) -> Any:
    found = feedparser.parse(file(world, name).read_bytes())
    assert not found.bozo, found.get("bozo_exception")
    return found


def days(world: Any) -> list[Any]:
    found = icalendar.Calendar.from_ical(file(world, "ics").read_bytes())
    return list(found.walk("VEVENT"))


def remove(world: Any, notice: int) -> None:
    with world.store.writing() as connection:
        connection.execute(delete(notices).where(notices.c.id == notice))
        row = {"kind": "removed", "notice_id": notice, "mode": Mode.BACKFILL.value, "at": world.now}
        connection.execute(insert(events).values(**row, detail={"kinds": ["removed"]}))


def rename(world: Any, title: str) -> None:
    with world.store.writing() as connection:
        connection.execute(update(articles).values(title=title))


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_a_feed_without_any_channel_shows_what_was_there_and_what_comes(world: Any, reader: Any, name: str) -> None:
    world.notice("以前的办法", END)
    subscribe(world, reader)
    assert turn(world, reader) == 4
    assert titles(world, name) == ["以前的办法"]
    world.later(hours=1)
    new = world.notice("新的办法", END)
    turn(world, reader)
    assert titles(world, name) == ["新的办法", "以前的办法"]
    world.later(hours=1)
    world.deadline(new, date(2027, 1, 31))
    turn(world, reader)
    assert titles(world, name)[0].startswith("截止日期改为 2027-01-31") and len(titles(world, name)) == 3


def test_an_entry_says_what_a_message_says_and_keeps_its_name(world: Any, reader: Any) -> None:
    subscribe(world, reader, language="en")
    notice = world.notice("办法", END, copies=2)
    turn(world, reader)
    entry = parsed(world, "atom").entries[0]
    item = parsed(world, "rss").entries[0]
    assert entry.id == item.id == json.loads(file(world, "json").read_bytes())["items"][0]["id"]
    assert entry.link == item.link == "https://example.org/1.html"
    for part in ("consultation", "Comments until 2026-12-31", "请于2026年12月31日前反馈。", "账号2"):
        assert part in entry.content[0].value and part in item.summary
    assert entry.published_parsed[:3] == (2026, 11, 1)
    world.copy(notice)
    turn(world, reader)
    assert parsed(world, "atom").entries[0].id == entry.id


def test_the_link_of_the_largest_message_leads_to_everything_that_is_in_it(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, channels=(hook.url,))
    made = [f"办法{number}" for number in range(LARGEST)]
    world.notices(made)
    turn(world, reader)
    dispatch(world.store, hook.channels, world.now, link=links(world.store, "https://feeds.example.org/policywatch"))
    [message] = hook.messages
    assert len(message["items"]) == LARGEST and "另有" not in message["text"]
    address = urlsplit(message["link"])
    assert address.netloc == "feeds.example.org" and message["link"] in message["text"]
    served = Path(world.store.folder) / "feeds"
    number, secret, name = address.path.removeprefix("/policywatch/feeds/").split("/")
    assert sorted(one.title for one in feedparser.parse((served / number / name).read_bytes()).entries) == sorted(made)
    assert secret == subscriptions.read(world.store)[0].secret


@pytest.mark.parametrize("way", ["link", "merge"])
def test_a_day_of_a_notice_that_joined_another_matter_is_not_cancelled(world: Any, reader: Any, way: str) -> None:
    subscribe(world, reader)
    first, second = world.notice("办法", END), world.notice("办法的第二个地址", END)
    turn(world, reader)
    assert len(days(world)) == 2
    if way == "link":
        world.link(second, first)
    else:
        world.merge(second, first)
    turn(world, reader)
    assert [(str(day["summary"]), str(day["status"])) for day in days(world)] == [("截止：办法", "CONFIRMED")]
    remove(world, first)
    if way == "link":
        remove(world, second)
    turn(world, reader)
    assert [str(day["status"]) for day in days(world)] == ["CANCELLED"]


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_markup_and_control_characters_in_a_title_are_text_and_break_nothing(
    world: Any, reader: Any, name: str
) -> None:
    subscribe(world, reader)
    world.notice("办法", END)
    rename(world, HOSTILE.replace("\ud800", ""))
    turn(world, reader)
    shown = titles(world, name)[0]
    assert "【办法】" in shown and "\x00" not in shown
    raw = file(world, name).read_bytes()
    assert b"<script>" not in raw or name == "json"
    if name != "json":
        ElementTree.fromstring(raw)
    if name == "atom":
        assert parsed(world, name).entries[0].title_detail.type == "text/plain"
    if name == "rss":  # a reader that takes it for HTML gets the characters, not the element
        assert "&lt;script&gt;" in ElementTree.fromstring(raw).findtext("channel/item/title", "")


@pytest.mark.both_databases
def test_what_is_gone_leaves_the_feed_and_is_cancelled_in_the_calendar(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first, second = world.notice("甲办法", END), world.notice("乙办法", END)
    turn(world, reader)
    assert [one["STATUS"] for one in days(world)] == ["CONFIRMED"] * 2
    remove(world, first)
    world.later(hours=1)
    turn(world, reader)
    assert titles(world, "atom") == ["乙办法"]
    gone = next(one for one in days(world) if one["STATUS"] == "CANCELLED")
    assert (gone["SUMMARY"], gone["SEQUENCE"], len(gone.walk("VALARM"))) == ("已取消：甲办法", 1, 0)
    world.later(days=91)
    world.copy(second)
    turn(world, reader)
    assert [str(one["SUMMARY"]) for one in days(world)] == ["截止：乙办法"]


@pytest.mark.both_databases
def test_a_deadline_is_a_whole_day_with_alarms_and_a_name_that_stays(world: Any, reader: Any) -> None:
    subscribe(world, reader, remind=("7d", "1d"), at="08:30")
    notice = world.notice("办法", END)
    turn(world, reader)
    first = days(world)[0]
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (END, date(2027, 1, 1))
    assert first["DTSTART"].params["VALUE"] == "DATE" and first["SEQUENCE"] == 0
    alarms = [one["TRIGGER"].dt for one in first.walk("VALARM")]
    assert alarms == [timedelta(hours=8, minutes=30, days=-7), timedelta(hours=8, minutes=30, days=-1)]
    world.copy(notice)
    world.later(hours=1)
    turn(world, reader)
    assert days(world)[0]["SEQUENCE"] == 0
    world.deadline(notice, date(2027, 1, 31))
    world.later(hours=1)
    turn(world, reader)
    moved = days(world)[0]
    assert (moved["UID"], moved["SEQUENCE"], moved["DTSTART"].dt) == (first["UID"], 1, date(2027, 1, 31))
    assert moved["DTSTAMP"].dt > first["DTSTAMP"].dt
    discard(world.store.folder, 1)
    turn(world, reader)
    assert days(world)[0]["SEQUENCE"] == 1  # the number is not forgotten with the files


def test_a_backfill_stands_in_the_calendar_and_not_in_the_feed(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    world.notice("旧办法", END, mode=Mode.BACKFILL)
    turn(world, reader)
    assert titles(world, "atom") == [] and len(days(world)) == 1


def test_files_are_written_only_when_something_in_them_changed(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    world.notice("办法", END)
    assert turn(world, reader) == 4
    before = {name: file(world, name).stat().st_mtime_ns for name in FORMATS}
    for _ in range(3):
        world.later(hours=1)
        assert turn(world, reader) == 0
    world.notice("别的", None, kind="news")
    assert turn(world, reader) == 0
    assert {name: file(world, name).stat().st_mtime_ns for name in FORMATS} == before
    assert {one.name for one in file(world, "rss").parent.iterdir()} == {name for name, _ in FORMATS.values()}


@pytest.mark.both_databases
def test_a_removed_subscriptions_files_go_and_a_lost_folder_comes_back(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    turn(world, reader)
    file(world, "rss").unlink()
    (Path(world.store.folder) / "feeds" / "state.json").write_text("nonsense")
    assert turn(world, reader) == 1
    subscriptions.remove(world.store, "a")
    turn(world, reader)
    assert not file(world, "rss").parent.exists()


@pytest.mark.both_databases
def test_a_merge_keeps_one_entry_under_its_first_name(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    first = world.notice("甲办法", END)
    world.later(hours=1)
    second = world.notice("乙办法", END)
    turn(world, reader)
    name = [entry.id for entry in parsed(world, "atom").entries][-1]
    world.merge(second, first)
    world.later(hours=1)
    turn(world, reader)
    assert [entry.id for entry in parsed(world, "atom").entries] == [name]


def test_a_reminder_is_an_entry_of_its_own(world: Any, reader: Any) -> None:
    world.later(minutes=-10)
    world.notice("办法", (world.now + timedelta(days=3)).date())
    subscribe(world, reader, remind=("3d",))
    world.later(minutes=10)
    turn(world, reader)
    assert titles(world, "rss") == ["截止提醒：办法", "办法"]


texts = some.text(some.characters(codec=None), max_size=60)
entries = some.builds(
    Entry, texts, texts, some.sampled_from(["", "https://example.org/a?b=c&d=<e>"]),
    some.datetimes(timezones=some.timezones()).filter(lambda at: 1902 < at.year < 2200), some.none(),
    some.tuples(texts), some.lists(texts, max_size=3).map(tuple),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(texts, texts, some.lists(entries, max_size=3))
def test_any_text_makes_files_that_can_be_read(title: str, about: str, some_entries: list[Entry]) -> None:
    from datetime import datetime, timezone

    made = Feed("urn:x", title, about, HOME, "zh", datetime(2026, 1, 1, tzinfo=timezone.utc), tuple(some_entries))
    assert len(ElementTree.fromstring(rss(made)).findall("channel/item")) == len(some_entries)
    assert len(ElementTree.fromstring(atom(made)).findall("{*}entry")) == len(some_entries)
    assert len(json.loads(json_feed(made))["items"]) == len(some_entries)


@settings(max_examples=200, deadline=None)
@given(texts, texts, some.dates(date(1990, 1, 1), date(2100, 1, 1)), some.booleans())
def test_any_text_comes_back_from_a_calendar(title: str, detail: str, day: date, cancelled: bool) -> None:
    from datetime import datetime, timezone

    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    one = Deadline("1-2@x.policywatch", title, "https://example.org/", detail, day, 3, at, cancelled)
    made = ics(Calendar("a", "en", (one,), (7, 1), 9, 0))
    assert made.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    read = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert len(read) == 1
    assert (read[0]["DTSTART"].dt, read[0]["SEQUENCE"], read[0]["UID"]) == (day, 3, one.uid)
    kept = "".join(char if char.isprintable() else " " for char in title)
    assert "".join(str(read[0]["SUMMARY"]).split()).endswith("".join(kept.split())) or not title.isprintable()


def test_a_message_leads_to_the_feed_only_where_others_can_reach_it(world: Any, reader: Any) -> None:
    subscribe(world, reader)
    [one] = subscriptions.read(world.store)
    assert links(world.store, HOME)(one.id) == ""
    link = links(world.store, "https://feeds.example.org/")
    assert link(one.id) == f"https://feeds.example.org/feeds/{one.id}/{one.secret}/feed.rss"
    assert link(one.id + 1) == ""

"""`alerts apply`: the file is the truth about what it made, all of it or nothing, and nobody is told again."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alerts import subscriptions
from alerts.apply import BadFile, apply_file
from alerts.index_reader import warnings
from alerts.ledger import listed
from alerts.matcher import match
from alerts.subscriptions import Wanted, read, subscribe
from config import operator
from notices.problem import Problem

END = date(2026, 12, 31)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The operator's folder, with one channel."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "channels.yaml").write_text("- {name: team, kind: webhook, url: 'http://127.0.0.1:9/'}\n", "utf-8")
    operator.use(folder)
    monkeypatch.setenv("POLICYWATCH_CONFIG", str(folder))
    yield folder
    operator.use(tmp_path / "nowhere")


def apply(world: Any, own: Path, text: str, name: str = "subscriptions.yaml", **more: Any) -> Any:
    path = own / name
    path.write_text(text, encoding="utf-8")
    return apply_file(world.store, world.store.folder, path, world.now, **more)


def told(world: Any, own: Path) -> list[tuple[str, int, str]]:
    match(world.store, world.now)
    return [(one.subscription, one.matter_id, one.event) for one in reversed(listed(world.store))]


def test_it_adds_changes_and_removes_what_it_made_and_leaves_the_rest_alone(world: Any, own: Path) -> None:
    subscribe(world.store, world.store.folder, Wanted("by hand", "办法"), world.now)
    first = apply(world, own, "- {name: a, query: 办法, channels: team}\n- {name: b, query: 条例}\n")
    assert (first.added, first.changed, first.removed) == (("a", "b"), (), ())
    again = apply(world, own, "- {name: a, query: 办法, channels: team}\n- {name: b, query: 条例}\n")
    assert (again.added, again.changed, again.removed, again.unchanged) == ((), (), (), ("a", "b"))
    third = apply(world, own, "- {name: a, query: 办法, pace: daily, language: en}\n- {name: c, query: 规定}\n")
    assert third.added == ("c",) and third.removed == ("b",)
    assert [(one.name, one.fields) for one in third.changed] == [("a", ("channels", "pace", "language"))]
    assert [(one.name, one.pace, one.origin) for one in read(world.store)] == [
        ("by hand", "now", ""), ("a", "daily", "subscriptions.yaml"), ("c", "now", "subscriptions.yaml"),
    ]  # fmt: skip
    assert apply(world, own, "# nothing\n").removed == ("a", "c")


def test_a_dry_run_says_the_same_and_does_nothing(world: Any, own: Path) -> None:
    apply(world, own, "- {name: a, query: 办法}\n- {name: b, query: 条例}\n")
    before = read(world.store)
    text = "- {name: a, query: 法}\n- {name: c, query: 规定}\n"
    dry = apply(world, own, text, dry_run=True)
    assert read(world.store) == before and dry.dry_run
    done = apply(world, own, text)
    assert (dry.added, dry.changed, dry.removed) == (done.added, done.changed, done.removed)


def test_mistakes_of_every_kind_are_told_at_once_and_nothing_is_done(world: Any, own: Path) -> None:
    text = """- name: good
  query: 办法
- name: a
  query: 办法 "没有结束
  channels: [nowhere]
- name: b
  query: type:nonsense
  pace: never
- name: c
  query: "( )"
"""
    with pytest.raises(BadFile) as caught:
        apply(world, own, text)
    said = str(caught.value)
    assert said.count("\n") == 0 and caught.value.status == 2
    for part in (
        "subscriptions.yaml line 4: query: column 4: this quote is never closed",
        "line 5: no channel is called 'nowhere': channels.yaml has team",
        "line 7: query: column 6: nonsense is no type",
        "line 8: pace 'never' is not known",
    ):
        assert part in said
    assert read(world.store) == []
    with pytest.raises(BadFile, match="line 2: query: the query would tell of every notice"):
        apply(world, own, "- name: a\n  query: '( )'\n")


def test_a_file_that_is_not_there_or_no_text_is_told_so(world: Any, own: Path) -> None:
    with pytest.raises(BadFile, match=r"nowhere.yaml cannot be read \(No such file"):
        apply_file(world.store, world.store.folder, own / "nowhere.yaml", world.now)
    (own / "x.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match="it is not UTF-8"):
        apply_file(world.store, world.store.folder, own / "x.yaml", world.now)


def test_two_files_keep_to_their_own(world: Any, own: Path) -> None:
    apply(world, own, "- {name: a, query: 办法}\n", "one.yaml")
    assert apply(world, own, "- {name: b, query: 办法}\n", "two.yaml").removed == ()
    with pytest.raises(BadFile, match=r"two.yaml line 1: 'a' is made by one.yaml"):
        apply(world, own, "- {name: a, query: 办法}\n", "two.yaml")
    assert [one.name for one in read(world.store)] == ["a", "b"]


def test_one_made_by_hand_is_taken_over_with_what_it_was_told(world: Any, own: Path) -> None:
    subscribe(world.store, world.store.folder, Wanted("a", "办法", ("team",)), world.now)
    notice = world.notice("数据办法", END)
    assert told(world, own) == [("a", notice, "new")]
    done = apply(world, own, "- {name: a, query: 办法, channels: team}\n")
    assert [(one.name, one.fields) for one in done.changed] == [("a", ("origin",))]
    assert told(world, own) == [("a", notice, "new")]
    assert apply(world, own, "").removed == ("a",)


def test_another_query_tells_of_what_comes_and_not_again_of_what_was_there(world: Any, own: Path) -> None:
    apply(world, own, "- {name: a, query: 数据, channels: team}\n")
    first, second = world.notice("数据办法", END), world.notice("算法条例", END)
    assert told(world, own) == [("a", first, "new")]
    apply(world, own, "- {name: a, query: 数据 or 算法, channels: team}\n")
    world.copy(second)
    world.copy(first)
    assert told(world, own) == [("a", first, "new")]
    third = world.notice("算法规定", END)
    assert told(world, own) == [("a", first, "new"), ("a", third, "new")]
    world.deadline(second, date(2027, 1, 31))  # what was there before is followed from now on
    assert told(world, own)[2:] == [("a", second, "deadline:2027-01-31")]


def test_what_happened_before_a_change_is_told_as_it_was_asked_for_then(world: Any, own: Path) -> None:
    apply(world, own, "- {name: a, query: 数据, channels: team}\n")
    first = world.notice("数据办法", END)  # nobody has matched it yet
    apply(world, own, "- {name: a, query: 算法, channels: team}\n")
    assert told(world, own) == [("a", first, "new")]


def test_what_waits_follows_a_change_of_pace_and_of_channels(world: Any, own: Path) -> None:
    apply(world, own, "- {name: a, query: 办法, channels: [team, 'http://127.0.0.1:9/x'], pace: weekly}\n")
    world.notice("数据办法", END)
    told(world, own)
    assert {one.due_at for one in listed(world.store)} == {datetime.fromisoformat("2026-11-02T09:00+08:00")}
    world.later(minutes=5)
    apply(world, own, "- {name: a, query: 办法, channels: [team]}\n")
    rows = {one.channel: (one.state, one.due_at) for one in listed(world.store)}
    assert rows["team"] == ("pending", world.now)
    assert rows["http://127.0.0.1:9/***"][0] == "covered"


def test_pausing_by_hand_stays_unless_the_file_says_otherwise(world: Any, own: Path) -> None:
    apply(world, own, "- {name: a, query: 办法}\n")
    subscriptions.pause(world.store, "a")
    assert apply(world, own, "- {name: a, query: 办法}\n").unchanged == ("a",)
    assert read(world.store)[0].paused
    assert apply(world, own, "- {name: a, query: 办法, paused: false}\n").changed[0].fields == ("paused",)
    assert not read(world.store)[0].paused and read(world.store)[0].resumed_at == world.now


def test_a_service_that_matches_meanwhile_is_waited_for(world: Any, own: Path, monkeypatch: Any) -> None:
    from alerts import apply as module
    from alerts import cursor

    apply(world, own, "- {name: a, query: 数据, channels: team}\n")
    world.notice("数据办法", END)
    assert cursor.lease(world.store, "matcher", "the service", world.now) is not None
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    with pytest.raises(Problem, match="try again"):
        apply(world, own, "- {name: a, query: 算法, channels: team}\n")
    assert read(world.store)[0].query == "数据"
    cursor.release(world.store, "matcher", "the service")
    apply(world, own, "- {name: a, query: 算法, channels: team}\n")
    assert read(world.store)[0].query == "算法"


def test_adding_reminders_late_in_a_day_still_gives_todays(world: Any, own: Path) -> None:
    from alerts.daily import plan

    apply(world, own, "- {name: a, query: 办法, channels: team, remind: none}\n")
    world.notice("数据办法", (world.now + timedelta(days=3)).date())
    told(world, own)
    world.later(hours=6)
    plan(world.store, world.now)
    apply(world, own, "- {name: a, query: 办法, channels: team, remind: 3d}\n")
    assert plan(world.store, world.now) == 1
    assert told(world, own)[-1][2] == "remind:3d:2026-11-04"


def test_warnings_name_their_line(world: Any, own: Path) -> None:
    done = apply(world, own, "- name: a\n  query: 说明:数据\n  working_days: true\n")
    assert any("line 2: query: column 1" in one for one in done.warnings)
    assert any("the holidays of 2027 are not known yet" in one for one in done.warnings)
    assert json.dumps(done.warnings)


marks = ["type:", "is:open", "deadline", "<", "now-7d", "(", ")", '"', "“", "-", "not ", " or ", "：", "\n"]
words = some.sampled_from([*marks, "数据", "\x00", "\ud800", "a" * 300])


@settings(max_examples=300, deadline=None)
@given(some.lists(words, max_size=30).map("".join) | some.text(max_size=200))
def test_no_query_breaks_the_check_of_a_file(query: str) -> None:
    try:
        said = warnings(query, datetime.fromisoformat("2026-11-01T09:00+08:00"))
    except Problem as problem:
        assert problem.status == 2 and "\n" not in str(problem)
    else:
        assert all(isinstance(one, str) for one in said)

"""subscriptions.yaml: what it may say, how its mistakes are told, and that no file breaks its reader."""

import re
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from config.subscriptions import Wanted
from config.subscriptions_file import LARGEST, read


def test_the_shipped_file_asks_for_the_open_consultations_and_its_comments_hold() -> None:
    text = files("config").joinpath("subscriptions.yaml").read_text(encoding="utf-8")
    entries, mistakes = read(text)
    assert mistakes == []
    assert [one.wanted for one in entries] == [Wanted("consultations", "type:consultation is:open")]
    shown = text.replace("  # ", "  ").split("# take")[0]
    entries, mistakes = read(shown[shown.index("- name") :])
    assert mistakes == []
    assert (entries[0].wanted.pace, entries[0].wanted.at, entries[0].wanted.channels) == ("daily", "08:30", ("team",))


def test_everything_is_read_as_it_is_written() -> None:
    text = """
- name: drafts
  query: deadline < 2026-12-31 -type:news
  channels: [team, "https://hooks.example.org/x"]
  events: [new, final]
  pace: weekly
  at: 10:30
  weekday: fri
  working_days: yes
  remind: 3d, 7d,3d
  quiet: 22:00-07:00
  zone: Europe/London
  language: en
  empty: true
  paused: no
- {name: 二, query: '"数据安全"', remind: none, at: 9:00, channels: , quiet: ~}
"""
    entries, mistakes = read(text)
    assert mistakes == []
    assert entries[0].wanted == Wanted(
        "drafts", "deadline < 2026-12-31 -type:news", ("team", "https://hooks.example.org/x"), ("new", "final"),
        "weekly", ("7d", "3d"), "en", "10:30", "fri", True, "22:00-07:00", "Europe/London", True,
    )  # fmt: skip
    assert entries[0].paused is False and entries[1].paused is None
    assert entries[1].wanted == Wanted("二", '"数据安全"', remind=(), at="9:00")
    assert (entries[0].line, entries[0].line_of("quiet"), entries[1].line_of("nothing")) == (2, 11, 16)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("- name: a", 1, "needs 'query'"),
        ("- name: a\n  query:", 1, "needs 'query'"),
        ("- name: a\n  query: x\n  pace: hourly", 3, "pace 'hourly' is not known: use now, daily, weekly"),
        ("- name: a\n  query: x\n  at: 25:00", 3, "at '25:00' is no time of day"),
        ("- name: a\n  query: x\n  quiet: 22:00", 3, "quiet '22:00' is no part of a day"),
        ("- name: a\n  query: x\n  quiet: 7:00-07:00", 3, "is no part of a day"),
        ("- name: a\n  query: x\n  zone: ../../etc/passwd", 3, "zone '../../etc/passwd' is not known"),
        ("- name: a\n  query: x\n  zone: Asia", 3, "zone 'Asia' is not known"),
        ("- name: a\n  query: x\n  remind: [7]", 3, "reminder '7' is not known"),
        ("- name: a\n  query: x\n  remind: 100d", 3, "at most 90d"),
        ("- name: a\n  query: x\n  events: moon", 3, "event 'moon' is not known"),
        ("- name: a\n  query: x\n  events: []", 3, "no event is chosen"),
        ("- name: a\n  query: x\n  empty: true", 3, "no digests with pace now"),
        ("- name: a\n  query: x\n  empty: perhaps", 3, "empty: expected true or false"),
        ("- name: a\n  query: [x]", 2, "query: expected text"),
        ("- name: a\n  query: x\n  channels: {a: b}", 3, "channels: expected a list"),
        ("- name: a\n  query: x\n  query: y", 3, "'query' stands twice"),
        ("- name: a\n  query: x\n  colour: red", 3, "'colour' is not known: use name"),
        ("- name: a\n  query: x\n- name: a\n  query: y", 3, "name 'a' is used twice: it stands in line 1 already"),
        ("- name: a\n  query: x\n  ? [a]\n  : b", 3, "'' is not known"),
        ("name: a\nquery: x", 1, "expected a list"),
        ("- just text", 1, "expected an entry"),
        ('- name: a\n  query: "x" or y', 2, "not valid YAML .* a query that begins with a quote"),
        ("- name: [", 1, "not valid YAML"),
        ("- &a [*a]", 1, "expected an entry"),
        ("- name: !!python/object/apply:os.system [true]\n  query: x", 1, "name: expected text"),
        ("\x00", 1, "not valid YAML"),
        ("[" * 100_000, 1, "too deep"),
        ("x" * (LARGEST + 1), 1, "at most 1000000 are read"),
        ("- a\n---\n- b", 2, "not valid YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_to_write(text: str, line: int, said: str) -> None:
    _, mistakes = read(text)
    assert mistakes[0].line == line
    assert re.search(said, mistakes[0].said), mistakes[0].said


def test_all_mistakes_are_told_together() -> None:
    text = "- {name: a, query: x}\n- {name: b}\n- {name: c, query: y, pace: never, zone: Moon}\n"
    entries, mistakes = read(text)
    assert [one.wanted.name for one in entries] == ["a", "c"]
    assert [one.line for one in mistakes] == [2, 3, 3]


def test_ten_thousand_anchors_are_no_bomb() -> None:
    text = "- &a0 {name: x, query: y}\n" + "".join(f"- &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 200))
    entries, mistakes = read(text)
    assert len(entries) == 1 and len(mistakes) == 199


pieces = some.sampled_from([
    "- ", "name: ", "query: ", "a", "x\n", "\n", "  ", "[", "]", "{", "}", "&a ", "*a", "!!", "'", '"', "|", ">", "%",
    "@", "22:00", "on", "~", ", ", ": ", "#", "\t", "\x85", "\u2028", "数据", "\ud800", "\ufeff", "<<: ", "? ",
])  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(some.lists(pieces, max_size=40).map("".join) | some.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    entries, mistakes = read(text)
    for one in entries:
        assert one.wanted.name and one.wanted.query
    for mistake in mistakes:
        assert mistake.line >= 1 and mistake.said


def test_a_value_of_every_kind_is_told_as_expected() -> None:
    wrong: dict[str, Any] = {"paused": "[1]", "name": "{a: b}", "working_days": "maybe", "events": "[[new]]"}
    for key, value in wrong.items():
        _, mistakes = read(f"- name: a\n  query: b\n  {key}: {value}")
        assert any(f"{key}: expected" in one.said or "stands twice" in one.said for one in mistakes), key

"""`policywatch alerts` as people script it: files, names of fields, exit statuses, one-line errors."""

import json
from pathlib import Path

import pytest

from tests.commands import run


def done(data: Path, *arguments: str) -> str:
    found = run(data, *arguments)
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_what_init_writes_is_put_in_force_listed_and_rotated(tmp_path: Path) -> None:
    done(tmp_path, "init")
    dry = json.loads(done(tmp_path, "alerts", "apply", "--dry-run", "--json"))
    assert (dry["added"], dry["dry_run"]) == (["consultations"], True)
    assert json.loads(done(tmp_path, "alerts", "list", "--json")) == []
    assert done(tmp_path, "alerts", "apply").startswith("added    consultations")
    again = json.loads(done(tmp_path, "alerts", "apply", str(tmp_path / "config" / "subscriptions.yaml"), "--json"))
    assert (again["unchanged"], again["added"]) == (["consultations"], [])
    listed = json.loads(done(tmp_path, "alerts", "list", "--json"))[0]
    assert {"name", "query", "channels", "pace", "remind", "events", "paused", "created_at"} <= set(listed)
    assert (listed["query"], listed["channels"], listed["remind"]) == (
        "type:consultation is:open",
        [],
        ["7d", "3d", "1d"],
    )
    assert listed["events"] == ["new", "deadline-moved", "remind"] and listed["origin"] == "subscriptions.yaml"
    assert set(listed["feeds"]) == {"rss", "atom", "json", "ics"}
    assert (tmp_path / "feeds" / "1" / "feed.atom").is_file()
    assert all(f"  {address}\n" in done(tmp_path, "alerts", "list") for address in listed["feeds"].values())
    heads = done(tmp_path, "alerts", "deliveries").split()
    assert heads[:3] == ["subscription", "notice", "title"] and "repeats" in heads
    rotated = json.loads(done(tmp_path, "alerts", "rotate", "consultations", "--json"))["feeds"]
    assert not set(rotated.values()) & set(listed["feeds"].values())
    (tmp_path / "config" / "subscriptions.yaml").write_text("", encoding="utf-8")
    assert "removed  consultations" in done(tmp_path, "alerts", "apply")
    assert not (tmp_path / "feeds" / "1").exists()


def test_every_option_of_add_is_kept(tmp_path: Path) -> None:
    made = json.loads(done(
        tmp_path, "alerts", "add", "drafts", "--query", "数据安全", "--to", "https://hooks.example.org/secret",
        "--pace", "weekly", "--at", "08:30", "--weekday", "fri", "--working-days", "--quiet", "22:00-07:00",
        "--zone", "Europe/London", "--remind", "3d,7d", "--event", "new", "--event", "final,removed", "--lang", "en",
        "--empty", "--json",
    ))  # fmt: skip
    wanted = {
        "name": "drafts", "pace": "weekly", "at": "08:30", "weekday": "fri", "working_days": True, "empty": True,
        "quiet": "22:00-07:00", "zone": "Europe/London", "remind": ["7d", "3d"], "language": "en", "matching": 0,
        "events": ["new", "final", "removed"], "channels": ["https://hooks.example.org/***"],
    }  # fmt: skip
    assert {name: made[name] for name in wanted} == wanted
    assert "weekly fri 08:30" in done(tmp_path, "alerts", "list")
    done(tmp_path, "alerts", "remove", "drafts")
    assert json.loads(done(tmp_path, "alerts", "list", "--json")) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("alerts", "add", "x", "--query", "type:nonsense"), "column 6"),
        (("alerts", "add", "x", "--query", "x", "--pace", "hourly", "--at", "noon"), "pace 'hourly'"),
        (("alerts", "apply", "nowhere.yaml"), "cannot be read"),
        (("alerts", "apply"), "`policywatch init` writes one"),
        (("alerts", "rotate", "nobody"), "no subscription is called 'nobody'"),
        (("serve",), "policywatch serve --feeds"),
    ],
)
def test_wrong_usage_is_one_line_and_ends_with_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    found = run(tmp_path, *arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert len(found.stderr.splitlines()) == 1 and said in found.stderr


def test_everything_that_is_wrong_with_an_addition_is_told_at_once(tmp_path: Path) -> None:
    done(tmp_path, "alerts", "add", "x", "--query", "数据")
    found = run(tmp_path, "alerts", "add", "x", "--query", "type:nonsense", "--at", "noon", "--channel", "team")
    assert found.returncode == 2 and len(found.stderr.splitlines()) == 1
    for part in ("query: column 6", "at 'noon'", "no channel is called 'team'", "called 'x' already"):
        assert part in found.stderr


def test_a_file_with_mistakes_points_at_lines_and_columns(tmp_path: Path) -> None:
    done(tmp_path, "init")
    file = tmp_path / "config" / "subscriptions.yaml"
    file.write_text("- name: a\n  query: deadline < soon\n  channels: [nowhere]\n  at: 7pm\n", encoding="utf-8")
    found = run(tmp_path, "alerts", "apply", "--dry-run")
    assert found.returncode == 2 and len(found.stderr.splitlines()) == 1
    for part in ("line 2: query: column 12", "line 3: no channel is called 'nowhere'", "line 4: at '7pm'"):
        assert part in found.stderr


def test_a_port_in_use_says_so(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = run(tmp_path, "serve", "--feeds", "--port", str(taken.getsockname()[1]))
    assert found.returncode == 1 and "choose another --port" in found.stderr

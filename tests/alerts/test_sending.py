"""What is sent, once, over a webhook that fails in every way."""

import hashlib
import hmac
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import outgoing, subscriptions
from alerts.dispatcher import dispatch
from alerts.ledger import counts, listed
from alerts.matcher import match
from alerts.parts import GIVE_UP, LEASE, gather
from alerts.replan import retry
from alerts.sample import Asked, try_out
from alerts.subscriptions import Wanted, make
from config.channels import Channel
from scheduler.doctor import doctor

ROOT = Path(__file__).parent.parent.parent
SECRET = "a key for tests"


def team(hook: Any, name: str = "team", **more: Any) -> dict[str, Channel]:
    return {name: Channel(name, "webhook", hook.url, **{"timeout": 5.0, "private": True, **more})}


def subscribe(world: Any, reader: Any, *channels: str, name: str = "a", language: str = "zh") -> None:
    known = {one for one in channels if "//" not in one}
    make(world.store, reader, Wanted(name, "is:open", channels, language=language), known, world.now)


def test_a_message_is_signed_and_says_what_who_when_and_how_to_stop_it(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, "team")
    world.notice("关于《某办法》\r\nX-Evil: <script>", copies=2)
    match(world.store, world.now)
    channels = team(hook, secret=SECRET)
    assert dispatch(world.store, channels, world.now).states == {"sent": 1}
    timestamp = hook.headers[0]["X-Policywatch-Timestamp"]
    signed = hmac.new(SECRET.encode(), timestamp.encode() + b"." + hook.bodies[0], hashlib.sha256).hexdigest()
    assert hook.headers[0]["X-Policywatch-Signature"] == f"sha256={signed}"
    message = hook.messages[0]
    item = message["items"][0]
    assert (item["deadline"], item["days_left"], item["notice_type"]) == ("2026-12-31", 60, "consultation")
    assert item["evidence"] == "请于2026年12月31日前反馈。"
    assert item["title"] == "关于《某办法》 X-Evil: <script>"
    assert [carrier["name"] for carrier in item["carriers"]] == ["账号1", "账号2"]
    for part in ("还剩 60 天", item["evidence"], item["url"], "is:open", "policywatch alerts pause a"):
        assert part in message["text"]
    assert SECRET not in repr(channels) + repr(listed(world.store))


def test_a_flood_is_one_message_with_a_list_and_a_larger_one_has_numbered_parts(
    world: Any, reader: Any, hook: Any
) -> None:
    subscribe(world, reader, "team", language="en")
    world.notices(f"办法{number}" for number in range(500))
    match(world.store, world.now)
    dispatch(world.store, team(hook), world.now)
    assert [(len(m["items"]), m["part"], m["parts"]) for m in hook.messages] == [(500, 1, 1)]
    assert "500. New consultation: 办法499 · Comments until 2026-12-31 (60 days left)" in hook.messages[0]["text"]
    world.notices(f"条例{number}" for number in range(501))
    match(world.store, world.now)
    dispatch(world.store, team(hook), world.now)
    assert [(len(m["items"]), m["part"], m["parts"]) for m in hook.messages[1:]] == [(500, 1, 2), (1, 2, 2)]
    assert sorted(hook.titles()) == sorted([f"办法{n}" for n in range(500)] + [f"条例{n}" for n in range(501)])


@pytest.mark.both_databases
def test_a_receiver_that_was_down_gets_each_thing_once(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook.url)
    world.notice("第一")
    match(world.store, world.now)
    hook.status = 500
    assert dispatch(world.store, hook.channels, world.now).states == {"pending": 1}
    world.notice("第二")
    match(world.store, world.now)
    assert listed(world.store)[1].error == "500 said so"
    assert "/hook" not in listed(world.store)[1].channel
    hook.status = 200
    assert dispatch(world.store, hook.channels, world.now).states == {"sent": 1}
    assert dispatch(world.store, hook.channels, world.later(minutes=1)).states == {"sent": 1}
    assert dispatch(world.store, hook.channels, world.later(days=1)).states == {}
    assert hook.titles() == ["第一", "第二", "第一"]
    assert hook.keys[0] == hook.keys[2] != hook.keys[1]
    assert [m["attempt"] for m in hook.messages] == [1, 1, 2]


def test_a_channel_that_hangs_or_is_not_there_holds_up_no_other(
    world: Any, reader: Any, hook: Any, other_hook: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    other_hook.hang = threading.Event()
    subscribe(world, reader, "good", "slow", nobody)
    world.notice("办法")
    match(world.store, world.now)
    answered: list[bool] = []
    other_hook.before_answer = lambda: answered.append(bool(hook.bodies))
    channels = team(hook, "good") | team(other_hook, "slow", timeout=0.5)
    assert dispatch(world.store, channels, world.now).states == {"sent": 1, "pending": 2}
    errors = {one.channel: one.error for one in listed(world.store)}
    assert errors["good"] == ""
    assert "no answer" in errors["slow"] and "within 0.5 s" in errors["slow"]
    assert len(hook.bodies) == len(answered) == 1


def test_a_message_that_one_receiver_refuses_holds_up_no_other_message(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook.url, name="a")
    subscribe(world, reader, hook.url, name="b")
    world.notice("办法")
    match(world.store, world.now)
    hook.status = 400
    dispatch(world.store, hook.channels, world.now)
    assert [m["subscription"] for m in hook.messages] == ["a", "b"]
    hook.status = 503
    assert dispatch(world.store, hook.channels, world.later(minutes=1)).states == {"pending": 1}
    assert len(hook.bodies) == 3  # down: what else is due on the channel waits


def test_a_message_that_cannot_be_composed_is_told_and_holds_up_no_other(
    world: Any, reader: Any, hook: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    for name in ("a", "b", "c"):
        subscribe(world, reader, hook.url, name=name)
    world.notice("办法")
    match(world.store, world.now)
    real, cut = outgoing.compose, outgoing.splitting

    def compose(part: Any, *more: Any) -> Any:
        if part.subscription == "b":
            raise ValueError("what nobody thought of")
        return real(part, *more)

    def splitting(*given: Any) -> Any:
        def split(rows: Any) -> Any:
            if rows[0].name == "b":
                raise ValueError("what nobody thought of either")
            return cut(*given)(rows)

        return split

    monkeypatch.setattr(outgoing, "compose", compose)
    monkeypatch.setattr("alerts.dispatcher.splitting", splitting)
    assert dispatch(world.store, hook.channels, world.now).states == {"sent": 2, "pending": 1}
    assert [m["subscription"] for m in hook.messages] == ["a", "c"]
    errors = {one.subscription: one.error for one in listed(world.store)}
    assert "cannot be composed: ValueError: what nobody thought of" in errors["b"]
    assert "for 'b': will try again" in caplog.text and "nobody thought of either" in caplog.text
    monkeypatch.undo()
    assert dispatch(world.store, hook.channels, world.later(minutes=1)).states == {"sent": 1}


def test_it_gives_up_after_a_day_of_attempts_aloud(world: Any, reader: Any, hook: Any, caplog: Any) -> None:
    subscribe(world, reader, hook.url, name="a")
    subscribe(world, reader, hook.url, name="b")
    world.notice("办法")
    match(world.store, world.now)
    hook.status = 500
    began, chance = world.now, random.Random(7)
    while counts(world.store).get("pending"):
        dispatch(world.store, hook.channels, world.now, chance=chance)
        world.later(minutes=5)
    assert GIVE_UP <= world.now - began < GIVE_UP + timedelta(hours=2)
    assert counts(world.store) == {"failed": 2}
    assert 25 < len(hook.bodies) < 40
    assert "given up" in caplog.text
    assert "/hook" not in caplog.text


def test_what_is_given_up_while_it_waits_behind_another_message_is_logged_and_counted(
    world: Any, reader: Any, hook: Any, caplog: Any
) -> None:
    for name in ("a", "b", "c", "resting"):
        subscribe(world, reader, hook.url, name=name)
    world.notice("第一")
    world.notice("第二")
    match(world.store, world.now)
    subscriptions.pause(world.store, "resting")
    hook.status, chance, given_up = 500, random.Random(7), 0
    for _ in range(400):
        given_up += dispatch(world.store, hook.channels, world.now, chance=chance).states["failed"]
        world.later(minutes=5)
    said = re.findall(r"for '(\w+)': given up, (\d+) of its deliveries", caplog.text)
    assert sorted(said) == [("a", "2"), ("b", "2"), ("c", "2")]
    assert counts(world.store) == {"failed": 6, "pending": 2}
    assert given_up == 6


def test_what_was_given_up_troubles_doctor_for_a_week_and_can_be_sent_again(
    world: Any, reader: Any, hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> list[tuple[str, str, str]]:
        return [(one.state, one.detail, one.advice) for one in doctor(world.now) if one.check == "alerts"]

    monkeypatch.setenv("POLICYWATCH_DATA", str(world.store.folder))
    subscribe(world, reader, hook.url, name="my drafts")
    subscribe(world, reader, hook.url, name="resting")
    world.notice("办法")
    match(world.store, world.now)
    hook.status, chance = 500, random.Random(7)
    for _ in range(320):
        dispatch(world.store, hook.channels, world.now, chance=chance)
        world.later(minutes=5)
    subscriptions.pause(world.store, "resting")
    [(state, detail, advice)] = said()
    assert (state, detail[:14]) == ("failed", "1 deliveries w") and "`alerts retry 'my drafts'`" in advice
    world.later(days=8)
    assert [state for state, _, _ in said()] == ["ok"]
    hook.status, keys = 200, set(hook.keys)
    assert dispatch(world.store, hook.channels, world.now).states == {}
    assert retry(world.store, "my drafts", world.now) == 1
    assert dispatch(world.store, hook.channels, world.now).states == {"sent": 1}
    assert hook.keys[-1] in keys and hook.messages[-1]["attempt"] == 1
    assert counts(world.store) == {"failed": 1, "sent": 1} and retry(world.store, "my drafts", world.now) == 0
    with pytest.raises(subscriptions.BadSubscription):
        retry(world.store, "nobody", world.now)


def test_after_days_asleep_it_still_tries(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook.url)
    world.notice("办法", end=date(2026, 11, 2))
    match(world.store, world.now)
    hook.status = 500
    dispatch(world.store, hook.channels, world.later(days=3))
    hook.status = 200
    assert dispatch(world.store, hook.channels, world.later(minutes=1)).states == {"sent": 1}
    assert hook.messages[1]["items"][0]["period_ended"] is True


def test_a_channel_without_its_secret_or_its_entry_sends_nothing(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, "team", "gone")
    world.notice("办法")
    match(world.store, world.now)
    assert dispatch(world.store, team(hook, secret_env="NOT_SET_HERE"), world.now).states == {"pending": 2}
    assert {one.error.split(":")[0] for one in listed(world.store)} == {
        "the environment has no NOT_SET_HERE", "channels.yaml has no channel 'gone'",
    }  # fmt: skip
    assert not hook.bodies


def test_a_paused_subscription_keeps_its_messages_until_it_is_resumed(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook.url)
    world.notice("办法")
    match(world.store, world.now)
    subscriptions.pause(world.store, "a")
    assert dispatch(world.store, hook.channels, world.now).states == {}
    subscriptions.resume(world.store, "a", world.now)
    assert dispatch(world.store, hook.channels, world.now).states == {"sent": 1}


@pytest.mark.both_databases
def test_a_notice_merged_after_its_match_is_sent_as_what_it_is_now(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook.url)
    told, other = world.notice("原来的"), world.notice("吞并者", kind="news")
    match(world.store, world.now)
    world.merge(told, other)
    dispatch(world.store, hook.channels, world.now)
    assert hook.titles() == ["吞并者"]
    assert hook.messages[0]["items"][0]["notice_id"] == other
    assert [(one.notice_id, one.title) for one in listed(world.store)] == [(other, "吞并者")]


@pytest.mark.both_databases
def test_two_dispatchers_at_once_send_each_thing_once(world: Any, reader: Any, hook: Any) -> None:
    for number in range(5):
        subscribe(world, reader, hook.url, name=f"s{number}")
    world.notice("办法")
    match(world.store, world.now)
    threads = [threading.Thread(target=dispatch, args=(world.store, hook.channels, world.now)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(m["subscription"] for m in hook.messages) == [f"s{number}" for number in range(5)]


def test_a_sample_is_marked_as_one_and_shows_the_channels_own_answer(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, "team")
    hook.status = 403
    tried = try_out(world.store, ["team"], team(hook), world.now, Asked("a", "is:open", "zh"))
    assert [(one.channel, one.accepted, one.answer) for one in tried] == [("team", False, "403 said so")]
    assert hook.messages[0]["test"] is True
    assert counts(world.store) == {}


CHILD = """
import sys; from datetime import datetime; from pathlib import Path
from alerts.dispatcher import dispatch; from config.channels import Channel; from notices.store import Store
channels = {sys.argv[4]: Channel(sys.argv[4], "webhook", sys.argv[4], private=True)}
with Store.open(sys.argv[1], Path(sys.argv[2])) as store:
    dispatch(store, channels, datetime.fromisoformat(sys.argv[3]))
"""


def killed(world: Any, hook: Any, after: float | None) -> None:
    """Runs a dispatcher in a process that is killed when the webhook has its message, or after some seconds."""
    call = [
        sys.executable,
        "-c",
        CHILD,
        str(world.store.engine.url),
        str(world.store.folder),
        world.now.isoformat(),
        hook.url,
    ]
    child = subprocess.Popen(call, cwd=ROOT)
    if after is None:
        hook.before_answer = lambda: os.kill(child.pid, signal.SIGKILL)
    else:
        threading.Timer(after, child.kill).start()
    child.wait()
    hook.before_answer = None


def test_killed_between_sending_and_marking_it_repeats_under_the_same_key(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader, hook.url)
    world.notice("办法")
    match(world.store, world.now)
    killed(world, hook, None)
    assert counts(world.store) == {"leased": 1}
    assert dispatch(world.store, hook.channels, world.later(minutes=1)).states == {}
    again = dispatch(world.store, hook.channels, world.later(seconds=LEASE.total_seconds()))
    assert (again.states, again.repeats) == ({"sent": 1}, 1)
    assert len(set(hook.keys)) == 1 and [m["attempt"] for m in hook.messages] == [1, 2]


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_killed_at_random_moments_everything_arrives_and_repeats_carry_their_key(
    world: Any, reader: Any, hook: Any
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance, repeats = random.Random(seed), 0
    for number in range(8):
        subscribe(world, reader, hook.url, name=f"s{number}")
    for number in range(60):
        world.notice(f"办法{number}")
        match(world.store, world.now)
        hook.status = chance.choice([200, 200, 200, 500])
        killed(world, hook, chance.choice([None, chance.uniform(0.3, 1.2)]))
        world.later(minutes=chance.choice([0, 3, 15]))
    hook.status = 200
    while any(counts(world.store).get(state) for state in ("pending", "leased")):
        repeats += dispatch(world.store, hook.channels, world.later(hours=1)).repeats
    parts = {(m["key"], item["notice_id"], m["subscription"]) for m in hook.messages for item in m["items"]}
    assert len(parts) == 60 * 8  # each matter in exactly one part of a subscription, whatever was repeated
    assert counts(world.store) == {"sent": 60 * 8}
    print(f"{len(hook.bodies)} requests for {len(set(hook.keys))} parts")


@pytest.mark.both_databases
def test_nothing_due_takes_no_writers_lock(world: Any) -> None:
    with world.store.writing():
        assert gather(world.store, world.now) == []

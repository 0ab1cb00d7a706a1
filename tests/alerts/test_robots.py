"""WeCom, Feishu, DingTalk and ServerChan: what they get, what their answers mean, their limits and their rate."""

import random
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.channels import dingtalk, feishu, serverchan, wecom
from alerts.channels.post import Reply
from alerts.channels.robots import judged
from alerts.channels.senders import SENDERS
from alerts.courier import deliver
from alerts.dispatcher import dispatch
from alerts.ledger import counts, listed
from alerts.matcher import match
from alerts.sample import Asked, sample
from alerts.subscriptions import Wanted, make
from config.channels import Channel
from notices.schema import notices
from tests.alerts.receivers import KEY, SECRET, Platform, counted, platform

KINDS = ("wecom", "feishu", "dingtalk", "serverchan")
SIGNED = ("feishu", "dingtalk")
LIMIT = {"wecom": 4_096, "feishu": 20_480, "dingtalk": 20_000, "serverchan": 32_768}
ERRORS = [
    ("wecom", b'{"errcode":45009,"errmsg":"api freq out of limit"}', 60),
    ("wecom", b'{"errcode":40058,"errmsg":"exceed max length"}', 0),
    ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url"}', 0),
    ("feishu", b'{"code":11232,"msg":"frequency limited"}', 60),
    ("feishu", b'{"code":9499,"msg":"Bad Request","data":{}}', 0),
    ("dingtalk", b'{"errcode":130101,"errmsg":"send too fast"}', 600),
    ("dingtalk", b'{"errcode":310000,"errmsg":"keywords not in content"}', 0),
    ("serverchan", b'{"code":40001,"message":"[AUTH]"}', 3600),
    ("feishu", b"<html>sign in to the network</html>", 0),
]


def own_time(world: Any) -> Callable[[], float]:
    """A platform's clock that shows the test's time."""
    return lambda: float(world.now.timestamp())


def robot(one: Platform, **more: Any) -> Channel:
    secret = {"secret": SECRET} if one.secret else {}
    return Channel("team", one.kind, one.url, **{"private": True, "timeout": 5.0, **secret, **more})


def subscribe(world: Any, reader: Any, *names: str, language: str = "zh") -> None:
    for name in names:
        make(world.store, reader, Wanted(name, "is:open", ("team",), language=language), {"team"}, world.now)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_robot_is_told_what_who_until_when_and_how_to_stop_it(
    kind: str, language: str, world: Any, reader: Any
) -> None:
    secret = SECRET if kind in SIGNED else ""
    with platform(kind, secret=secret, clock=own_time(world)) as one:
        subscribe(world, reader, "drafts", language=language)
        world.notice("关于《示例办法（征求意见稿）》的通知", copies=2)
        match(world.store, world.now)
        assert dispatch(world.store, {"team": robot(one)}, world.now).states == {"sent": 1}
        text = one.texts()[0]
    for part in ("关于《示例办法（征求意见稿）》的通知", "2026-12-31", "60", "https://example.org/1.html", "账号2",
                 "请于2026年12月31日前反馈。", "is:open", "policywatch alerts pause drafts"):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize("kind", SIGNED)
def test_a_wrong_secret_is_told_in_the_platforms_own_words(kind: str, world: Any) -> None:
    with platform(kind, secret=SECRET, clock=own_time(world)) as one:
        asked = sample(Asked("drafts", "is:open", "zh"), world.now)
        for channel in (robot(one, secret="SECanother"), robot(one, secret="")):
            said = deliver(channel, SENDERS[kind], asked, world.now)
            assert (said.accepted, said.down) == (False, True)
            assert re.search("sign (not match|match fail)", said.said)
        assert deliver(robot(one), SENDERS[kind], asked, world.now).accepted


@pytest.mark.parametrize(("kind", "answer", "pause"), ERRORS)
def test_an_error_inside_a_200_is_no_acceptance(kind: str, answer: bytes, pause: int, world: Any, reader: Any) -> None:
    with platform(kind) as one:
        one.broken = [(200, answer)]
        subscribe(world, reader, "drafts")
        world.notice("办法")
        match(world.store, world.now)
        channels = {"team": robot(one)}
        assert dispatch(world.store, channels, world.now).states == {"pending": 1}
        row = listed(world.store)[0]
        assert row.error.startswith("200 " + answer.decode()[:20])
        assert row.due_at - world.now >= timedelta(seconds=max(pause, 12))
        assert dispatch(world.store, channels, world.later(hours=1, minutes=1)).states == {"sent": 1}
        assert dispatch(world.store, channels, world.later(hours=1)).repeats == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_counted_when_it_is_sent_again(kind: str, world: Any, reader: Any) -> None:
    with platform(kind) as one:
        subscribe(world, reader, "drafts")
        world.notice("办法")
        match(world.store, world.now)
        one.hang = threading.Event()
        channels = {"team": robot(one, timeout=0.3)}
        assert dispatch(world.store, channels, world.now).states == {"pending": 1}
        assert "within 0.3 s" in listed(world.store)[0].error
        one.hang.set()
        one.hang = None
        again = dispatch(world.store, {"team": robot(one)}, world.later(minutes=1))
        assert (again.states, again.repeats) == ({"sent": 1}, 1)
        assert listed(world.store)[0].repeats == 1
        keys = [re.search(r"编号 (\w+·1/1)", text) for text in one.texts()]
        assert len(keys) == 2 and keys[0] and keys[1] and keys[0][1] == keys[1][1]


@pytest.mark.parametrize("seed", [5])
@pytest.mark.parametrize("kind", KINDS)
def test_parts_keep_to_the_bytes_and_cut_no_character_no_link_and_no_notice(
    kind: str, seed: int, world: Any, reader: Any
) -> None:
    chance = random.Random(seed)
    titles = [
        f"〔{number:03}〕" + "关于公开征求示例数据𠮷办法意见的通知"[: chance.randrange(4, 18)] * chance.randrange(1, 9)
        for number in range(chance.randrange(6, 40))
    ]
    with platform(kind, clock=own_time(world)) as one:
        subscribe(world, reader, "drafts")
        world.notices(titles)
        with world.store.writing() as connection:
            fields = connection.execute(select(notices.c.fields)).scalars().first()
            issued = {"issuers": ["示例工业部", "示例网信部门", "示例数据局"][: chance.randrange(1, 4)]}
            connection.execute(update(notices).values(fields={**fields, **issued}))
        match(world.store, world.now)
        dispatch(world.store, {"team": robot(one)}, world.now)
        texts = one.texts()
        assert "示例工业部" in texts[0]
        assert counts(world.store) == {"sent": len(titles)}
        assert len(texts) == len(one.posts)  # the platform took every post
        assert max(one.sizes) <= LIMIT[kind] + (200 if kind in ("wecom", "serverchan") else 0)
        found = counted(texts, [title[:5] for title in titles])
        if len(texts) == 1 and "未列出" in texts[0]:
            left = int(re.search(r"另有 (\d+) 条未列出", texts[0])[1])  # type: ignore[index]
            assert sum(found.values()) == len(titles) - left > 0
        else:
            assert set(found.values()) == {1} and len(texts) <= 3
        assert "�" not in "".join(texts)
        links = re.findall(r"https://example\.org/\d+(.{0,5})", "".join(texts))
        assert links and all(rest.startswith(".html") for rest in links)


@pytest.mark.parametrize("kind", ["wecom"])
def test_a_flood_of_500_is_one_message_that_says_how_many_it_leaves_out(kind: str, world: Any, reader: Any) -> None:
    with platform(kind) as one:
        subscribe(world, reader, "drafts")
        world.notices(f"办法第{number:03}号" for number in range(500))
        match(world.store, world.now)
        link = "https://feeds.example.org/drafts"
        assert dispatch(world.store, {"team": robot(one)}, world.now, link=lambda _: link).states == {"sent": 500}
        [text] = one.texts()
    left = int(re.search(r"另有 (\d+) 条未列出", text)[1])  # type: ignore[index]
    assert text.count("办法第") == 500 - left and 0 < left < 500
    assert link in text and "500 条" in text


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_robots_rate_is_kept_over_dispatchers_and_everything_arrives(kind: str, world: Any, reader: Any) -> None:
    names = [f"s{number}" for number in range(45)]
    with platform(kind, clock=own_time(world)) as one:
        subscribe(world, reader, *names)
        world.notice("办法")
        match(world.store, world.now)
        channels = {"team": robot(one), "same": robot(one)}
        turns = 0
        while counts(world.store).get("pending"):
            pair = [threading.Thread(target=dispatch, args=(world.store, channels, world.now)) for _ in range(2)]
            for thread in pair:
                thread.start()
            for thread in pair:
                thread.join()
            world.later(seconds=9)
            turns += 1
            assert turns < 60
        assert one.busiest(60) == 20
        assert len(one.taken) == len(one.posts) == 45  # the platform refused none
        assert {d.attempts for d in listed(world.store)} == {1}
        assert turns > 12


def test_feishu_is_not_sent_more_than_five_in_a_second(world: Any, reader: Any) -> None:
    with platform("feishu") as one:
        subscribe(world, reader, *(f"s{number}" for number in range(8)))
        world.notice("办法")
        match(world.store, world.now)
        assert dispatch(world.store, {"team": robot(one)}, world.now).states == {"sent": 8}
        assert one.busiest(1.0) == 5


HOSTILE = (
    '办法</b><script>alert(1)</script>[免费](http://evil.example/x) <@all> @all @所有人 <at user_id="all">x</at> '
    "**粗** `code` {{7+7}} {% raw %} ${jndi:x} $(id) \r\nX-Evil: 1 \u202egpj.exe \x00\x07 "
    "![i](http://evil.example/p) &lt;b&gt;"
)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_page_says_is_neither_markup_nor_a_mention(kind: str, world: Any, reader: Any) -> None:
    with platform(kind) as one:
        subscribe(world, reader, "drafts")
        world.notice(HOSTILE)
        match(world.store, world.now)
        assert dispatch(world.store, {"team": robot(one)}, world.now).states == {"sent": 1}
        text = one.texts()[0]
        value = one.taken[0]
    assert "\u202e" not in text and "\x00" not in text and "\r" not in text
    assert "{{7+7}}" in text  # nobody evaluated it
    if kind == "feishu":
        parts = [part for line in next(iter(value["content"]["post"].values()))["content"] for part in line]
        assert {part["tag"] for part in parts} == {"text", "a"}
        assert all(part["href"].startswith("https://example.org/") for part in parts if part["tag"] == "a")
        return
    assert not re.search(r"<|>|`|(?<!\n)(?<!\*)\*\*粗", text)
    assert re.findall(r"\]\((\S+?)\)", text) == re.findall(r"\]\((https://example\.org/\S+?)\)", text)
    assert "@all" not in text and "@所有人" not in text and "&lt;" not in text
    if kind == "dingtalk":
        assert value["at"] == {"isAtAll": False}


def test_the_key_of_a_robot_stands_in_no_answer_and_no_log(world: Any, caplog: Any) -> None:
    from config.channels import read_channels

    with platform("wecom") as one:
        one.broken = [(200, f'{{"errcode":93000,"errmsg":"no robot {KEY} at {one.url}"}}'.encode())]
        channel = read_channels(f"- {{name: team, kind: wecom, url: '{one.url}', private: true}}")["team"]
        said = deliver(channel, SENDERS["wecom"], sample(Asked("a", "x", "zh"), world.now), world.now)
    assert "93000" in said.said and KEY not in said.said
    assert KEY not in repr(channel) and KEY not in caplog.text


@pytest.mark.parametrize("module", [wecom, feishu, dingtalk, serverchan])
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[0]", b"null", b'{"errcode":"0","code":"0","errno":null}', b"\xff", b"<html>"]
)
def test_a_200_without_a_code_is_no_acceptance(module: Any, body: bytes) -> None:
    said = judged(Reply(200, body, None), module.CODES)
    assert (said.accepted, said.unsure, said.down) == (False, False, True)


def test_a_robots_answer_that_breaks_off_leaves_us_unsure() -> None:
    said = judged(Reply(200, b'{"errco', None, cut=True), wecom.CODES)
    assert (said.accepted, said.unsure, said.down) == (False, True, True)

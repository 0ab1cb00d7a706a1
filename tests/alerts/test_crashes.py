"""The crash matrix of sending: killed at every step, over channels that fail at random, everything arrives."""

import json
import random
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from alerts.ledger import counts
from alerts.matcher import match
from alerts.subscriptions import Wanted, make
from config.channels import Channel
from notices.schema import deliveries
from tests.alerts.receivers import SECRET, Platform, platform, serving
from tests.alerts.test_mail import _free
from tests.alerts.victim import STEPS

ROOT = Path(__file__).parent.parent.parent
RUNS = 250
TROUBLES = ("fine", "fine", "fine", "fine", "refuse", "drop", "late")
HOOKS = ("hook1", "hook2", "hook3")
ROBOTS = ("wecom", "feishu", "dingtalk")


@dataclass
class Seen:
    """What one channel got: keys it accepted in this run, and what it did to the answer."""

    taken: list[tuple[str, bool]] = field(default_factory=list)  # key, and whether the answer went out
    titles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    trouble: str = "fine"


class Victim:
    """The process that forks dispatchers."""

    def __init__(self, world: Any) -> None:
        call = [sys.executable, "-m", "tests.alerts.victim"]
        self.child = subprocess.Popen(call, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.world = world

    def run(self, channels: list[Channel], step: int, seed: int, at: str = "") -> str:
        """Dispatches once, killed at the n-th step or at the first one called `at`; returns where it was killed."""
        store = self.world.store
        asked = {
            "url": store.engine.url.render_as_string(False),
            "folder": str(store.folder),
            "step": step,
            "seed": seed,
            "at": at,
        }
        asked |= {"now": self.world.now.isoformat(), "channels": [asdict(one) for one in channels]}
        assert self.child.stdin and self.child.stdout
        self.child.stdin.write(json.dumps(asked) + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline().strip()

    def close(self) -> None:
        assert self.child.stdin and self.child.stdout
        self.child.stdin.close()
        self.child.wait(20)
        self.child.stdout.close()


@contextmanager
def hook(seen: Seen) -> Iterator[str]:
    """A webhook that has its troubles."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            came = self.rfile.read(size := int(self.headers["Content-Length"]))
            if len(came) < size:
                return  # the sender was killed while it wrote
            body = json.loads(came)
            trouble = seen.trouble
            if trouble != "refuse":
                seen.taken.append((body["key"], trouble == "fine"))
                seen.titles[body["key"]] |= {item["title"] for item in body["items"]}
            try:
                if trouble == "drop":
                    self.close_connection = True
                    return
                if trouble == "late":
                    self.connection.settimeout(2.0)
                    self.connection.recv(1)  # until the sender gives up
                self.send_response(503 if trouble == "refuse" else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True  # the sender was killed

        def log_message(self, format: str, *args: Any) -> None: ...

    with serving(Handler) as base:
        yield base + "/hook"


class Letters:
    """A mail server that has its troubles."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        import email
        import email.policy

        if self.seen.trouble == "refuse":
            return "451 later"
        letter: Any = email.message_from_bytes(envelope.content, policy=email.policy.default)
        key = letter["Message-ID"].strip("<>").partition("@")[0]
        self.seen.taken.append((key, self.seen.trouble == "fine"))
        self.seen.titles[key] |= set(re.findall(r"办法\d+号", letter.get_body(("plain",)).get_content()))
        if self.seen.trouble != "fine":
            server.transport.abort()
        return "250 queued"


def robots_seen(one: Platform, seen: Seen, done: int) -> int:
    """Takes over what a robot's platform accepted since; its answers always go out."""
    texts = one.texts()
    for text in texts[done:]:
        found = re.search(r"编号 (\w+)·(\d+)/(\d+)", text)
        assert found
        key = f"{found[1]}.{found[2]}.{found[3]}"
        seen.taken.append((key, True))
        seen.titles[key] |= set(re.findall(r"办法\d+号", text))
    return len(texts)


def marked(world: Any) -> dict[str, set[str]]:
    """The keys of parts by the state of the ledger, whole as webhooks have them and short as robots show them."""
    found: dict[str, set[str]] = defaultdict(set)
    with world.store.reading() as connection:
        for key, state in connection.execute(select(deliveries.c.idempotency_key, deliveries.c.state)):
            whole, _, rest = key.partition(".")
            found[state] |= {key, f"{whole[:8]}.{rest}"}
    return found


@pytest.mark.soak(long=True)
@pytest.mark.timeout(1500)
def test_killed_at_every_step_everything_arrives_and_repeats_only_as_allowed(world: Any, reader: Any) -> None:
    seed = random.randrange(10**6)
    print(f"\nseed {seed}")
    chance = random.Random(seed)
    seen = {name: Seen() for name in (*HOOKS, *ROBOTS, "post")}
    wants = {f"s{number}": tuple(chance.sample(sorted(seen), 3)) for number in range(8)}
    with ExitStack() as stack:
        urls = {name: stack.enter_context(hook(seen[name])) for name in HOOKS}
        began = [time.monotonic()]

        def clock() -> float:
            """The platforms' time: the test's, and what has passed since the dispatcher was started."""
            return float(world.now.timestamp()) + time.monotonic() - began[0]

        robots = {kind: stack.enter_context(platform(kind, clock=clock, secret=SECRET)) for kind in ROBOTS}
        post = Controller(Letters(seen["post"]), hostname="127.0.0.1", port=_free())
        post.start()
        stack.callback(post.stop)
        victim = Victim(world)
        stack.callback(victim.close)
        usual: dict[str, Any] = {"private": True, "timeout": 0.5}
        channels = [Channel(name, "webhook", url, **usual) for name, url in urls.items()]
        channels += [Channel(kind, kind, one.url, secret=SECRET, **usual) for kind, one in robots.items()]
        box = f"smtp://127.0.0.1:{post.port}"
        channels.append(
            Channel("post", "mail", box, security="none", sender="a@example.org", to=("b@example.org",), **usual)
        )
        for name, some in wants.items():
            make(world.store, reader, Wanted(name, "is:open", some), set(seen), world.now)
        tally = Tally(world, seen, robots)
        number = 0
        for _ in range(RUNS):
            for _ in range(chance.choice([0, 1, 1, 2])):
                world.notice(f"办法{number}号")
                number += 1
            match(world.store, world.now)
            for one in seen.values():
                one.trouble = chance.choice(TROUBLES)
            for one in robots.values():
                one.broken = [(200, b'{"errcode":-1,"code":11247}')] * chance.choice([0, 0, 0, 1, 2])
            step = chance.choice([10**9, *(chance.randrange(1, 120) for _ in range(5))])
            began[0] = time.monotonic()
            tally.run(victim.run(channels, step, chance.randrange(10**9)))
            world.later(seconds=chance.choice([2, 10, 30, 130]))
        for one in seen.values():
            one.trouble = "fine"
        for at in STEPS:  # what chance left out, and every step once for certain
            seen[HOOKS[0]].trouble = "refuse"
            world.later(minutes=3)
            world.notice(f"办法{number}号")
            number += 1
            match(world.store, world.now)
            began[0] = time.monotonic()
            tally.run(end := victim.run(channels, 0, 1, at))
            assert end == at
        seen[HOOKS[0]].trouble = "fine"
        while any(counts(world.store).get(state) for state in ("pending", "leased")):
            world.later(minutes=20)
            for platform_ in robots.values():
                platform_.broken = []
            began[0] = time.monotonic()
            tally.run(victim.run(channels, 10**9, 1))
    tally.show()
    assert counts(world.store) == {"sent": number * len(wants) * 3}
    for name, one in seen.items():
        expected = [f"办法{n}号" for n in range(number) for some in wants.values() if name in some]
        arrived = Counter(title for titles in one.titles.values() for title in titles)
        assert arrived == Counter(expected), name  # each matter once for each subscription, in one part for ever
    assert tally.wrong == []
    with world.store.reading() as connection:
        counted = {
            row[0]: row[1]
            for row in connection.execute(select(deliveries.c.idempotency_key, deliveries.c.repeats).distinct())
        }
    short = {f"{key[:8]}.{key.partition('.')[2]}": number for key, number in counted.items()}
    for one in seen.values():
        for key, times in Counter(key for key, _ in one.taken).items():
            assert times - 1 <= counted.get(key, short.get(key, 0)), key  # every repeat is in the ledger


class Tally:
    """What each run did, and which repeats the rules do not allow."""

    def __init__(self, world: Any, seen: dict[str, Seen], robots: dict[str, Platform]) -> None:
        self.world, self.seen, self.robots = world, seen, robots
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.done = dict.fromkeys(seen, 0)
        self.shown = dict.fromkeys(robots, 0)
        self.before = marked(world)

    def run(self, end: str) -> None:
        """Holds one run's acceptances against what was written down before and after it."""
        assert not end.startswith("failed"), end
        self.ends[end] += 1
        after = marked(self.world)
        for name, one in self.robots.items():
            self.shown[name] = robots_seen(one, self.seen[name], self.shown[name])
        for name, one in self.seen.items():
            for key, answered in one.taken[self.done[name] :]:
                if key in self.before["sent"]:
                    self.wrong.append(f"{name} got {key} again after it was marked as sent")
                if answered and end == "-" and key not in after["sent"]:
                    self.wrong.append(f"{name} accepted {key} and answered, and it was not marked")
            self.done[name] = len(one.taken)
        self.before = after

    def show(self) -> None:
        """Prints the counts."""
        kills = {name: number for name, number in sorted(self.ends.items()) if name != "-"}
        print(f"{sum(self.ends.values())} runs, {sum(kills.values())} killed: {kills}")
        for name, one in self.seen.items():
            keys = Counter(key for key, _ in one.taken)
            lost = sum(1 for _, answered in one.taken if not answered)
            repeats = sum(keys.values()) - len(keys)
            print(f"{name}: {len(one.taken)} accepted, {len(keys)} parts, {repeats} repeats, {lost} answers lost")

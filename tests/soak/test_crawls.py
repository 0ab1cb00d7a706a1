"""Crawls through every trouble and through kills: nothing is lost, nothing done twice, no host asked too fast."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from notices.schema import articles, hosts, queue, runs
from notices.store import Store
from tests.soak.bad_site import BadSite, serving

ROOT = Path(__file__).parent.parent.parent
DELAY = 0.05
HUNG = {"silent", "slow", "huge", "cut", "bomb"}

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1500)]


class Folder:
    """A data folder whose commands run as processes of their own."""

    def __init__(self, path: Path, site: BadSite, *names: str) -> None:
        self.path = path
        (path / "config").mkdir(parents=True)
        entries = [
            f"- name: {name}\n  kind: page\n  url: {site.base}/list\n  every: 1m\n  delay: {DELAY}\n  first: 999\n"
            "  selectors: {row: ul.rows li, next: a.next}\n"
            for name in names
        ]
        (path / "config" / "sources.yaml").write_text("".join(entries), encoding="utf-8")
        self.store = Store.open(f"sqlite:///{(path / 'policywatch.db').absolute()}", path)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        given = {"DATA": self.path, "CONFIG": self.path / "config", "DOWNLOAD_TIMEOUT": 2, "DOWNLOAD_MAX_MB": 1}
        environment = {**os.environ, **{f"POLICYWATCH_{name}": str(value) for name, value in given.items()}}
        call = [sys.executable, "-m", "policywatch", *arguments]
        return subprocess.Popen(
            call, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True,
        )  # fmt: skip

    def time_passes(self) -> None:
        """Every pause is over and whatever waits is due, as a day later."""
        long_ago = datetime(2020, 1, 1, tzinfo=timezone.utc)
        with self.store.writing() as connection:
            connection.execute(update(hosts).values(paused_until=None, leased_until=long_ago))
            connection.execute(update(queue).values(not_before=long_ago))

    def left(self, *, never: bool = False) -> int:
        query = select(func.count()).select_from(queue).where(queue.c.looks == 0)
        with self.store.reading() as connection:
            return int(connection.execute(query.where(queue.c.attempts == 0) if never else query).scalar_one())

    def numbers(self) -> Counter[int]:
        """How often each article of the site is in the store."""
        with self.store.reading() as connection:
            urls = connection.execute(select(articles.c.url)).scalars()
            return Counter(int(url.rsplit("/", 1)[1]) for url in urls)

    def outcomes(self) -> Counter[str]:
        with self.store.reading() as connection:
            return sum((Counter(row) for row in connection.execute(select(runs.c.outcomes)).scalars()), Counter())


@contextmanager
def folder(path: Path, site: BadSite, *names: str) -> Iterator[Folder]:
    made = Folder(path, site, *names)
    try:
        yield made
    finally:
        made.store.close()


def together(data: Folder, *names: str) -> list[dict[str, Any]]:
    """A crawl of each source, each by a command of its own, at the same time."""
    children = [data.start("crawl", name, "--json") for name in names]
    return [json.loads(child.communicate(timeout=600)[0])["sources"][0] for child in children]


def paced(site: BadSite) -> None:
    """No two requests came closer than the pace, and none while another was answered."""
    starts = sorted(moment for moment, _ in site.asked)
    assert min(later - earlier for earlier, later in pairwise(starts)) >= DELAY - 0.01
    answered = sorted(
        span for span in site.spans if not span[2].startswith("/a/") or site.kinds[int(span[2][3:])] not in HUNG
    )
    overlapping = [(a, b) for a, b in pairwise(answered) if b[0] < a[1]]
    assert not overlapping


@pytest.mark.soak(long=True)
def test_a_crawl_through_every_trouble(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    site = BadSite(240, seed, grows=True, plain=40)  # every wall costs a round of processes, a page does not
    with serving(site), folder(tmp_path, site, "one", "two") as data:
        rounds = 0
        while rounds == 0 or data.left(never=True):
            rounds += 1
            walls = len(site.walls)
            for report in together(data, "one", "two"):
                assert report["pages"] == sum(report["outcomes"].values())
            if len(site.walls) > walls:
                assert len(site.walls) == walls + 1  # hit once, by one of two processes
                assert site.asked[-1][1] == site.walls[-1][1]  # and nothing was asked after it
            data.time_passes()
        counted = data.outcomes()
        silent = counted["list"] + counted["gap"] + counted["known"] + counted["unfetchable"]
        asked = sum(number for path, number in site.counted.items() if path.startswith("/a/"))
        assert counted.total() - silent == asked
        assert counted["blocked"] == len(site.walls)
        site.calm = True
        calm = 0
        while calm == 0 or data.left():
            together(data, "one", "two")
            data.time_passes()
            calm += 1
        numbers = data.numbers()
        print(f"{rounds} rounds, {len(site.asked)} requests, {len(site.walls)} walls, {dict(data.outcomes())}")
    assert numbers == dict.fromkeys(site.kinds, 1)
    paced(site)


def ended(child: "subprocess.Popen[str]") -> None:
    """kill -9 of a command and of the crawl's process it started."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


@pytest.mark.parametrize("command", [("crawl", "one"), ("run",)])
def test_kills_at_random_moments_lose_nothing_and_repeat_nothing_but_the_page_in_flight(
    tmp_path: Path, command: tuple[str, ...], seed: int
) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    site = BadSite(150, seed)
    site.kinds = {one: kind if kind == "etag" else "plain" for one, kind in site.kinds.items()}
    kills = 0
    with serving(site), folder(tmp_path, site, "one") as data:
        deadline = time.monotonic() + 900
        while len(data.numbers()) < len(site.kinds):
            assert time.monotonic() < deadline
            enough = len(site.asked) + chance.randrange(1, 20)
            child = data.start(*command)
            while len(site.asked) < enough and child.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.2))
            kills += child.poll() is None
            ended(child)
            data.time_passes()
        child = data.start("crawl", "one", "--json")
        report = json.loads(child.communicate(timeout=300)[0])["sources"][0]
        numbers, counted = data.numbers(), Counter(site.counted)
    twice = sum(number - 1 for path, number in counted.items() if path.startswith("/a/"))
    print(f"{kills} kills, {twice} pages fetched again, {len(site.asked)} requests")
    assert kills >= 5
    assert numbers == dict.fromkeys(site.kinds, 1)
    assert twice <= kills
    assert report["new_articles"] == 0 and report["error"] is None
    paced(site)

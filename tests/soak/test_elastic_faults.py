"""The archive's notices on their way to a real Elasticsearch, through every fault: each once at its last version.

Seeds are printed. What is counted at the end is what the server gives when it is asked for everything.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from elastic_proxy import FAULTS, proxied
from elastic_server import ElasticServer
from elasticsearch import Elasticsearch, helpers

from config.settings import Settings
from notices.problem import Problem
from notices.store import Store
from scheduler.corrections import Correction, fix
from scheduler.elastic_health import elastic_health
from scheduler.projecting import Projecting
from search.elastic.connection import connected, opened
from search.elastic.indices import all_of
from search.elastic.projector import lag

ROOT = Path(__file__).parents[2]
LABELS = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "data"
NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
CHILD = """
import sys, time
from datetime import timedelta
from pathlib import Path
import notices.store.cursor as cursor
import search.elastic.bulk as bulk
from config.settings import Settings
from notices.store import Store
from scheduler.projecting import Projecting
cursor.LEASE = timedelta(seconds=3)
bulk.MOST = 100
settings = Settings(data=sys.argv[1], elasticsearch_url=sys.argv[2], elasticsearch_index=sys.argv[3])
with Store.open(settings.store_url, settings.data) as store, Projecting(settings, store) as beside:
    while True:
        beside.turn()
        time.sleep(0.1)
"""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not LABELS.is_dir(), reason=f"no archive in {LABELS}: set POLICYWATCH_SHARED"),
]


@pytest.fixture
def store(archive: Path, tmp_path: Path) -> Iterator[Store]:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(archive / "policywatch.db", data)
    with Store.open(f"sqlite:///{data / 'policywatch.db'}", data) as opened_store:
        yield opened_store


def settings_of(store: Store, url: str, base: str) -> Settings:
    return Settings(data=store.folder, elasticsearch_url=url, elasticsearch_index=base)


def changes(store: Store, chance: random.Random) -> None:
    """A notice gets another deadline, or two become one."""
    ids = store.notice_ids()
    one, other = chance.sample(ids, 2)
    correction = Correction(comment_end=date(2026, 1, 1 + chance.randrange(28)))
    if chance.random() < 0.3:
        correction = Correction(merge=other)
    try:
        fix(store, one, correction, now=NOW)
    except Problem as error:  # what a guard forbids a person may not do either
        print(error)


def settle(turn: Callable[[], object], behind: Callable[[], int], seconds: float = 600) -> None:
    until = time.monotonic() + seconds
    while behind():
        assert time.monotonic() < until, f"{behind()} events are still missing"
        turn()
        time.sleep(0.05)


def behind(store: Store, settings: Settings) -> int:
    try:
        with opened(settings, seconds=10) as elastic:
            held = all_of(elastic, "notices")
            return lag(store, held[0]) if held else store.last_event()
    except Problem:
        return -1


def writes(settings: Settings) -> int:
    """How often the server has written a document of ours."""
    with opened(settings, seconds=30) as elastic:
        found = elastic.client.indices.stats(index=elastic.names.ours, metric="indexing")
        return int(found["_all"]["total"].get("indexing", {}).get("index_total", 0))


def compare(store: Store, url: str, settings: Settings) -> None:
    """Every notice once, at its version, with what it says now; nothing else; nothing given up."""
    alias = f"{settings.elasticsearch_index}-notices"
    with Elasticsearch(url, request_timeout=60) as client:
        client.indices.refresh(index=alias)
        query = {"query": {"match_all": {}}, "_source": ["version", "headline", "deadline_day"], "version": True}
        rows = list(helpers.scan(client, query, index=alias, size=2_000))
    found = {int(row["_id"]): (row["_version"], row["_source"].get("deadline_day")) for row in rows}
    wanted: dict[int, Any] = {}
    ids = store.notice_ids()
    for start in range(0, len(ids), 1_000):
        for one in store.notices(ids[start : start + 1_000]):
            end = one.fields.comment_end
            wanted[one.notice_id] = (one.version, end.isoformat() if end else None)
    print(f"{len(rows)} documents, {len(wanted)} notices")
    assert len(rows) == len(found) == len(wanted) > 10_000
    assert found == wanted
    assert {state for state, _, _ in elastic_health(settings, store)} == {"ok"}


def test_faults_of_the_network_and_of_a_busy_server(
    store: Store, elasticsearch_url: str, elastic_base: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    print(f"\nseed {seed}")
    chance = random.Random(seed)
    monkeypatch.setattr("search.elastic.bulk.MOST", 100)
    monkeypatch.setattr("search.elastic.bulk.PATIENCE", 3.0)
    monkeypatch.setattr("scheduler.projecting.LONGEST_PAUSE", 1.0)
    faults = [fault for fault in FAULTS for _ in range(1 if fault == "silent" else 3)]

    def choose(path: str) -> str:
        return chance.choice(faults) if chance.random() < (0.35 if "_bulk" in path else 0.05) else ""

    with proxied(elasticsearch_url, choose) as proxy:
        settings = settings_of(store, proxy.url, elastic_base)
        direct = settings_of(store, elasticsearch_url, elastic_base)
        with Projecting(settings, store) as beside:

            def turn() -> None:
                if chance.random() < 0.2:
                    changes(store, chance)
                beside.turn()

            for _ in range(20):
                turn()
            proxy.choose = lambda path: choose(path) if chance.random() < 0.5 else ""
            settle(beside.turn, lambda: behind(store, direct))
        print(dict(proxy.happened))
        assert set(FAULTS) <= set(proxy.happened)
    compare(store, elasticsearch_url, direct)


def test_half_a_minute_of_silence_holds_up_nothing_but_the_index(
    store: Store, elasticsearch_url: str, elastic_base: str
) -> None:
    """With the product's own patience: the write ends in trouble, the store is free, a later turn makes it up."""
    silent = {"on": True}
    with proxied(
        elasticsearch_url, lambda path: "silent" if silent["on"] and "_bulk" in path else "", silence=40
    ) as proxy:
        settings = settings_of(store, proxy.url, elastic_base)
        with Projecting(settings, store) as beside:
            began = time.monotonic()
            writing = threading.Thread(target=beside.turn)
            writing.start()
            changes(store, random.Random(1))
            assert time.monotonic() - began < 25 and writing.is_alive()
            writing.join()
            assert "takes no documents (ConnectionTimeout)" in beside.trouble
            silent["on"] = False
            settle(beside.turn, lambda: behind(store, settings))
    compare(store, elasticsearch_url, settings_of(store, elasticsearch_url, elastic_base))


def test_kills_of_the_projector(store: Store, elasticsearch_url: str, elastic_base: str, seed: int) -> None:
    print(f"\nseed {seed}")
    chance = random.Random(seed)
    settings = settings_of(store, elasticsearch_url, elastic_base)
    for _ in range(6):
        before = writes(settings)
        child = projecting(settings)
        while writes(settings) == before and behind(store, settings):
            time.sleep(0.05)
        until = time.monotonic() + chance.uniform(0, 4)
        while time.monotonic() < until:
            changes(store, chance)
            time.sleep(0.2)
        child.send_signal(signal.SIGKILL)
        child.wait()
        print(f"killed with {behind(store, settings)} events to go")
    child = projecting(settings)
    try:
        settle(lambda: None, lambda: behind(store, settings))
    finally:
        child.kill()
        child.wait()
    compare(store, elasticsearch_url, settings)


@pytest.mark.soak(long=True)
def test_kills_of_the_server(store: Store, own_elasticsearch: Callable[..., ElasticServer], seed: int) -> None:
    print(f"\nseed {seed}")
    chance = random.Random(seed)
    server = own_elasticsearch()
    settings = settings_of(store, server.url, "policywatch")
    child = projecting(settings)
    try:
        for _ in range(3):
            time.sleep(chance.uniform(4, 12))
            print(f"killed with {behind(store, settings)} events to go")
            server.kill()
            changes(store, chance)
            server.start()
        settle(lambda: None, lambda: behind(store, settings))
    finally:
        child.kill()
        child.wait()
    compare(store, server.url, settings)
    with connected(settings) as elastic:
        assert [one.number for one in all_of(elastic, "notices")] == [1]


def projecting(settings: Settings) -> "subprocess.Popen[bytes]":
    call = [sys.executable, "-c", CHILD, str(settings.data), settings.elasticsearch_url, settings.elasticsearch_index]
    return subprocess.Popen(call, cwd=ROOT)

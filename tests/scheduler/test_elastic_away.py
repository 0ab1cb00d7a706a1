"""Crawling and alerts go on while Elasticsearch is away, silent or refuses; it is made up afterwards."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from alerts import subscriptions
from alerts.ledger import counts
from config import operator
from config.settings import Settings
from notices.pagefile import PageFile
from notices.schema import SHANGHAI
from notices.store import Store
from scheduler.demo_site import serve, sources
from scheduler.elastic_health import elastic_health
from scheduler.projecting import Projecting
from scheduler.round import run_once
from search.elastic.connection import connected

AWAY = "http://127.0.0.1:9"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Store, PageFile]]:
    (tmp_path / "config").mkdir()
    operator.use(tmp_path / "config")
    settings = Settings(data=tmp_path)
    with Store.open(settings.store_url, tmp_path) as store, PageFile(tmp_path) as pages:
        yield store, pages
    operator.use(tmp_path / "nowhere")


def settings_of(store: Store, url: str, base: str = "policywatch") -> Settings:
    folder = store.folder
    return Settings(data=folder, config=folder / "config", elasticsearch_url=url, elasticsearch_index=base)


def test_a_round_crawls_and_alerts_and_the_index_is_made_up_later(
    desk: tuple[Store, PageFile], elasticsearch_url: str, elastic_base: str
) -> None:
    store, pages = desk
    now = datetime.now(SHANGHAI)
    with serve() as base:
        (store.folder / "config/sources.yaml").write_text(sources(base), encoding="utf-8")
        subscriptions.add(store, store.folder, "drafts", "征求意见", to=[AWAY], now=now)
        report = run_once(settings_of(store, AWAY), store, pages, now=now)
    assert [one.error for one in report.sources] == [None, None] and report.indexed == len(store.notice_ids()) > 0
    assert counts(store)["pending"] > 0  # told, to a channel that is down
    (state, detail, _), *_ = elastic_health(settings_of(store, AWAY), store)
    assert state == "failed" and "cannot be reached" in detail
    there = settings_of(store, elasticsearch_url, elastic_base)
    with Projecting(there, store) as beside:
        assert beside.turn() == len(store.notice_ids()) and beside.turn() == 0
    with connected(there) as elastic:
        elastic.client.indices.refresh(index=elastic.names.sources)
        rows = elastic.client.search(index=elastic.names.sources)["hits"]["hits"]
        found = {row["_source"]["source"]: row["_source"] for row in rows}
    assert {name: (one["ok"], one["pages"], one["new_notices"]) for name, one in found.items()} == {
        one.name: (True, one.pages, one.new_notices) for one in report.sources
    }


def test_a_silent_server_holds_up_its_own_turn_only(
    desk: tuple[Store, PageFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = desk
    monkeypatch.setattr("scheduler.projecting.TIMEOUT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = settings_of(store, f"http://127.0.0.1:{silent.getsockname()[1]}")
        with Projecting(settings, store) as beside:
            turn = threading.Thread(target=beside.turn)
            turn.start()
            with store.writing() as connection:  # nobody holds the writer's lock meanwhile
                connection.exec_driver_sql("SELECT 1")
            assert turn.is_alive()
            turn.join()
            assert "does not answer in time" in beside.trouble


def test_tries_become_rarer_and_trouble_is_told_once(
    desk: tuple[Store, PageFile], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = desk
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    tried = []
    with Projecting(settings_of(store, AWAY), store) as beside:
        for _ in range(200):
            before = beside._next
            beside.turn()
            if beside._next != before:
                tried.append(clock[0] - 100)
            clock[0] += 1
    assert tried == [0, 1, 3, 7, 15, 31, 61, 91, 121, 151, 181]
    assert len([one for one in caplog.records if "cannot be reached" in one.getMessage()]) == 1

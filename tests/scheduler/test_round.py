"""Whole rounds over the sample site: crawled, indexed, matched and told, with the real parts."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from alerts import subscriptions
from alerts.index_reader import IndexReader
from alerts.preview import preview
from config import operator
from config.settings import Settings
from config.sources import Source
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import SHANGHAI
from notices.schema import sources as table
from notices.store import Store
from scheduler.demo_site import serve, sources
from scheduler.doctor import doctor
from scheduler.health import source_health
from scheduler.round import catch_up, due, run_once
from scheduler.runs import begin, finish, trouble

QUERY = "征求意见"


@contextmanager
def receiving() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    got: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", got
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store_address: Callable[[Path], str]
) -> Iterator[tuple[Settings, Store, PageFile]]:
    monkeypatch.setenv("POLICYWATCH_DATA", str(tmp_path))
    monkeypatch.setenv("POLICYWATCH_DATABASE_URL", store_address(tmp_path))
    settings = Settings(data=tmp_path, config=tmp_path / "config")
    settings.config.mkdir()
    operator.use(settings.config)
    with Store.open(settings.store_url, tmp_path) as store, PageFile(tmp_path) as pages:
        yield settings, store, pages
    operator.use(tmp_path / "nowhere")


def clock() -> datetime:
    return datetime.now(SHANGHAI)


@pytest.mark.both_databases
def test_a_first_round_tells_of_each_open_consultation_once_and_a_second_of_none(
    desk: tuple[Settings, Store, PageFile],
) -> None:
    settings, store, pages = desk
    with serve() as base, receiving() as (hook, got):
        (settings.config / "sources.yaml").write_text(sources(base), encoding="utf-8")
        text = f"- {{name: team, kind: webhook, url: '{hook}', private: true}}\n"
        (settings.config / "channels.yaml").write_text(text, encoding="utf-8")
        subscriptions.add(store, settings.data, "drafts", QUERY, channels=["team"], now=clock())
        first = run_once(settings, store, pages, now=clock())
        second = run_once(settings, store, pages, now=clock())
        assert run_once(settings, store, pages, now=clock(), due_only=True).sources == ()
    told = [item["notice_id"] for message in got for item in message["items"]]
    assert len(got) == 1 and len(told) == len(set(told)) == first.deliveries["sent"] > 0
    assert first.indexed == len(store.notice_ids())
    assert (second.indexed, second.deliveries) == (0, {})
    assert [one.error for one in (*first.sources, *second.sources)] == [None] * 4
    reposted = next(one for one in got[0]["items"] if len(one["carriers"]) > 1)
    assert reposted["official"] and "miit.gov.cn" in reposted["url"]
    with IndexReader(settings.data) as reader:
        assert preview(store, reader, QUERY, clock()).matches >= len(told)
    assert {one.health for one in source_health(store, clock())} == {"ok"}
    assert {one.health for one in source_health(store, clock() + timedelta(days=30))} == {"stale"}
    assert {one.check for one in doctor(clock()) if one.state == "failed"} == set()


@pytest.mark.both_databases
def test_what_is_due_is_what_was_never_crawled_and_what_waited_longest(desk: tuple[Settings, Store, PageFile]) -> None:
    settings, store, _ = desk
    text = "".join(f"- {{name: s{number}, kind: feed, url: 'http://127.0.0.1:9/'}}\n" for number in range(4))
    (settings.config / "sources.yaml").write_text(text, encoding="utf-8")
    now = clock()
    with store.writing() as connection:
        for name, minutes in (("s0", 5), ("s1", -5), ("s2", -50), ("gone", -90)):
            row = {"name": name, "added_at": now, "next_due": now + timedelta(minutes=minutes), "error": ""}
            connection.execute(table.insert().values(row))
    assert due(store, now) == ["s3", "s2", "s1"]


def test_a_query_that_does_not_parse_makes_no_subscription(desk: tuple[Settings, Store, PageFile]) -> None:
    settings, store, _ = desk
    for query, said in (("type:nonsense", "column"), ("(", "every notice")):
        with pytest.raises(Problem, match=said):
            subscriptions.add(store, settings.data, "bad", query, now=clock())
    assert subscriptions.read(store) == []
    assert catch_up(settings, store, clock()) == (0, 0)


@pytest.mark.both_databases
def test_doctor_says_what_to_do(desk: tuple[Settings, Store, PageFile], monkeypatch: pytest.MonkeyPatch) -> None:
    settings, store, _ = desk
    began = clock()
    (settings.config / "sources.yaml").write_text("- {name: s, kind: feed, url: 'http://127.0.0.1:9/'}\n", "utf-8")
    text = "- {name: team, kind: webhook, url: 'http://127.0.0.1:9/', secret_env: HUSH}\n"
    (settings.config / "channels.yaml").write_text(text, encoding="utf-8")
    subscriptions.add(store, settings.data, "drafts", QUERY, channels=["team"], now=clock())
    with store.writing() as connection:
        run = begin(connection, Source("s", "feed", "http://127.0.0.1:9/"), [], began)
        trouble(connection, run, "changed_layout", "the list was not read")
        finish(connection, run, began)
        connection.execute(update(subscriptions.subscriptions).values(channels=["team", "lost"]))
    monkeypatch.setenv("POLICYWATCH_WORKER", "2")
    rows = {(one.check, one.state): one for one in doctor(clock())}
    assert rows["settings", "warning"].advice == "did you mean POLICYWATCH_WORKERS?"
    assert rows["source s", "failed"].detail == (
        f"changed_layout since {began:%Y-%m-%d %H:%M}: the list was not read; last runs: {began:%m-%d %H:%M} nothing"
    )
    assert rows["channel team", "failed"].advice == "set it to the channel's secret"
    assert rows["subscription drafts", "failed"].detail == "channels.yaml has no channel 'lost'"
    assert ("clock", "ok") in rows and ("disk", "failed") not in rows
    (settings.config / "channels.yaml").write_text("- name: team\n", encoding="utf-8")
    assert any(one.check == "channels" and "line 1" in one.detail for one in doctor(clock()))
    monkeypatch.setenv("POLICYWATCH_WORKERS", "many")
    assert [(one.check, one.state) for one in doctor(clock())] == [("settings", "failed")]

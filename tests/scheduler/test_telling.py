"""The service's telling: feeds wait for messages, and not for ever."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts import subscriptions
from config import operator
from config.settings import Settings
from notices.kinds import Mode
from notices.pagefile import PageFile
from notices.schema import SHANGHAI
from notices.store import Store
from scheduler import telling as module
from scheduler.ingest import ingest
from scheduler.telling import Telling
from tests.alerts.conftest import Hook, receiving, until

NOW = datetime.now(SHANGHAI)
PAGE = f"""---
title: 关于公开征求《样例数据管理办法（征求意见稿）》意见的通知
url: https://example.gov.cn/notice/1.html
source: 样例来源
date: {NOW:%Y-%m-%d}
fetch_date: {NOW:%Y-%m-%dT%H:%M:%S}
---

为规范样例数据的管理，我部起草了《样例数据管理办法（征求意见稿）》，现向社会公开征求意见。

如有意见，请于{NOW + timedelta(days=30):%Y年%m月%d日}前反馈。
"""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with receiving() as hook:
        hook.hang = threading.Event()
        yield hook


@pytest.fixture
def telling(tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telling]:
    """A store with a notice that a subscription is to hear of, through a channel that hangs."""
    settings = Settings(data=tmp_path / "data", config=tmp_path / "data" / "config")
    settings.config.mkdir(parents=True)
    text = f"- {{name: hook, kind: webhook, url: '{hook.url}', private: true, timeout: 20}}\n"
    (settings.config / "channels.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(operator, "_own", [settings.config])
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    stop = threading.Event()
    with Store.open(settings.store_url, settings.data) as store, PageFile(settings.data) as pages:
        subscriptions.add(store, settings.data, "drafts", "type:consultation", channels=["hook"], now=NOW)
        ingest(store, pages, [tmp_path / "page.md"], mode=Mode.LIVE, workers=1, now=NOW + timedelta(seconds=1))
        with Telling(settings, store, lambda: NOW + timedelta(seconds=2), stop) as telling:
            yield telling
            assert hook.hang
            hook.hang.set()


def written(telling: Telling) -> list[Path]:
    return list((telling.settings.data / "feeds").glob("*/*"))


def test_feeds_are_written_when_the_message_is_out(telling: Telling, hook: Hook) -> None:
    telling.turn()
    until(lambda: hook.bodies)
    writing = threading.Thread(target=telling.feed)
    writing.start()
    writing.join(0.3)
    assert writing.is_alive() and not written(telling)
    assert hook.hang
    hook.hang.set()
    writing.join(20)
    assert not writing.is_alive() and written(telling)


def test_a_channel_that_hangs_keeps_no_feed_from_being_written(
    telling: Telling, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    telling.turn()
    until(lambda: hook.bodies)
    telling.feed()
    assert written(telling) and telling.dispatcher.busy


def test_feeds_that_take_long_to_write_still_wait_for_messages(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Patience is what they waited, not how long they are at work: messages of later events would wait for them."""
    clock, waited = [0.0], []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            clock[0] += timeout or 0.0
            telling.telling = clock[0] - began < 4.0
            return False

    def writing(*given: Any) -> int:
        nonlocal began
        for _ in range(4):
            began, telling.telling = clock[0], True
            given[-1]()
            waited.append(round(clock[0] - began))
            clock[0] += 30.0
        return 0

    began = 0.0
    telling.stop = Stop()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(module, "refresh", writing)
    telling.feed()
    assert waited == [4, 4, 2, 0]

"""Reprocess: today's rules over kept pages change what differs and nothing else."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from notices.article import Reading
from notices.kinds import Mode, NoticeType, PageState
from notices.schema import pages as table
from scheduler import reading
from scheduler.ingest import ingest
from scheduler.reprocess import reprocess

pytestmark = pytest.mark.both_databases


class Inside:
    """Reads pages in this process, so that a test can change a rule."""

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers

    def __enter__(self) -> "Inside":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def read(self, batches: Any) -> Any:
        for batch in batches:
            yield batch, [self.rule(page, reading.read_pages([page])[0]) for page in batch]

    @staticmethod
    def rule(page: Any, read: Any) -> Any:
        return read


@pytest.fixture
def filled(desk: Any, samples: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    store, pages = desk
    monkeypatch.setattr("scheduler.reprocess.Readers", Inside)
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(12))], now=samples.now)
    return store, pages


def test_the_same_rules_change_nothing(filled: Any, samples: Any) -> None:
    store, pages = filled
    before, last = samples.state(store), store.last_event()
    report = reprocess(store, pages, now=samples.now)
    assert report.pages == len(samples.files(12)) == sum(report.outcomes.values())
    assert report.outcomes["changed"] == 0 and report.outcomes["same"] > 12
    assert samples.state(store) == before and store.last_event() == last
    assert reprocess(store, pages, from_version=1, now=samples.now).pages == 0


@pytest.mark.parametrize("alert", [False, True])
def test_a_better_rule_finds_an_open_consultation(
    filled: Any, samples: Any, monkeypatch: pytest.MonkeyPatch, alert: bool
) -> None:
    store, pages = filled
    last = store.last_event()

    def rule(page: Any, read: Any) -> Any:
        if read.understood is None or not page.path.endswith("a_2.md"):
            return read
        fields = replace(read.understood.fields, notice_type=NoticeType.CONSULTATION, comment_end=date(2026, 12, 31))
        return replace(read, understood=replace(read.understood, fields=fields))

    monkeypatch.setattr(Inside, "rule", staticmethod(rule))
    report = reprocess(store, pages, alert_open=alert, now=samples.now)
    assert report.outcomes["changed"] == 1
    assert [one.fields.comment_end for one in report.newly_open] == [date(2026, 12, 31)]
    events = store.events_after(last)
    assert {event.notice_id for event in events} == {report.newly_open[0].notice_id}
    assert {event.mode for event in events} == {Mode.LIVE if alert else Mode.BACKFILL}


def test_a_page_that_is_no_article_any_more_leaves_its_notice(
    filled: Any, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pages = filled
    number = len(store.notice_ids())

    def rule(page: Any, read: Any) -> Any:
        return reading.Read(Reading(PageState.EMPTY, reason="a shell")) if page.path.endswith("a_2.md") else read

    monkeypatch.setattr(Inside, "rule", staticmethod(rule))
    assert reprocess(store, pages, now=samples.now).outcomes["empty"] == 1
    assert len(store.notice_ids()) == number - 1
    monkeypatch.setattr(Inside, "rule", staticmethod(lambda page, read: read))
    assert reprocess(store, pages, now=samples.now).outcomes["changed"] == 1
    assert len(store.notice_ids()) == number


def test_a_stage_that_raises_or_lost_bytes_leave_what_is_known(
    filled: Any, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pages = filled
    before = samples.state(store)
    with store.reading() as connection:
        lost = connection.execute(select(table.c.body_hash).where(table.c.path.endswith("a_1.md"))).scalars().all()
    pages.delete(lost)
    fails = reading.failure("boom")
    monkeypatch.setattr(Inside, "rule", staticmethod(lambda page, read: fails if "a_2.md" in page.path else read))
    report = reprocess(store, pages, now=samples.now)
    assert report.failed == 2 and report.pages == len(samples.files(12))
    assert samples.state(store) == before

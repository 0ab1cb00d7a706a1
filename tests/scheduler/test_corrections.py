"""A person's word wins over every rule and stays; a takedown leaves nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from notices.identity import identity
from notices.kinds import Mode, NoticeType
from notices.pagefile import PageMissing
from notices.problem import Problem
from notices.schema import pages as table
from scheduler.corrections import Correction, fix, forget
from scheduler.ingest import ingest
from scheduler.reprocess import reprocess

pytestmark = pytest.mark.both_databases


@pytest.fixture
def filled(desk: Any, samples: Any, tmp_path: Path) -> Any:
    store, pages = desk
    ingest(store, pages, [samples.write(tmp_path / "in", samples.files(9))], now=samples.now)
    return store, pages


def several(store: Any) -> Any:
    return next(one for one in store.notices(store.notice_ids()) if len(one.carriers) > 1)


def test_corrected_fields_survive_a_reprocess(filled: Any, samples: Any) -> None:
    store, pages = filled
    notice = several(store)
    said = Correction(NoticeType.CONSULTATION, date(2027, 1, 15), note="按原文")
    fixed = fix(store, notice.notice_id, said, now=samples.now)
    assert (fixed.fields.notice_type, fixed.fields.comment_end) == (NoticeType.CONSULTATION, date(2027, 1, 15))
    assert fixed.version == store.last_event() > notice.version
    event = store.events_after(notice.version)[-1]
    assert (event.kind, event.detail["kinds"], event.mode) == ("deadline", ["deadline", "changed"], Mode.BACKFILL)
    assert event.detail["deadline"] == [None, "2027-01-15"]
    report = reprocess(store, pages, workers=1, now=samples.now)
    assert report.failed == 0 and report.newly_open == []
    assert store.notices([notice.notice_id]) == [fixed]


def test_split_and_merge_by_hand(filled: Any, samples: Any) -> None:
    store, pages = filled
    notice = several(store)
    away = notice.carriers[-1].article_id
    rest = fix(store, notice.notice_id, Correction(split=away), now=samples.now)
    assert away not in {carrier.article_id for carrier in rest.carriers}
    other = next(one for one in store.notices(store.notice_ids()) if away in {c.article_id for c in one.carriers})
    assert other.notice_id != rest.notice_id
    reprocess(store, pages, workers=1, now=samples.now)
    assert store.notices([rest.notice_id]) == [rest]
    stranger = next(one for one in store.notice_ids() if one not in (rest.notice_id, other.notice_id))
    merged = fix(store, stranger, Correction(merge=other.notice_id), now=samples.now)
    assert merged.notice_id == min(stranger, other.notice_id)
    assert store.resolve(max(stranger, other.notice_id)) == merged.notice_id
    assert [event.kind for event in store.events_after(0) if event.notice_id == max(stranger, other.notice_id)][
        -1
    ] == "merged"


def test_what_cannot_be_corrected_says_why(filled: Any, samples: Any) -> None:
    store, _ = filled
    one = store.notice_ids()[0]
    for notice, correction, why in (
        (10_000, Correction(note="x"), "there is no notice 10000"),
        (one, Correction(), "nothing to correct"),
        (one, Correction(merge=one), "already"),
        (one, Correction(split=10_000), "no carrier"),
    ):
        with pytest.raises(Problem, match=why):
            fix(store, notice, correction, now=samples.now)


def test_a_takedown_leaves_nothing_and_is_refused_again(filled: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = filled
    notice = several(store)
    target = notice.carriers[0]
    with store.reading() as connection:
        query = select(table.c.body_hash).where(table.c.article_id == target.article_id)
        hashes = connection.execute(query).scalars().all()
    report = forget(store, pages, target.url, now=samples.now)
    assert report.articles == 1 and report.pages == len(hashes) > 0
    for key in hashes:
        with pytest.raises(PageMissing):
            pages.get(key)
    event = store.events_after(store.last_event() - 1)[0]
    assert (event.kind, event.notice_id, event.mode) == ("changed", notice.notice_id, Mode.BACKFILL)
    left = store.notices([notice.notice_id])[0]
    assert target.article_id not in {carrier.article_id for carrier in left.carriers}
    again = ingest(store, pages, [tmp_path / "in"], now=samples.now)
    assert again.outcomes["forgotten"] == report.pages
    for carrier in left.carriers:
        forget(store, pages, carrier.url, now=samples.now)
    assert store.notices([notice.notice_id]) == [] and store.resolve(notice.notice_id) is None
    assert store.events_after(store.last_event() - 1)[0].kind == "removed"
    assert identity(target.url) not in str(samples.state(store))

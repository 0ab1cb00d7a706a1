"""The projector and a real Elasticsearch: everything once at its newest, whatever was merged, replayed or restored."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import BadRequestError, ConflictError
from sqlalchemy import delete, update

from config.settings import Settings
from notices.pagefile import PageFile
from notices.schema import cursors, events, meta, runs
from notices.store import Store
from notices.store.letters import read_letters
from scheduler.corrections import Correction, fix, forget
from scheduler.doctor import doctor
from scheduler.elastic_health import elastic_health
from scheduler.ingest import ingest
from scheduler.projecting import Projecting
from search.elastic.connection import Elastic, connected
from search.elastic.indices import all_of, live
from search.elastic.problems import IndexUnfit
from search.elastic.projector import READER, Projector, lag, retry
from search.elastic.rebuild import rebuild
from search.elastic.runs import RunProjector


@pytest.fixture
def settings(elasticsearch_url: str, elastic_base: str, tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    return Settings(
        data=data, config=data / "config", elasticsearch_url=elasticsearch_url, elasticsearch_index=elastic_base
    )


@pytest.fixture
def elastic(settings: Settings) -> Iterator[Elastic]:
    with connected(settings, seconds=120) as opened:
        yield opened


@pytest.fixture(scope="module")
def kept(shared_samples: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a few notices, to be copied."""
    folder = tmp_path_factory.mktemp("kept")
    data = folder / "data"
    with Store.open(f"sqlite:///{data / 'policywatch.db'}", data) as store, PageFile(data) as pages:
        files = shared_samples.write(folder / "in", shared_samples.files(9))
        ingest(store, pages, [files], workers=1, now=shared_samples.now)
    return folder / "data"


@pytest.fixture
def filled(kept: Path, settings: Settings) -> Iterator[Any]:
    shutil.copytree(kept, settings.data)
    with Store.open(settings.store_url, settings.data) as store, PageFile(settings.data) as pages:
        yield store, pages


def held(elastic: Elastic) -> dict[int, int]:
    """Every document that can be found: its notice and the event it was written for."""
    elastic.client.indices.refresh(index=elastic.names.read)
    answer = elastic.client.search(index=elastic.names.read, size=1_000, source=["version"], version=True)
    rows = answer["hits"]["hits"]
    assert all(row["_version"] == row["_source"]["version"] for row in rows)
    return {int(row["_id"]): row["_version"] for row in rows}


def wanted(store: Store) -> dict[int, int]:
    return {notice.notice_id: notice.version for notice in store.notices(store.notice_ids())}


def several(store: Store) -> Any:
    return next(one for one in store.notices(store.notice_ids()) if len(one.carriers) > 1)


def test_every_notice_is_there_once_at_its_newest(filled: Any, elastic: Elastic, samples: Any) -> None:
    store, pages = filled
    projector = Projector(store, elastic)
    assert projector.turn() == len(wanted(store)) == len(held(elastic))
    assert held(elastic) == wanted(store)
    assert projector.turn() == 0
    notice = several(store)
    fix(store, notice.notice_id, Correction(split=notice.carriers[-1].article_id), now=samples.now)
    assert projector.turn() == 2 and held(elastic) == wanted(store)
    others = [one for one in wanted(store) if one != notice.notice_id]
    fix(store, others[0], Correction(merge=others[1]), now=samples.now)
    forget(store, pages, store.notices([others[2]])[0].url, now=samples.now)
    projector.turn()
    assert held(elastic) == wanted(store) and max(others[:2]) not in held(elastic)
    assert lag(store, live(elastic, store)) == 0


def test_a_replay_of_everything_changes_nothing(filled: Any, elastic: Elastic, samples: Any) -> None:
    store, _ = filled
    Projector(store, elastic).turn()
    ids = sorted(wanted(store))
    fix(store, ids[0], Correction(merge=ids[1]), now=samples.now)
    Projector(store, elastic).turn()
    before = held(elastic)
    with store.writing() as connection:
        connection.execute(update(cursors).values(position=0))
    assert Projector(store, elastic).turn() == 0
    assert held(elastic) == before == wanted(store)
    with store.reading() as connection:
        assert read_letters(connection, READER) == []


def test_a_late_write_undoes_neither_a_newer_one_nor_a_delete(filled: Any, elastic: Elastic, samples: Any) -> None:
    store, _ = filled
    projector = Projector(store, elastic)
    projector.turn()
    first, second, *_ = sorted(wanted(store))
    fix(store, first, Correction(merge=second), now=samples.now)
    projector.turn()
    for one in (first, second):  # a process that was held up for minutes writes what it read then
        with pytest.raises(ConflictError):
            elastic.client.index(
                index=elastic.names.write, id=str(one), version=second, version_type="external", document={}
            )
    assert held(elastic) == wanted(store)
    name = live(elastic, store).name
    found = elastic.client.indices.get_settings(index=name)[name]["settings"]["index"]
    assert found["gc_deletes"] == "7d"  # a minute, otherwise: then a deleted notice would come back


def test_a_leased_cursor_is_left_to_its_holder(filled: Any, elastic: Elastic) -> None:
    from notices.store.cursor import Cursor

    store, _ = filled
    holder = Cursor(store, live(elastic, store).cursor)
    assert holder.take() == 0
    assert Projector(store, elastic).turn() == 0
    holder.release()
    assert Projector(store, elastic).turn() == len(wanted(store))


def test_an_index_of_another_store_is_explained_and_not_written_to(filled: Any, elastic: Elastic) -> None:
    store, _ = filled
    projector = Projector(store, elastic)
    projector.turn()
    before = held(elastic)
    with store.writing() as connection:  # what `restore` does
        connection.execute(update(meta).where(meta.c.name == "store_id").values(value="another"))
    with pytest.raises(IndexUnfit, match="from another store, or before a restore: `policywatch reindex`"):
        Projector(store, elastic).turn()
    assert held(elastic) == before
    rebuild(store, elastic)
    assert Projector(store, elastic).turn() == 0 and held(elastic) == wanted(store)


def test_an_index_ahead_of_the_store_is_explained(filled: Any, elastic: Elastic, samples: Any) -> None:
    """A copy of the database file was put back: same name, fewer events."""
    store, _ = filled
    Projector(store, elastic).turn()
    held(elastic)  # refreshed
    last = store.last_event()
    with store.writing() as connection:
        connection.execute(delete(events).where(events.c.number > last - 3))
        connection.execute(update(cursors).values(position=last - 3))
    with pytest.raises(IndexUnfit, match=rf"knows event {last}, the store ends at {last - 3}"):
        Projector(store, elastic).turn()


def test_an_index_ahead_in_one_notice_is_noticed_when_that_is_written(
    filled: Any, elastic: Elastic, samples: Any
) -> None:
    """The same, found late: the log has grown past the index, with other contents."""
    store, _ = filled
    projector = Projector(store, elastic)
    projector.turn()
    one = max(wanted(store))
    version = wanted(store)[one]
    elastic.client.delete(index=elastic.names.write, id=str(one), version=version + 1, version_type="external")
    document = {"notice_id": one, "version": version + 2}
    elastic.client.index(
        index=elastic.names.write, id=str(one), version=version + 2, version_type="external", document=document
    )
    with store.writing() as connection:
        connection.execute(update(cursors).values(position=version - 1))
        row = {"kind": "changed", "notice_id": one, "mode": "live", "at": samples.now, "detail": {}}
        connection.execute(events.insert(), [row] * 3)
    with pytest.raises(IndexUnfit, match=f"holds notice {one} of event {version + 2}"):
        projector.turn()


def test_an_index_that_was_deleted_is_made_and_filled_again(filled: Any, elastic: Elastic) -> None:
    store, _ = filled
    Projector(store, elastic).turn()
    elastic.client.indices.delete(index=live(elastic, store).name)
    assert Projector(store, elastic).turn() == len(wanted(store))
    assert held(elastic) == wanted(store)


def test_an_older_mapping_is_explained_and_reindexed(filled: Any, elastic: Elastic, settings: Settings) -> None:
    store, _ = filled
    Projector(store, elastic).turn()
    old = live(elastic, store)
    elastic.client.indices.put_mapping(index=old.name, meta={**old.meta, "projection": "0.0.older"})
    with pytest.raises(IndexUnfit, match=r"made by another version \(its mapping is 0\.0\.older"):
        Projector(store, elastic).turn()
    said = [detail for state, detail, _ in elastic_health(settings, store) if state == "failed"]
    assert len(said) == 1 and "another version" in said[0]
    assert rebuild(store, elastic) == len(wanted(store))
    new = live(elastic, store)
    assert (new.number, new.aliases) == (2, {elastic.names.read, elastic.names.write})
    assert [one.name for one in all_of(elastic, "notices")] == [new.name]
    assert held(elastic) == wanted(store)


def test_a_reindex_loses_no_event_that_arrives_meanwhile(
    filled: Any, elastic: Elastic, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = filled
    projector = Projector(store, elastic)
    projector.turn()
    ids = sorted(wanted(store))
    left = iter(ids[:4])
    days = iter(range(1, 20))

    def happens() -> None:
        if one := next(left, None):
            fix(store, one, Correction(comment_end=samples.now.date().replace(day=next(days))), now=samples.now)
            projector.turn()  # `run` goes on beside it, into the index that is read

    import search.elastic.rebuild as module

    for name in ("send", "follow", "_settings", "_swap"):
        monkeypatch.setattr(module, name, happening_before(getattr(module, name), happens))
    assert rebuild(store, elastic) == len(ids)
    happens()
    Projector(store, elastic).turn()
    assert held(elastic) == wanted(store) and next(left, None) is None


def happening_before(work: Callable[..., Any], happens: Callable[[], None]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        happens()
        return work(*given, **named)

    return run


def test_a_killed_reindex_is_cleaned_up_by_the_next(filled: Any, elastic: Elastic, monkeypatch: Any) -> None:
    store, _ = filled
    Projector(store, elastic).turn()
    import search.elastic.rebuild as module

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "_swap", happening_before(module._swap, interrupted))
        rebuild(store, elastic)
    assert [one.number for one in all_of(elastic, "notices") if one.aliases] == [1]
    assert rebuild(store, elastic) == len(wanted(store))
    assert len(all_of(elastic, "notices")) == 1 and held(elastic) == wanted(store)


def interrupted() -> None:
    raise KeyboardInterrupt


def test_what_is_refused_waits_with_its_reason(
    filled: Any, elastic: Elastic, settings: Settings, samples: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = filled
    bad = sorted(wanted(store))[1]
    whole = Store.notices
    refusing = {"on": True}

    def with_a_bad_one(self: Store, ids: Any) -> Any:
        found = whole(self, ids)
        if refusing["on"]:  # a keyword longer than Lucene takes
            found = [replace(one, words=("长" * 20_000,)) if one.notice_id == bad else one for one in found]
        return found

    monkeypatch.setattr(Store, "notices", with_a_bad_one)
    Projector(store, elastic).turn()
    assert set(held(elastic)) == set(wanted(store)) - {bad}
    said = [(state, detail) for state, detail, _ in elastic_health(settings, store)]
    assert [detail for state, detail in said if state == "failed"] == [
        detail for _, detail in said if f"1 notices were refused, the newest {bad}: 400" in detail
    ]
    assert retry(store, elastic) == (1, 1)
    with store.reading() as connection:
        assert [(one.notice_id, one.attempts) for one in read_letters(connection, READER)] == [(bad, 2)]
    refusing["on"] = False
    fix(store, bad, Correction(comment_end=samples.now.date()), now=samples.now)  # a change tries it again
    Projector(store, elastic).turn()
    assert held(elastic) == wanted(store)
    assert all(state == "ok" for state, _, _ in elastic_health(settings, store))
    refusing["on"] = True
    fix(store, bad, Correction(comment_end=samples.now.date().replace(day=1)), now=samples.now)
    Projector(store, elastic).turn()
    failed = [detail for state, detail, _ in elastic_health(settings, store) if state == "failed"]
    assert len(failed) == 1 and "1 notices were refused" in failed[0]  # its older state in the index is no surplus
    refusing["on"] = False
    assert retry(store, elastic) == (1, 0) and held(elastic) == wanted(store)


def test_a_run_is_written_again_when_its_source_is_judged(filled: Any, elastic: Elastic, samples: Any) -> None:
    store, _ = filled
    counted = {"outcomes": {"new": 2}, "new_articles": 2, "new_notices": 1}
    began = {"source": "miit", "started_at": samples.now, "updated_at": samples.now, "mode": "live"}
    with store.writing() as connection:
        connection.execute(runs.insert().values(**began, **counted))
    for health in ("", "ok", "stale"):
        if health:
            judged = samples.now + timedelta(days=1 if health == "ok" else 9)
            with store.writing() as connection:
                connection.execute(runs.update().values(health=health, judged_at=judged))
        assert RunProjector(store, elastic).turn() == 1 and RunProjector(store, elastic).turn() == 0
        elastic.client.indices.refresh(index=elastic.names.sources)
        (row,) = elastic.client.search(index=elastic.names.sources)["hits"]["hits"]
        assert row["_source"].get("health", "") == health and row["_source"]["seconds"] == 0


def test_a_document_of_unknown_fields_is_refused_by_the_mapping(filled: Any, elastic: Elastic) -> None:
    store, _ = filled
    live(elastic, store)
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        elastic.client.index(index=elastic.names.write, id="1", document={"surprise": 1})


def test_a_read_only_index_waits_and_catches_up(
    filled: Any, elastic: Elastic, settings: Settings, samples: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """What a disk that is nearly full does: the server takes deletes only."""
    store, _ = filled
    monkeypatch.setattr("search.elastic.bulk.PATIENCE", 0.2)
    monkeypatch.setattr("scheduler.projecting.FIRST_PAUSE", 0.0)
    with Projecting(settings, store) as beside, caplog.at_level(logging.WARNING, "policywatch.elastic"):
        assert beside.turn() == len(wanted(store))
        name = live(elastic, store).name
        elastic.client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": True})
        fix(store, min(wanted(store)), Correction(comment_end=samples.now.date()), now=samples.now)
        assert beside.turn() == beside.turn() == 0 and "cluster_block_exception" in beside.trouble
        assert any("index.blocks.read_only_allow_delete" in detail for _, detail, _ in elastic_health(settings, store))
        with store.reading() as connection:
            assert read_letters(connection, READER) == []  # nothing was given up
        elastic.client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": None})
        assert beside.turn() == 1 and not beside.trouble
    said = [record.getMessage() for record in caplog.records]  # once when it begins, once when it is over
    assert len(said) == 2 and "takes no documents" in said[0] and "1 were made up" in said[1]
    assert held(elastic) == wanted(store)


def test_doctor_says_what_is_missing(filled: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    store, _ = filled
    for name in ("data", "elasticsearch_url", "elasticsearch_index"):
        monkeypatch.setenv(f"POLICYWATCH_{name.upper()}", str(getattr(settings, name)))
    now = datetime.now(timezone.utc)
    found = [check for check in doctor(now) if check.check == "elasticsearch"]
    assert [check.state for check in found] == ["ok", "warning"] and "no index" in found[1].detail
    with connected(settings) as elastic:
        live(elastic, store)
        found = [check for check in doctor(now) if check.check == "elasticsearch"]
        assert f"{store.last_event()} events behind" in found[1].detail
        Projector(store, elastic).turn()
        found = [check for check in doctor(now) if check.check == "elasticsearch"]
        assert [check.state for check in found] == ["ok", "ok"]
        elastic.client.delete(index=elastic.names.write, id=str(min(wanted(store))), refresh=True)
        found = [check for check in doctor(now) if check.check == "elasticsearch"]
        assert (found[1].state, f"instead of {len(wanted(store))}" in found[1].detail) == ("failed", True)

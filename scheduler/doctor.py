"""`doctor`: looks at everything that must work, and says what to do about what does not."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from config import operator
from config.channels import load_channels
from config.settings import Settings, SettingsError, load, mask, strangers
from config.sources import load_sources
from notices.pagefile import NAME as PAGES
from notices.pagefile import PageFile, PageMissing
from notices.problem import Problem
from notices.schema import events, notices, pages
from notices.store import Store, StoreTooOld
from notices.store.faults import shown as shown_url
from scheduler.doctor_alerts import channels_and_subscriptions, deliveries
from scheduler.doctor_check import BAD, OK, WARNING, Check
from scheduler.health import said, source_health
from search.projector import behind

LOW, FULL = 2_000_000_000, 200_000_000  # bytes free
SKEW = timedelta(minutes=2)


def doctor(now: datetime) -> list[Check]:
    """Checks settings, disk, store, index, clock, sources and channels; a part that is broken stops no other check."""
    try:
        settings = load()
    except SettingsError as error:
        return [_told("settings", error)]
    operator.use(settings.config)
    checks = [*_settings(settings), *_disk(settings.data)]
    try:
        found = Store.existing(settings.store_url, settings.data, busy_seconds=5)
        if found is None:
            return [*checks, *_tried("store", lambda: _nothing_yet(settings))]
        with found as store:
            looks: dict[str, Callable[[], Iterator[Check]]] = {
                "store": lambda: _store(store),
                "pages": lambda: _pages(settings, store),
                "index": lambda: _index(settings, store),
                "elasticsearch": lambda: _elasticsearch(settings, store),
                "clock": lambda: _clock(store, now),
                "sources": lambda: _sources(store, now),
                "channels": lambda: channels_and_subscriptions(store, now),
                "alerts": lambda: deliveries(store, now),
            }
            for name, look in looks.items():
                checks += _tried(name, look)
    except Problem as error:
        checks.append(_told("store", error, WARNING if isinstance(error, StoreTooOld) else BAD))
    return checks


def _nothing_yet(settings: Settings) -> Iterator[Check]:
    load_sources()
    load_channels()
    advice = "`policywatch crawl` or `policywatch ingest PATH` makes and fills it"
    yield Check("store", WARNING, f"there is none yet, {mask(settings.store_url)}", advice)


def _settings(settings: Settings) -> Iterator[Check]:
    yield Check("settings", OK, f"data in {settings.data.absolute()}, own files in {settings.config.absolute()}")
    for name, meant in strangers():
        hint = f"did you mean {meant}?" if meant else "`policywatch settings` lists them all"
        yield Check("settings", WARNING, f"{name} is no setting", hint)


def _disk(folder: Path) -> Iterator[Check]:
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    state = OK if free > LOW else WARNING if free > FULL else BAD
    yield Check("disk", state, f"{free / 1e9:.1f} GB free at {there}", "" if state == OK else "free some disk space")
    if not there.is_dir() or not os.access(there, os.W_OK):
        advice = "set POLICYWATCH_DATA to a folder that you may write to"
        yield Check("disk", BAD, f"{there} is no folder that can be written to", advice)


def _store(store: Store) -> Iterator[Check]:
    with store.reading() as connection:
        number = connection.execute(select(func.count()).select_from(notices)).scalar_one()
    where = shown_url(store.engine.url)
    advice = "" if number else "`policywatch crawl` or `policywatch ingest PATH` fills it"
    yield Check("store", OK, f"{number} notices, event {store.last_event()}, {where}", advice)


def _pages(settings: Settings, store: Store) -> Iterator[Check]:
    with store.reading() as connection:
        newest = connection.execute(select(pages.c.body_hash).order_by(pages.c.id.desc()).limit(1)).scalar()
    if newest is None:
        return
    file = settings.data / PAGES
    try:
        if file.exists():
            with PageFile(settings.data) as kept:
                kept.get(newest)
        else:
            raise PageMissing(f"{file} is not there: `policywatch restore` a backup that has it")
        yield Check("pages", OK, f"the newest page reads back, {file.stat().st_size / 1e6:.0f} MB in {file}")
    except PageMissing as error:
        detail, _, advice = str(error).partition(": ")
        yield Check("pages", WARNING, detail, f"another host that crawls may keep it; else {advice}")


def _index(settings: Settings, store: Store) -> Iterator[Check]:
    missing = behind(store, settings.data)
    if missing:
        yield Check("index", WARNING, f"{missing} events behind the store", "`policywatch reindex`, or start `run`")
    else:
        yield Check("index", OK, "as new as the store")


def _elasticsearch(settings: Settings, store: Store) -> Iterator[Check]:
    if settings.elasticsearch_url:
        from scheduler.elastic_health import elastic_health  # a third of a second: only where it is used

        for state, detail, advice in elastic_health(settings, store):
            yield Check("elasticsearch", state, detail, advice)


def _clock(store: Store, now: datetime) -> Iterator[Check]:
    with store.reading() as connection:
        last = connection.execute(select(func.max(events.c.at))).scalar()
    if last is not None and last > now + SKEW:
        detail = f"it is {now:%Y-%m-%d %H:%M}, yet the store was written at {last:%Y-%m-%d %H:%M}"
        yield Check("clock", BAD, detail, "set the machine's clock: deadlines and alerts follow it")
    else:
        yield Check("clock", OK, f"{now:%Y-%m-%d %H:%M:%S %z}")


def _sources(store: Store, now: datetime) -> Iterator[Check]:
    found = source_health(store, now)
    if not found:
        yield Check("sources", WARNING, "no source is set up", "`policywatch init`, then edit sources.yaml")
    well = [one for one in found if one.health == "ok"]
    if well:
        yield Check("sources", OK, f"{len(well)} of {len(found)} are well")
    for one in found:
        for lack in one.lacks:
            yield Check(f"source {one.name}", WARNING, lack, "look at both lists: one may have changed its layout")
        if any(run.outcomes.get("gap") for run in one.runs):
            detail = "its list of one page held no known row (gap in its last runs): rows in between may be lost"
            yield Check(f"source {one.name}", WARNING, detail, "look at its site; `policywatch crawl --url ADDRESS`")
        name, since = f"source {one.name}", f"since {one.since:%Y-%m-%d %H:%M}" if one.since else ""
        last = f"; last runs: {'; '.join(said(run) for run in one.runs[:3])}" if one.runs else ""
        again = "leave `policywatch run` at work: it asks again then"
        if one.health == "new":
            detail = "was never crawled" + (f": {one.error}" if one.error else "")
            yield Check(
                name, WARNING, detail, again if one.left_alone else f"`policywatch crawl {one.name}`, or start `run`"
            )
        elif one.health == "stale":
            advice = again if one.left_alone else "start `policywatch run`, or crawl it now"
            yield Check(name, WARNING, f"{one.health}: {one.error}{last}", advice)
        elif one.health != "ok":
            detail = f"{one.health} {since}: {one.error}{last}"
            yield Check(name, BAD, detail, f"`policywatch sources check {one.name}` explains")


def _tried(name: str, look: Callable[[], Iterator[Check]]) -> list[Check]:
    try:
        return list(look())
    except (Problem, SettingsError) as error:
        return [_told(name, error)]


def _told(name: str, error: Exception, state: str = BAD) -> Check:
    detail, mark, advice = str(error).rpartition(": ")
    return Check(name, state, detail, advice) if mark else Check(name, state, str(error))

"""`doctor`: looks at everything that must work, and says what to do about what does not."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote

from sqlalchemy import func, select

from alerts import subscriptions
from alerts.ledger import FAILED, MISSED, PENDING, Delivery, listed
from config import operator
from config.channel_rules import is_checked
from config.channels import Channel, is_address, load_channels, shown
from config.settings import Settings, SettingsError, load, mask, strangers
from config.sources import load_sources
from notices.pagefile import NAME as PAGES
from notices.pagefile import PageFile, PageMissing
from notices.problem import Problem
from notices.schema import events, notices, pages
from notices.store import Store, StoreTooOld
from notices.store.faults import shown as shown_url
from scheduler.health import said, source_health
from search.parse import parse
from search.projector import behind

OK, WARNING, BAD = "ok", "warning", "failed"
LOW, FULL = 2_000_000_000, 200_000_000  # bytes free
OVERDUE = timedelta(hours=1)
RECENT = timedelta(days=7)
SKEW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `state` is ok, warning or failed; `advice` is empty where there is nothing to do."""

    check: str
    state: str
    detail: str
    advice: str = ""


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
                "channels": lambda: _channels(store, now),
                "alerts": lambda: _alerts(store, now),
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
        if one.health == "new":
            yield Check(name, WARNING, "was never crawled", f"`policywatch crawl {one.name}`, or start `run`")
        elif one.health == "stale":
            yield Check(name, WARNING, f"{one.health}: {one.error}{last}", "start `policywatch run`, or crawl it now")
        elif one.health != "ok":
            detail = f"{one.health} {since}: {one.error}{last}"
            yield Check(name, BAD, detail, f"`policywatch sources check {one.name}` explains")


def _channels(store: Store, now: datetime) -> Iterator[Check]:
    channels = load_channels()
    for channel in channels.values():
        if channel.problem:
            detail, _, advice = channel.problem.partition(": ")
            yield Check(f"channel {channel.name}", BAD, detail, advice)
        else:
            yield _channel(channel)
    wanted = subscriptions.read(store)
    if not wanted:
        query = subscriptions.DEFAULT_QUERY
        advice = (
            f"`policywatch init` and `alerts apply`, or `alerts add {subscriptions.DEFAULT_NAME} --query '{query}'`"
        )
        yield Check("subscriptions", WARNING, "nobody is told of anything", advice)
    for one in wanted:
        yield from _query(one, now)
        lost = [name for name in one.channels if name not in channels and not is_address(name)]
        if not one.channels:
            yield Check(f"subscription {one.name}", OK, "has no channel, only its feeds", "`policywatch serve --feeds`")
        for caution in subscriptions.cautions(one, now):
            yield Check(f"subscription {one.name}", WARNING, caution)
        for name in lost:
            yield Check(f"subscription {one.name}", BAD, f"channels.yaml has no channel {name!r}", "add it there")


def _channel(channel: Channel) -> Check:
    name, detail = f"channel {channel.name}", f"{channel.kind} to {shown(channel.url)}"
    if channel.kind == "webhook":
        return Check(name, OK, f"{detail}, {'signed' if channel.secret else 'not signed'}")
    if channel.kind == "apprise" and not is_checked(channel.url):
        return Check(
            name, WARNING, f"{detail}: an error of this platform may pass for a success", "see docs/channels.md"
        )
    return Check(name, OK, detail)


def _query(one: subscriptions.Subscription, now: datetime) -> Iterator[Check]:
    try:
        parse(one.query, now)
    except Problem as error:
        advice = "remove it and add it anew: it matches nothing as it is"
        yield Check(f"subscription {one.name}", BAD, str(error), advice)


def _alerts(store: Store, now: datetime) -> Iterator[Check]:
    paused = {one.name for one in subscriptions.read(store) if one.paused}
    rows = [row for row in listed(store) if row.subscription not in paused]
    failed = [row for row in rows if row.state == FAILED and now - row.due_at < RECENT]
    waiting = [row for row in rows if row.state == PENDING and now - row.planned_at > OVERDUE]
    yield from _standing(BAD, failed, "were given up in the last week", ", `alerts retry {name}` sends them again")
    yield from _standing(WARNING, waiting, "wait for more than an hour")
    missed = [row for row in rows if row.state == MISSED and now - row.created_at < RECENT]
    if missed:
        detail = f"{len(missed)} reminders were missed in the last week, the newest {missed[0].event}"
        yield Check("alerts", WARNING, detail, "keep `policywatch run` running: nothing ran on the day of these")
    if not failed and not waiting:
        yield Check("alerts", OK, f"{len(rows)} deliveries, none given up in the last week")


def _standing(state: str, rows: Sequence[Delivery], what: str, more: str = "") -> Iterator[Check]:
    if rows:
        detail = f"{len(rows)} deliveries {what}, the newest to {rows[0].channel}: {rows[0].error or 'not tried yet'}"
        name = quote(rows[0].subscription)
        yield Check("alerts", state, detail, f"`policywatch alerts test {name}` shows why{more.format(name=name)}")


def _tried(name: str, look: Callable[[], Iterator[Check]]) -> list[Check]:
    try:
        return list(look())
    except (Problem, SettingsError) as error:
        return [_told(name, error)]


def _told(name: str, error: Exception, state: str = BAD) -> Check:
    detail, mark, advice = str(error).rpartition(": ")
    return Check(name, state, detail, advice) if mark else Check(name, state, str(error))

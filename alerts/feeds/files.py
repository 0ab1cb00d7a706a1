"""The files of feeds and calendars, written whole or not at all, and only when something in them changed."""

import os
import shutil
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import Connection, or_, select

from alerts.feeds.addresses import FORMATS, ROOM
from alerts.feeds.atom import atom
from alerts.feeds.deadlines import calendar, changes
from alerts.feeds.entries import feed
from alerts.feeds.ics import ics
from alerts.feeds.jsonfeed import json_feed
from alerts.feeds.rss import rss
from alerts.feeds.shelf import Shelf
from alerts.standing import matched_to
from alerts.subscriptions import Subscription, load
from notices.schema import calendar as deadlines
from notices.schema import events, matched, notices, subscriptions, told
from notices.store import Store

STATE = "state.json"  # how far the log was read, beside the files, so that without them all are made anew


def refresh(store: Store, data: Path, home: str, now: datetime, give_way: Callable[[], None] = lambda: None) -> int:
    """Writes the feeds of the subscriptions to which something happened, or that have none; returns how many files.

    `home` is the address under which feeds are served; `give_way` is called before each subscription, and may wait.
    """
    folder = data / ROOM
    with store.reading() as connection:
        position = matched_to(connection)
        ids = set(connection.execute(select(subscriptions.c.id)).scalars())
    there = _there(folder)
    for gone in there - ids:
        discard(data, gone)
    state = _state(folder)
    before, at = state or (0, now)
    whole = state is None or before > position or at > now  # lost, or the store was put back, or the clock was
    with store.reading() as connection:
        touched = ids if whole else (ids - there) | _touched(connection, before, at)
    written = 0
    if touched:
        written = _write_all(store, folder, touched & ids, home, now, give_way)
    if touched or state is None or before != position:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / STATE, orjson.dumps({"position": position, "at": now.isoformat()}))
    return written


def discard(data: Path, subscription_id: int) -> None:
    """Takes a subscription's files away; the next refresh makes them anew if there still is such a subscription."""
    shutil.rmtree(data / ROOM / str(subscription_id), ignore_errors=True)


def _there(folder: Path) -> set[int]:
    return {int(path.name) for path in folder.glob("[0-9]*") if path.name.isdecimal() and path.is_dir()}


def _state(folder: Path) -> tuple[int, datetime] | None:
    """How far the log and what was told were read; None where the file cannot be read."""
    try:
        held = orjson.loads((folder / STATE).read_bytes())
        return int(held["position"]), datetime.fromisoformat(held["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _touched(connection: Connection, position: int, at: datetime) -> set[int]:
    """The subscriptions that were told something since, or of whose matters something changed."""
    fresh = select(events.c.notice_id).where(events.c.number > position)
    matters = select(notices.c.matter_id).where(notices.c.id.in_(fresh))
    asked = (
        select(told.c.subscription_id).where(or_(told.c.at >= at, told.c.notice_id.in_(fresh))),
        select(matched.c.subscription_id).where(matched.c.matter_id.in_(matters)),
        select(deadlines.c.subscription_id).where(deadlines.c.notice_id.in_(fresh)),
    )
    return {one for query in asked for one in connection.execute(query.distinct()).scalars()}


def _write_all(
    store: Store, folder: Path, ids: Collection[int], home: str, now: datetime, give_way: Callable[[], None]
) -> int:
    name, shelf = store.store_id, Shelf(now)
    with store.reading() as connection:
        found = load(connection, ids)
    written = 0
    for one in found:
        give_way()
        written += _write(store, name, folder / str(one.id), one, home, shelf, now)
    return written


def _write(store: Store, store_id: str, folder: Path, one: Subscription, home: str, shelf: Shelf, now: datetime) -> int:
    """Writes the files of a subscription that differ from those that are there; returns how many."""
    with store.reading() as connection:
        differs = bool(changes(connection, one, shelf, now))
    if differs:
        with store.writing() as connection:
            for change in changes(connection, one, shelf, now):
                connection.execute(change)
    with store.reading() as connection:
        days = calendar(connection, store_id, one)
        told_of = feed(connection, store_id, one, home, shelf)
    made = {"rss": rss(told_of), "atom": atom(told_of), "json": json_feed(told_of), "ics": ics(days)}
    folder.mkdir(parents=True, exist_ok=True)
    return sum(_replace(folder / file, made[name]) for name, (file, _) in FORMATS.items())


def _replace(path: Path, content: bytes) -> bool:
    """Puts a file in the place of another at once, if they differ; whether they did."""
    if path.is_file() and path.read_bytes() == content:
        return False
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    beside.write_bytes(content)
    beside.replace(path)
    return True

"""Sends what is due: every channel on a thread of its own, so that one that is down holds up no other."""

import logging
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from alerts import message, webhook
from alerts.digest import once
from alerts.follow import COVERED, homes
from alerts.ledger import SENT
from alerts.parts import Part, accepted, gather, lease, refused, withdraw
from alerts.reminders import stale
from alerts.sending import Answer, Item, Link, Message, Send
from config.channels import Channel, is_address, shown
from notices.isolate import Failed, isolate
from notices.schema import articles, notices
from notices.store import Store
from notices.store.chunks import chunks

SENDERS: Mapping[str, Send] = {"webhook": webhook.send}
THREADS = 16  # channels at a time
log = logging.getLogger("policywatch.alerts")


@dataclass(slots=True)
class Dispatched:
    """Deliveries by the state a dispatch left them in, and parts a channel may have got twice."""

    states: Counter[str] = field(default_factory=Counter)
    repeats: int = 0


def dispatch(
    store: Store,
    channels: Mapping[str, Channel],
    now: datetime,
    *,
    chance: random.Random | None = None,
    stop: threading.Event | None = None,
) -> Dispatched:
    """Sends every part that is due, once; what a channel does not accept stays in the ledger and is tried again later.

    `stop`, once set, ends the work between two parts.
    """
    parts, repeats = gather(store, now)
    report = Dispatched(repeats=repeats)
    if repeats:
        log.warning("%d messages are sent again: their channel's answer was never written down", repeats)
    queues: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        queues[part.channel].append(part)
    if not queues:
        return report
    halt, luck = stop or threading.Event(), chance or random.Random()
    with ThreadPoolExecutor(min(THREADS, len(queues)), "channel") as pool:
        works = [
            pool.submit(_work, store, resolve(name, channels), queue, now, luck, halt) for name, queue in queues.items()
        ]
        for work in works:
            report.states.update(work.result())
    return report


def resolve(name: str, channels: Mapping[str, Channel]) -> Channel:
    """The channel of that name, or the plain webhook of an address; one without an address when there is none."""
    return channels.get(name) or Channel(name, "webhook", name if is_address(name) else "")


def deliver(channel: Channel, sent: Message, now: datetime) -> Answer:
    """Hands a message to its channel; an answer whatever happens."""
    if not channel.url:
        return Answer(False, f"channels.yaml has no channel {channel.name!r}: add it, or change the subscription", True)
    if channel.problem:
        return Answer(False, channel.problem, True)
    answer = isolate(lambda: SENDERS[channel.kind](channel, sent, now), f"send to {shown(channel.name)}")
    return Answer(False, answer.error) if isinstance(answer, Failed) else answer


def _work(
    store: Store, channel: Channel, parts: Sequence[Part], now: datetime, chance: random.Random, stop: threading.Event
) -> Counter[str]:
    """One channel's parts, one after the other, until it is down."""
    states: Counter[str] = Counter()
    for part in parts:
        if stop.is_set():
            break
        if not lease(store, part, now):
            continue
        items, gone = _items(store, part, now)
        if gone:
            withdraw(store, gone, COVERED, "the notice was removed, or its period ended or moved")
            states[COVERED] += len(gone)
        if not items:
            continue
        answer = deliver(channel, _message(part, items), now)
        if answer.accepted:
            accepted(store, _without(part, gone), now)
            states[SENT] += len(items)
            continue
        state = refused(store, _without(part, gone), answer, now, chance)
        states[state] += len(items)
        level = logging.WARNING if state == "pending" else logging.ERROR
        what = "will try again" if state == "pending" else "given up"
        log.log(level, "%s for %r: %s: %s", shown(channel.name), part.subscription, what, answer.said)
        if answer.down:
            break
    return states


def _items(store: Store, part: Part, now: datetime) -> tuple[list[Item], list[Row[Any]]]:
    """What the part's deliveries tell, and those whose notice is gone."""
    with store.reading() as connection:
        places = homes(connection, {row.notice_id for row in part.rows})
        wrong = stale(connection, part.rows, places, now)
        ids = sorted({home.notice_id for home in places.values()})
        files: dict[int, list[Link]] = {}
        for some in chunks(ids):
            query = select(notices.c.id, articles.c.attachments).join(articles, articles.c.id == notices.c.canonical_id)
            for notice_id, held in connection.execute(query.where(notices.c.id.in_(some))):
                files[notice_id] = [Link(name, url) for name, url, _ in held or ()]
    found = {notice.notice_id: notice for notice in store.notices(ids)}
    items: list[Item] = []
    gone: list[Row[Any]] = []
    for row in part.rows:
        if not row.notice_id:
            items.append(message.without_notice(row.event, row.matter_id, {"title": part.subscription}))
            continue
        home = places.get(row.notice_id)
        notice = found.get(home.notice_id) if home else None
        if notice is None or row.id in wrong:
            gone.append(row)
        else:
            links = files.get(notice.notice_id, [])
            items.append(message.item(notice, row.event, links, row.happened_at or row.created_at, now))
    return items, gone


def _message(part: Part, items: Sequence[Item]) -> Message:
    number, parts = part.number
    items = once(items)
    text = message.text(part.subscription, part.query, part.language, items, number, parts)
    return Message(
        part.key, number, parts, part.attempts + 1, part.subscription, part.query, part.language, tuple(items), text
    )


def _without(part: Part, gone: Sequence[Row[Any]]) -> Part:
    if not gone:
        return part
    rows = tuple(row for row in part.rows if row not in gone)
    return Part(part.key, part.channel, part.subscription, part.query, part.language, rows, part.attempts)

"""One round of everything: crawl what is due, index it, match it, tell."""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from alerts.alarms import tell_alarms
from alerts.daily import plan
from alerts.dispatcher import Dispatched, dispatch
from alerts.feeds.addresses import links
from alerts.feeds.files import refresh
from alerts.matcher import match
from config.channels import load_channels
from config.settings import Settings
from config.sources import load_sources
from notices.isolate import isolate
from notices.pagefile import PageFile
from notices.store import Store
from scheduler.alarms import watch
from scheduler.crawl import SourceReport, crawl
from scheduler.overdue import list_overdue
from scheduler.projecting import Projecting
from scheduler.schedule import due_sources
from search.projector import behind, project


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round did: the crawl's sources, notices written to the index, deliveries by the state they are in now."""

    sources: tuple[SourceReport, ...]
    indexed: int
    deliveries: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What indexing, matching and sending did; `matched` deliveries are new, `sent` by the state they are in now."""

    indexed: int
    matched: int
    sent: Dispatched


def run_once(
    settings: Settings, store: Store, pages: PageFile, *, now: datetime, due_only: bool = False
) -> RoundReport:
    """Crawls every source, or only those that are due, and tells what that brought.

    What was in the store before is matched first, so that a backfill's matches are not taken for the crawl's.
    """
    before = tell(settings, store, now)
    names = due(store, now) if due_only else None
    report = () if names == [] else crawl(settings, store, pages, names or []).sources
    sources = load_sources()
    list_overdue(store, pages, {source.name: source for source in sources}, max(now, datetime.now(now.tzinfo)))
    watch(store, sources, max(now, datetime.now(now.tzinfo)))
    after = tell(settings, store, max(now, datetime.now(now.tzinfo)))
    with Projecting(settings, store) as elastic:
        elastic.turn()
    states = before.sent.states + after.sent.states
    return RoundReport(tuple(report), before.indexed + after.indexed, dict(sorted(states.items())))


def tell(settings: Settings, store: Store, now: datetime, stop: threading.Event | None = None) -> Told:
    """Brings the index up to the store, matches what is new, and sends what is due."""
    indexed, matched = catch_up(settings, store, now)
    matched += plan(store, now)
    isolate(lambda: refresh(store, settings.data, settings.feeds_url, now), "write feeds")
    sent = dispatch(store, load_channels(), now, stop=stop, link=links(store, settings.feeds_url))
    return Told(indexed, matched, sent)


def catch_up(settings: Settings, store: Store, now: datetime) -> tuple[int, int]:
    """Indexes and matches what is new, sending nothing; returns notices indexed and deliveries written."""
    indexed = project(store, settings.data) if behind(store, settings.data) else 0
    return indexed, match(store, now) + tell_alarms(store, now)


def due(store: Store, now: datetime) -> list[str]:
    """The names of the sources that are to be crawled now, the longest waiting first, new ones before all."""
    with store.reading() as connection:
        return [source.name for source in due_sources(connection, load_sources(), now)]

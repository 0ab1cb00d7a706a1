"""What a crawl's process asks of the store: the queue, the lists, and the pages that were read before."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from notices.fetched import Settled
from notices.identity import fetchable, host_of, identity
from notices.kinds import PageState
from notices.page import Page
from notices.schema import articles, forgotten, runs, visits
from notices.schema import sources as table
from notices.store import Store
from notices.store.chunks import chunks
from notices.store.engine import upsert
from notices.store.queue import due_hosts, put, put_back, remove, take
from notices.target import Kind, Target
from scheduler.filing import file_lost, filed
from scheduler.hosts import utc_now
from scheduler.listed import LIST, keep_list_page, take_in, was_read
from scheduler.runs import Run, count, finish, run_of, trouble
from scheduler.settling import A_DAY, ATTEMPTS, PATIENCE, backoff, patience, settle, settle_lost, settle_unchanged
from spiders.job import Errand, Job
from spiders.listing import Listing

HOPS = 3  # how many share and moved pages are followed in a row

_SETTLED = {
    *(PageState.ARTICLE, PageState.IMAGE, PageState.DELETED, PageState.VIOLATION, PageState.MOVED),
    PageState.SHARE,
}
_GIVEN_UP = {PageState.EMPTY, PageState.ERROR, PageState.GONE, "too_large", "refused"}


class StoreMemory:
    """The crawl's memory in the store."""

    def __init__(self, store: Store, errand: Errand, clock: Callable[[], datetime] = utc_now) -> None:
        self.store = store
        self.errand = errand
        self.clock = clock

    def due(self) -> list[str]:
        """The hosts that may be asked and have an address that is due."""
        with self.store.reading() as connection:
            return due_hosts(connection, self.clock(), self.errand.only)

    def take(self, host: str) -> Target | None:
        """The next address of a host; one that killed its process too often is counted as failed on the way."""
        now = self.clock()
        with self.store.writing() as connection:
            target, lost = take(connection, host, now, self.errand.only)
            for one in lost:
                count(connection, one.source, {"failed": 1}, now)
                if one.kind is Kind.LIST:
                    trouble(connection, one.run_id, "changed_layout", f"the list {one.url} took its process down")
                    finish(connection, one.run_id, now)
        return target

    def put_back(self, target: Target, location: str = "") -> None:
        """Lets an address wait again, not counted; `location` is what is asked in its place, on another host."""
        values: dict[str, Any] = {"attempts": target.attempts}
        if location:
            values |= {"location": location, "host": host_of(location), "hops": target.hops + 1}
        with self.store.writing() as connection:
            put_back(connection, target.id, **values)

    def known(self, urls: Iterable[str]) -> set[str]:
        """Those of the addresses whose page was read and needs no second visit."""
        with self.store.reading() as connection:
            return known(connection, urls, self.clock())

    def validators(self, target: Target) -> tuple[str, str]:
        """The ETag and Last-Modified of an address's last answer; a list's only if all of it was read since."""
        query = select(visits.c.etag, visits.c.last_modified, visits.c.fetched_at).where(visits.c.url == target.url)
        with self.store.reading() as connection:
            row = connection.execute(query).first()
            ground = select(table.c.ground_at).where(table.c.name == target.source)
            if row is None or (target.ask is not None and target.ask.since is not None):
                return "", ""
            if target.kind is Kind.LIST:
                at = connection.execute(ground).scalar()
                return (row.etag, row.last_modified) if at is not None and at >= row.fetched_at else ("", "")
        return row.etag, row.last_modified

    def lost(self, target: Target, outcome: str, said: str) -> None:
        """Counts an address that gave no page; it is tried again later unless that is of no use."""
        now = self.clock()
        with self.store.writing() as connection:
            if target.kind is Kind.ATTACHMENT:
                file_lost(connection, target, outcome, said, now + backoff(target.attempts), now)
            else:
                settle_lost(connection, target, outcome, now, patience(target, self.errand.source(target)))

    def unchanged(self, target: Target) -> None:
        """Counts an address whose page is as it was."""
        now = self.clock()
        with self.store.writing() as connection:
            if target.kind is not Kind.LIST:
                settle_unchanged(connection, target, now)
                return
            count(connection, target.source, {"unchanged": 1}, now)
            remove(connection, target.id)
            finish(connection, target.run_id, now)

    def settle(self, connection: Connection, done: Settled) -> None:
        """What follows from a page that is being kept; one that answered in a file's place is a lost file."""
        now, target = self.clock(), done.target
        if target.kind is Kind.ATTACHMENT:
            file_lost(connection, target, str(done.state), done.reason, now + backoff(target.attempts), now)
        else:
            settle(connection, replace(done, at=now), patience(target, self.errand.source(target)))
            if done.moved_to and target.hops < HOPS:
                follow(connection, target, done.moved_to, now)

    def job(self, target: Target) -> Job:
        """The crawl that a target belongs to."""
        with self.store.reading() as connection:
            return self._job(connection, target)

    def listed(
        self, target: Target, page: Page, listing: Listing, kept: Collection[str], etag: str, modified: str
    ) -> None:
        """Takes in what a list named, and what has to be asked next of it; `kept` are rows that were pages already."""
        now = self.clock()
        with self.store.writing() as connection:
            job = self._job(connection, target)
            before = known(connection, [row.url for row in listing.rows], now)
            outcomes = take_in(connection, target, job, listing, before, kept, now)
            walls = {"unfetchable": outcomes["unfetchable"]} if outcomes["unfetchable"] else {}
            keep_list_page(connection, page, now, {**listing.found, **walls})
            count(connection, target.source, outcomes, now)
            nothing = not listing.rows and not listing.asks and not job.source.may_be_empty
            if nothing and target.ask is not None and target.ask.number == 1:
                trouble(connection, target.run_id, "empty", f"the list {target.url} held no row")
            elif listing.rows and job.since is None and target.ask is not None and target.ask.number == 1:
                self._remember_list(connection, target.url, etag, modified, now)
            remove(connection, target.id)
            finish(connection, target.run_id, now)

    def filed(self, target: Target, page: Page) -> None:
        """Remembers an attached file whose bytes were kept."""
        with self.store.writing() as connection:
            filed(connection, target, page, self.clock())

    def list_lost(self, target: Target, page: Page | None, kind: str, said: str) -> None:
        """Counts a list that could not be read, and says why; a backfill's is asked again later."""
        now = self.clock()
        with self.store.writing() as connection:
            if page is not None:
                keep_list_page(connection, page, now)
            beyond = target.ask is not None and target.ask.number > 1 and kind == "changed_layout"  # the last page
            count(connection, target.source, {"list" if beyond else kind: 1}, now)
            if not beyond:
                trouble(connection, target.run_id, kind, f"the list {target.url} {said}")
            resumes = not beyond and target.ask is not None and target.ask.since is not None
            if resumes and target.attempts < PATIENCE:
                put_back(connection, target.id, now + backoff(target.attempts))
            else:
                remove(connection, target.id)
            finish(connection, target.run_id, now)

    def _job(self, connection: Connection, target: Target) -> Job:
        source = self.errand.source(target)
        row = connection.execute(select(runs).where(runs.c.id == target.run_id)).first()
        added_at = connection.execute(select(table.c.added_at).where(table.c.name == target.source)).scalar()
        now = self.clock()
        run = run_of(row) if row is not None else Run(0, target.source, now, None, 0.0, target.mode, None, False)
        met = added_at or now
        return Job(source, run.started_at, met, run.first and not was_read(connection, target.url, met), run.since)

    def _remember_list(self, connection: Connection, url: str, etag: str, modified: str, now: datetime) -> None:
        values = {"url": url, "key": identity(url), "etag": etag, "last_modified": modified, "fetched_at": now}
        names = ("etag", "last_modified", "fetched_at", "state")
        upsert(connection, visits, [{**values, "state": LIST, "attempts": 1}], names)


def follow(connection: Connection, target: Target, url: str, now: datetime) -> None:
    """Queues the address that a page leads to, unless it is known or cannot be asked; with the page or not at all."""
    same = identity(url) == identity(target.url)  # the same article behind another address of its site
    if not same and known(connection, [url], now):
        count(connection, target.source, {"known": 1}, now)
    elif not fetchable(url):
        count(connection, target.source, {"unfetchable": 1}, now)
    else:
        ahead = replace(target, url=url, location="", hops=target.hops + 1, article_id=None, looks=0)
        put(connection, [ahead if same else replace(ahead, title="")], now)


def known(connection: Connection, urls: Iterable[str], now: datetime) -> set[str]:
    """Those of the addresses whose page was read and needs no second visit; one known from a list only, for a day."""
    keys = {url: identity(url) for url in urls}
    settled: set[str] = set()
    for some in chunks(set(keys.values())):
        waits = select(articles.c.key).where(articles.c.key.in_(some), articles.c.state == PageState.LISTED.value)
        listed = set(connection.execute(waits).scalars())
        query = select(visits.c.key, visits.c.state, visits.c.attempts, visits.c.fetched_at)
        rows = connection.execute(query.where(visits.c.key.in_(some))).all()
        settled |= {row.key for row in rows if row.key in listed and now - row.fetched_at < A_DAY}
        settled |= {row.key for row in rows if row.key not in listed and _is_settled(row.state, row.attempts)}
        whole = select(articles.c.key).where(articles.c.key.in_(some), articles.c.truncated.is_(False))
        settled |= set(connection.execute(whole).scalars())  # ingested from an archive, never visited
        settled |= set(connection.execute(select(forgotten.c.key).where(forgotten.c.key.in_(some))).scalars())
    return {url for url, key in keys.items() if key in settled}


def _is_settled(state: str, attempts: int) -> bool:
    return state in _SETTLED or (state in _GIVEN_UP and attempts >= ATTEMPTS)

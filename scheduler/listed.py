"""Takes in what a list named: new rows into the queue, all of them into the memory of lists, and how far to page on."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from notices.identity import fetchable, identity
from notices.page import Page
from notices.pagefile import body_hash
from notices.schema import list_pages, listings, visits
from notices.schema import sources as table
from notices.store.chunks import chunks, rows_of
from notices.store.queue import put, waiting
from notices.target import Kind, ListAsk, Target
from spiders.job import Job
from spiders.listing import Ask, Listing, Row

MOST_PAGES = 500
FRESH = 20  # moments at which a list had something new that are remembered
LIST = "list"  # the state in which a list's address is remembered among the visits
TIRED = 2  # pages in a row with nothing but rows of this very run: the list answers every page alike

log = logging.getLogger("policywatch.crawl")


def take_in(
    connection: Connection, target: Target, job: Job, listing: Listing, known: Collection[str], kept: Collection[str],
    now: datetime,
) -> Counter[str]:  # fmt: skip
    """Queues a list's new rows and its next requests; returns the outcomes of rows that need no request.

    `known` are addresses read before, `kept` those that were pages already. A row that waits in the queue is counted
    when it is fetched.
    """
    rows = {identity(row.url): row for row in listing.rows if job.wants(row)}
    seen = _seen(connection, target.source, rows)
    outcomes: Counter[str] = Counter([_kind(connection, target, job, listing, seen)])
    queued = waiting(connection, [row.url for row in rows.values()])
    fresh: list[Row] = []
    for key, row in rows.items():
        if row.url in kept or seen.get(key, (None, 0))[1] == target.run_id:
            continue  # counted as a page, or on an earlier page of this list
        if row.url in known:
            outcomes["known"] += 1
        elif row.url not in queued:
            fresh.append(row)
    askable = [row for row in fresh if fetchable(row.url)]
    outcomes["unfetchable"] += len(fresh) - len(askable)
    put(connection, [_target(row, target, job) for row in askable], now)
    put(connection, [_asked(ask, target, 0) for ask in listing.asks], now)
    following = _next(connection, target, job, listing, seen, len(rows))
    put(connection, [following] if following else [], now)
    _remember(connection, target, rows, seen, now)
    return +outcomes


def keep_list_page(connection: Connection, page: Page, now: datetime, found: Mapping[str, int] | None = None) -> None:
    """Remembers a list's answer and what its reader found; the same one as last time is remembered once."""
    digest = body_hash(page.body)
    query = select(list_pages.c.id, list_pages.c.body_hash).where(list_pages.c.url == page.url)
    last = connection.execute(query.order_by(list_pages.c.id.desc()).limit(1)).first()
    if last is not None and last.body_hash == digest:
        connection.execute(update(list_pages).where(list_pages.c.id == last.id).values(last_at=now))
        return
    values = {"source": page.source, "url": page.url, "fetched_at": page.fetched_at, "last_at": now}
    values |= {"status": page.status, "headers": dict(page.headers) or None, "body_hash": digest}
    values["found"] = dict(found) if found else None
    connection.execute(list_pages.insert().values(values))


def _kind(
    connection: Connection, target: Target, job: Job, listing: Listing, seen: Mapping[str, tuple[datetime, int]]
) -> str:
    """`gap` for a list of one page, read before, that holds no row of an earlier run: rows between may be lost."""
    alone = listing.rows and listing.next_page is None and (target.ask is None or target.ask.number == 1)
    if not alone or job.first or job.since is not None:
        return "list"
    again = any(run_id != target.run_id for _, run_id in seen.values())
    if again or not was_read(connection, target.url, job.added_at):  # a feed that an OPML file names since today
        return "list"
    log.warning(
        "%s: its list %s has one page and no row that was there before: rows in between may be lost; look at the site "
        "and fetch what is missing with `policywatch crawl --url ADDRESS`",
        *(target.source, target.url),
    )
    return "gap"


def was_read(connection: Connection, url: str, since: datetime) -> bool:
    """Whether a list's first page had rows at some time since its source was added; others of the source may fail."""
    mine = visits.c.url == url, visits.c.state == LIST, visits.c.fetched_at >= since
    return connection.execute(select(visits.c.url).where(*mine)).first() is not None


def _seen(connection: Connection, source: str, rows: Mapping[str, Row]) -> dict[str, tuple[datetime, int]]:
    """When the source's list named the rows first, and in which run."""
    mine = select(listings.c.key, listings.c.seen_at, listings.c.run_id).where(listings.c.source == source)
    return {row.key: (row.seen_at, row.run_id) for row in rows_of(connection, mine, listings.c.key, rows)}


def _next(
    connection: Connection, target: Target, job: Job, listing: Listing, seen: Mapping[str, tuple[datetime, int]],
    wanted: int,
) -> Target | None:  # fmt: skip
    """The list's next page, if it may hold something that is wanted and not known."""
    number = target.ask.number if target.ask else 1
    if listing.next_page is None or number >= MOST_PAGES:
        return None
    again = {key for key, (_, run_id) in seen.items() if run_id == target.run_id}
    tired = target.ask.tired + 1 if target.ask and wanted and len(again) == wanted else 0
    if tired >= TIRED:
        return None
    if job.since is not None:
        goes_on = wanted > 0
    else:
        ground = connection.execute(select(table.c.ground_at).where(table.c.name == target.source)).scalar()
        old = {key for key, (at, _) in seen.items() if ground is not None and at <= ground}
        goes_on = number < job.source.first if ground is None else len(old) < wanted
    return _asked(listing.next_page, target, tired) if goes_on else None


def _remember(
    connection: Connection, target: Target, rows: Mapping[str, Row], seen: Mapping[str, tuple[datetime, int]],
    now: datetime,
) -> None:  # fmt: skip
    for some in chunks(seen):
        match = listings.c.source == target.source, listings.c.key.in_(some)
        connection.execute(update(listings).where(*match).values(last_at=now))
    values = [
        {
            "source": target.source,
            "key": key,
            "url": row.url,
            "title": row.title,
            "published_at": row.published_at,
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
            "seen_at": now,
            "last_at": now,
            "run_id": target.run_id,
        }
        for key, row in rows.items()
        if key not in seen
    ]
    if not values:
        return
    connection.execute(listings.insert(), values)
    mine = table.c.name == target.source
    fresh = connection.execute(select(table.c.fresh).where(mine)).scalar() or []
    moments = [*fresh, int(now.timestamp())][-FRESH:]
    connection.execute(update(table).where(mine).values(fresh=moments))


def _target(row: Row, target: Target, job: Job) -> Target:
    return Target(
        url=row.url,
        title=row.title,
        listed_at=row.published_at,
        mode=job.mode(row),
        source=target.source,
        run_id=target.run_id,
        first=job.first,
        ends_on=row.ends_on,
        account=row.account,
    )


def _asked(ask: Ask, target: Target, tired: int) -> Target:
    since = target.ask.since if target.ask else None
    given = ListAsk(ask.step, ask.number, dict(ask.form), dict(ask.headers), dict(ask.note), since, tired)
    kept = Target(ask.url, kind=Kind.LIST, mode=target.mode, source=target.source, run_id=target.run_id)
    return replace(kept, ask=given)

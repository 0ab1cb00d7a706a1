"""What is done with an answer, by the kind of address that was asked; a new kind is one more line in HANDLERS."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import partial

from scrapy.http import Response

from config.sources import Source
from notices.article import Reading
from notices.fetched import Fetched
from notices.identity import host_of
from notices.isolate import Failed, isolate
from notices.kinds import Mode, PageState
from notices.page import Page
from notices.target import Kind, ListAsk, Target
from spiders.answers import asked_pause, page_of, validators
from spiders.job import Errand, Hosts, Keeper, Memory
from spiders.listing import Ask, LayoutChanged, Listing, Row, Walled
from spiders.lists import reader_of
from spiders.readers import FEED_ITEM, read
from spiders.walls import IN_FILES_PLACE, no_file, refused

log = logging.getLogger("policywatch.crawl")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler works with."""

    errand: Errand
    hosts: Hosts
    memory: Memory
    keeper: Keeper


def take_page(desk: Desk, target: Target, response: Response) -> None:
    """A page: its bytes kept, read, and kept with all that follows; a parser that raises costs only the reading."""
    if response.status == 304:
        _unchanged(desk, target)
        return
    page = page_of(response, target, desk.errand.source(target))
    desk.keeper.take_bytes(page)
    reading = isolate(lambda: read(page), f"parse {page.url}")
    if isinstance(reading, Failed):
        error = Reading(PageState.ERROR, reason=f"the parser failed: {reading.error}")
        desk.keeper.keep(Fetched(page, error, target, failed=reading.error))
        return
    if reading.state is PageState.BLOCKED:
        desk.hosts.pause(_asked(target), asked_pause(response), reading.reason)
    elif page.status < 400:
        desk.hosts.open(_asked(target))
    desk.keeper.keep(Fetched(page, reading, target, "", *validators(response)))
    if reading.article is None and desk.errand.by_hand(target):
        log.warning("%s: %s (%s)", target.url, reading.state, reading.reason)


def take_list(desk: Desk, target: Target, response: Response) -> None:
    """An answer of a list: kept, read by the source's reader, its rows queued, its next page too."""
    if response.status == 304:
        _unchanged(desk, target)
        return
    source = desk.errand.source(target)
    page = page_of(response, target, source)
    desk.keeper.take_bytes(page)
    wall = refused(page)
    if wall is not None:
        if wall.state is PageState.BLOCKED:
            desk.hosts.pause(_asked(target), asked_pause(response), wall.reason)
        trouble = "blocked" if wall.state is PageState.BLOCKED else "unreachable"
        desk.memory.list_lost(target, page, trouble, f"answered {wall.reason}")
    elif not page.body.strip():
        desk.memory.list_lost(target, page, "empty", "answered nothing at all")
    else:
        _read_list(desk, target, page, response)


def _read_list(desk: Desk, target: Target, page: Page, response: Response) -> None:
    source = desk.errand.source(target)
    listing = isolate(lambda: _listing(source, target, page), f"read the list {page.url}")
    if isinstance(listing, Walled):
        desk.hosts.pause(_asked(target), None, str(listing))
        desk.memory.list_lost(target, page, "blocked", str(listing))
    elif isinstance(listing, LayoutChanged):
        desk.memory.list_lost(target, page, "changed_layout", str(listing))
    elif isinstance(listing, Failed):
        desk.memory.list_lost(target, page, "changed_layout", f"the reader failed: {listing.error}")
    else:
        desk.hosts.open(_asked(target))
        kept = _keep_wholes(desk, target, listing)
        desk.memory.listed(target, page, listing, kept, *validators(response))


def _listing(source: Source, target: Target, page: Page) -> Listing | LayoutChanged:
    given = target.ask or ListAsk()
    ask = Ask(target.url, given.step, given.number, given.form, given.headers, given.note)
    try:
        return reader_of(source).read(source, ask, page)
    except LayoutChanged as error:
        return error


def _keep_wholes(desk: Desk, target: Target, listing: Listing) -> set[str]:
    """Keeps the rows that carry their whole text as the pages they are; returns their addresses."""
    job = desk.memory.job(target)
    whole = {row.url: row for row in listing.rows if row.content and job.wants(row)}
    known = desk.memory.known(whole) if whole else set()
    for row in whole.values():
        if row.url not in known:
            mode = job.mode(row)
            page = _whole(row, target.source, mode)
            item = Target(row.url, mode=mode, source=target.source, run_id=target.run_id, first=target.first)
            reading = isolate(partial(read, page), f"parse {row.url}")
            if isinstance(reading, Failed):
                error = Reading(PageState.ERROR, reason=f"the parser failed: {reading.error}")
                desk.keeper.keep(Fetched(page, error, item, failed=reading.error))
            else:
                desk.keeper.keep(Fetched(page, reading, item))
    return set(whole) - known


def _whole(row: Row, source: str, mode: Mode) -> Page:
    """A row's whole text as the page of its address."""
    return Page(
        url=row.url,
        body=row.content.encode("utf-8", errors="replace"),
        fetched_at=datetime.now(timezone.utc),
        headers={"content-type": "text/html; charset=utf-8", FEED_ITEM: row.account},
        source=source,
        mode=mode,
        listed_title=row.title,
        listed_at=row.published_at,
        listed_ends=row.ends_on,
    )


def take_file(desk: Desk, target: Target, response: Response) -> None:
    """An attached file: its bytes kept, to be read by a process of their own; what is none is kept as a page."""
    if response.status == 304:
        _unchanged(desk, target)
        return
    page = page_of(response, target, desk.errand.source(target))
    desk.keeper.take_bytes(page)
    wall = no_file(page)
    if wall is None:
        desk.hosts.open(_asked(target))
        desk.memory.filed(target, page)
        return
    if wall.state is PageState.BLOCKED:
        desk.hosts.pause(_asked(target), asked_pause(response), wall.reason)
    kept = replace(page, headers={**page.headers, IN_FILES_PLACE: target.title})
    desk.keeper.keep(Fetched(kept, wall, target))


def _unchanged(desk: Desk, target: Target) -> None:
    desk.hosts.open(_asked(target))
    desk.memory.unchanged(target)


def _asked(target: Target) -> str:
    return host_of(target.location or target.url)


HANDLERS: Mapping[Kind, Callable[[Desk, Target, Response], None]] = {
    Kind.PAGE: take_page,
    Kind.LIST: take_list,
    Kind.ATTACHMENT: take_file,
}

"""Chooses the parser of a page: by what it is, then by the host it came from."""

import re
from dataclasses import replace

from notices.article import Reading
from notices.identity import WECHAT_HOST, host_of
from notices.kinds import PageState
from notices.page import Page
from spiders.archive import read_archived
from spiders.decode import LARGEST, Undecodable, text_of
from spiders.feed_item import read_feed_item
from spiders.generic import read_generic
from spiders.listed_row import LISTED_ROW, read_listed_row
from spiders.ndrc import SERVICE, read_submission
from spiders.official import read_official
from spiders.sites import is_own, site_of
from spiders.walls import IN_FILES_PLACE, no_file, refused
from spiders.wechat import read_wechat

FEED_ITEM = "x-feed-account"  # the header that a feed's full text is kept with, so that it is read as such again

_BLANK = b" \t\r\n\x00"
_FRONT_MATTER = re.compile(rb"^(?:\xef\xbb\xbf)?---[ \t]*\r?\n")
_DOCUMENT = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


def read(page: Page) -> Reading:
    """What a page is and says; every page gets a state and a reason, whatever its bytes are."""
    if IN_FILES_PLACE in page.headers:
        return no_file(page) or Reading(PageState.ERROR, reason="kept in a file's place, yet a file")
    reading = refused(page) or _no_page(page) or _by_content(page)
    if reading.article is None or page.listed_ends is None:
        return reading
    return replace(reading, article=replace(reading.article, listed_ends=page.listed_ends))


def _no_page(page: Page) -> Reading | None:
    """The state of bytes that no parser should see; None when one should."""
    if not page.body[:4096].strip(_BLANK) and not page.body.strip(_BLANK):
        return Reading(PageState.EMPTY, reason="no bytes")
    if len(page.body) > LARGEST:
        return Reading(PageState.ERROR, reason=f"larger than {LARGEST >> 20} MB")
    if page.body.startswith(_DOCUMENT):
        return Reading(PageState.ERROR, reason="a file, not a page")
    return None


def _by_content(page: Page) -> Reading:
    if page.path.endswith(".md") or _FRONT_MATTER.match(page.body):
        return read_archived(page)
    try:
        text = text_of(page)
    except Undecodable as error:
        return Reading(PageState.ERROR, reason=str(error))
    host = host_of(page.url).partition(":")[0]
    if FEED_ITEM in page.headers:
        return read_feed_item(page, text)
    if LISTED_ROW in page.headers:
        return read_listed_row(page, text)
    if host == WECHAT_HOST:
        return read_wechat(page, text)
    if SERVICE in page.url:
        return read_submission(page, text)
    site = site_of(host)
    if site is None:
        return read_generic(page, text)
    reading = read_official(site, page, text, own=is_own(site, host))
    if reading is not None:
        return reading
    reading = read_generic(page, text)
    if reading.article is None:
        return reading
    return replace(reading, article=replace(reading.article, account=site.account, official=True))

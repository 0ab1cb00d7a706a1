"""Pages that are none: answers of a wall in front of a site, and pages without a word in them."""

import re

from lxml import etree
from parsel import Selector

from notices.article import Reading
from notices.kinds import PageState
from notices.page import Page
from spiders.blocks import plain_text
from spiders.decode import Undecodable, text_of

IN_FILES_PLACE = "x-in-files-place"  # the header that a page is kept with that answered where a file was asked for

_BLOCKING = {401, 403, 405, 412, 418, 429, 503, 521, 567}
_GONE = {404, 410}
_CHALLENGE = re.compile(
    r"__jsl|document\.cookie|location\.(?:href|reload|replace)|captcha|acw_sc__|\$_ts", re.IGNORECASE
)


def refused(page: Page) -> Reading | None:
    """The state that the answer's status alone decides; None when the page itself has to be read."""
    if page.status in _BLOCKING:
        return Reading(PageState.BLOCKED, reason=f"HTTP {page.status}")
    if page.status in _GONE:
        return Reading(PageState.GONE, reason=f"HTTP {page.status}")
    if page.status >= 400:
        return Reading(PageState.ERROR, reason=f"HTTP {page.status}")
    return None


def without_text(root: etree._Element, text: str) -> Reading | None:
    """`blocked` for a page of scripts that set a cookie or lead elsewhere, `empty` for one without words, else None."""
    if plain_text(root):
        return None
    if _CHALLENGE.search(text):
        return Reading(PageState.BLOCKED, reason="a script instead of a page")
    return Reading(PageState.EMPTY, reason="no word in the page")


def no_file(page: Page) -> Reading | None:
    """What answered where a file was asked for: a wall, an error, a page, nothing; None for a file."""
    if reading := refused(page):
        return reading
    if not page.body:
        return Reading(PageState.EMPTY, reason="no bytes")
    kind = next((value for name, value in page.headers.items() if name.lower() == "content-type"), "")
    named = page.url.lower().partition("?")[0].endswith((".htm", ".html"))
    if "text/html" not in kind.lower() or named or page.body.lstrip()[:1] != b"<":
        return None
    wall = _script(page)
    return wall or Reading(PageState.ERROR, reason="a page in the file's place")  # often a 404 that says 200: no pause


def _script(page: Page) -> Reading | None:
    """The wall that a page is which holds nothing but a script."""
    try:
        text = text_of(page)
    except Undecodable:
        return None
    reading = without_text(Selector(text=text, type="html").root, text) if text.strip() else None
    return reading if reading is not None and reading.state is PageState.BLOCKED else None

"""Pages that are none: answers of a wall in front of a site, and pages without a word in them."""

import re

from lxml import etree

from notices.article import Reading
from notices.kinds import PageState
from notices.page import Page
from spiders.blocks import plain_text

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

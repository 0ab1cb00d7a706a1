"""Pages of sites nobody wrote a parser for."""

import json
import logging
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree
from parsel import Selector

from notices.addresses import parts_of
from notices.article import Article, Reading
from notices.kinds import PageState, Precision
from notices.page import Page
from spiders.archive import is_official
from spiders.blocks import one_line, plain_text
from spiders.files import attachments
from spiders.walls import without_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENOUGH = 80
EDGE = 12
MOST_MORE = 1.2

_MARKS = re.compile(r"^[-|]\s|\|", re.MULTILINE)  # what trafilatura writes for lists and tables
_DATE = re.compile(r"(20\d{2})[-年./](\d{1,2})[-月./](\d{1,2})")


def read_generic(page: Page, text: str) -> Reading:
    """The article of an unknown site: trafilatura's text, else the whole page's, and the reason says which."""
    root = Selector(text=text, type="html").root
    wall = without_text(root, text)
    if wall is not None:
        return wall
    found = _extracted(text, page.url)
    body, reason = found.get("text") or "", "text chosen by trafilatura"
    body = _laid_out(root, body)
    if len(body) < ENOUGH:
        whole = plain_text(root)
        body, reason = (
            (whole, "the whole page's text: no article was found in it") if len(whole) > len(body) else (body, reason)
        )
    if not body:
        return Reading(PageState.EMPTY, reason="no text in the page")
    host = parts_of(page.url).hostname or ""
    article = Article(
        url=page.url,
        title=one_line(page.listed_title or found.get("title") or body)[:200],
        account=one_line(found.get("sitename") or "") or host,
        published_at=page.listed_at or _day(found.get("date") or "") or _shown_day(root),
        precision=Precision.DAY,
        body=body,
        attachments=attachments(root, page.url),
        official=is_official(host),
    )
    return Reading(PageState.ARTICLE, article, reason=reason)


def _extracted(text: str, url: str) -> dict[str, str | None]:
    import trafilatura  # half a second: only pages of unknown sites pay for it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it could not read is said in the reading
    answer = trafilatura.extract(
        text,
        url=url,
        output_format="json",
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    value = json.loads(answer) if answer else {}
    return value if isinstance(value, dict) else {}


def _laid_out(root: etree._Element, body: str) -> str:
    """The extracted text as the page lays it out: trafilatura finds it, but runs paragraphs and cells together.

    It is the smallest element with the text's beginning and end; kept only where that brings little else along.
    """
    squeezed = _squeezed(body)
    head, tail = squeezed[:EDGE], squeezed[-EDGE:]
    element: etree._Element | None = root
    smallest = root
    while element is not None:
        smallest = element
        element = next((child for child in element if _holds(child, head, tail)), None)
    laid_out = plain_text(smallest)
    return laid_out if len(body) <= len(laid_out) + EDGE and len(laid_out) <= len(body) * MOST_MORE else body


def _holds(element: etree._Element, head: str, tail: str) -> bool:
    text = _squeezed("".join(element.itertext())) if isinstance(element.tag, str) else ""
    start = text.find(head)
    return start >= 0 and text.find(tail, start) >= 0


def _squeezed(text: str) -> str:
    return "".join(_MARKS.sub("", text).split())


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text[:10]).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def _shown_day(root: etree._Element) -> datetime | None:
    """The day in the first element that calls itself a time or date; the day's midnight in Asia/Shanghai."""
    for node in root.xpath("//*[contains(@id, 'time') or contains(@class, 'time') or contains(@class, 'date')]"):
        found = _DATE.search("".join(node.itertext())[:100])
        if found:
            return _day("-".join(part.zfill(2) for part in found.groups()))
    return None

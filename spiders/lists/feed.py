"""Feeds of every kind: RSS, Atom and JSON, whoever wrote them."""

import html
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from config.sources import Source
from notices.addresses import joined
from notices.page import Page
from spiders.decode import json_of
from spiders.listing import Ask, LayoutChanged, Listing, Row
from spiders.lists.dates import SHANGHAI, instant_in
from spiders.lists.walls import no_list, text_of_list

WHOLE = 500  # characters of HTML: shorter contents are summaries

_UTF8 = {"content-type": "application/xml; charset=utf-8"}
_TAG = re.compile(r"<[^<>]*>")
_BLOCK = re.compile(r"</p>|<br|</section>|</div>|</li>", re.IGNORECASE)
_CUT = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|阅读(?:全文|原文|更多)|查看全文|继续阅读|read more|continue reading)[\s\W]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FeedReader:
    """A feed's items; those that carry their whole text need no second request."""

    def first(self, source: Source) -> tuple[Ask, ...]:
        """The feeds themselves."""
        return tuple(Ask(url, "feed") for url in source.addresses)

    def read(self, source: Source, ask: Ask, answer: Page) -> Listing:
        """The items that have an address, each once, in the feed's order."""
        text = text_of_list(answer)
        is_json = text.lstrip()[:1] in "{["
        account = source.account or ask.note.get("account", "")
        items = list(_json_items(text, account) if is_json else _xml_items(text, account))
        rows = tuple({row.url: _absolute(row, ask.url) for row in items}.values())
        if not rows and not source.may_be_empty:
            raise no_list(text, "the feed holds no item with an address")
        return Listing(
            rows=rows,
            next_page=_next(text, ask) if is_json else None,
            found={"item": len(rows), "whole text": sum(bool(row.content) for row in rows)},
        )


def _xml_items(text: str, account: str) -> Iterator[Row]:
    import feedparser  # a tenth of a second: only crawls of feeds pay for it

    # As a stream, for it would open an answer that looks like a path or an address; as text of an encoding that is
    # known, for it raises on declarations it cannot read.
    stream = io.BytesIO(text.encode("utf-8"))
    feed = feedparser.parse(stream, response_headers=_UTF8, sanitize_html=False, resolve_relative_uris=False)
    owner = feed.feed.get("title", "")
    for entry in feed.entries:
        url = (entry.get("link") or _permalink(entry)).strip()
        if not url:
            continue
        contents = [part.get("value", "") for part in entry.get("content", ())]
        yield Row(
            url=html.unescape(url),
            title=_text(entry.get("title", "")),
            published_at=_instant(entry.get("published") or entry.get("updated") or ""),
            account=account or _text(entry.get("author", "") or owner),
            content=_whole(max(contents, key=len, default="")) or _whole(entry.get("summary", ""), summary=True),
        )


def _permalink(entry: Any) -> str:
    identifier = str(entry.get("id", ""))
    return identifier if identifier.startswith(("http://", "https://")) else ""


def _json_items(text: str, account: str) -> Iterator[Row]:
    try:
        feed = json_of(text)
    except ValueError:
        raise LayoutChanged("the feed is not valid JSON") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise LayoutChanged("the JSON is no feed: it has no items")
    for entry in feed["items"]:
        url = (entry.get("url") or entry.get("external_url") or entry.get("id")) if isinstance(entry, dict) else None
        if isinstance(url, str) and url.strip().startswith(("http://", "https://", "/")):
            yield Row(
                url=url.strip(),
                title=_text(str(entry.get("title") or "")),
                published_at=_instant(str(entry.get("date_published") or entry.get("date_modified") or "")),
                account=account or _text(_author(entry) or str(feed.get("title") or "")),
                content=_whole(str(entry.get("content_html") or "") or _paragraphs(entry.get("content_text"))),
            )


def _next(text: str, ask: Ask) -> Ask | None:
    """The next part of a JSON feed that comes in parts."""
    address = json_of(text).get("next_url")
    if not isinstance(address, str) or not address:
        return None
    return Ask(joined(ask.url, address), "feed", ask.number + 1, note=ask.note)


def _whole(content: str, *, summary: bool = False) -> str:
    """The content where it is a whole text, empty for a summary: short, cut, or in a summary's place without layout."""
    words = html.unescape(_TAG.sub("", content)).strip()
    if len(content) < WHOLE or _CUT.search(words[-40:]):
        return ""
    if summary and (len(words) < WHOLE or len(_BLOCK.findall(content)) < 3):
        return ""
    return content


def _paragraphs(text: Any) -> str:
    """Plain text as HTML, a paragraph a line."""
    lines = text.splitlines() if isinstance(text, str) else ()
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())


def _absolute(row: Row, base: str) -> Row:
    if row.url.startswith(("http://", "https://")):
        return row
    return Row(joined(base, row.url), row.title, row.published_at, None, row.account, row.content)


def _author(entry: Mapping[str, Any]) -> str:
    authors = entry.get("authors") or [entry.get("author")]
    first = authors[0] if isinstance(authors, list) and authors else None
    return str(first.get("name") or "") if isinstance(first, dict) else ""


def _text(value: str) -> str:
    """A title as people read it: some feeds escape twice, or with backslashes."""
    return " ".join(html.unescape(value).replace("\\n", " ").replace("\\", "").split())


def _instant(value: str) -> datetime | None:
    """A feed's time, in Asia/Shanghai where it names no zone; None for what is none."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(value.strip())
        except (ValueError, TypeError, IndexError):
            continue
        return when if when.tzinfo else when.replace(tzinfo=SHANGHAI)
    return instant_in(value)

"""Feeds: RSS, Atom and JSON, whoever wrote them."""

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class NoFeed(ValueError):
    """The answer is no feed, or one without items."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed; `content` is HTML and empty unless the feed carries the whole text; times are aware."""

    url: str
    title: str
    published_at: datetime | None
    content: str
    account: str


def read_feed(answer: bytes) -> tuple[Item, ...]:
    """The items of a feed that have an address, in its order; raises NoFeed when there are none."""
    stripped = answer.lstrip(b"\xef\xbb\xbf \t\r\n")
    items = tuple(_json_items(stripped) if stripped.startswith(b"{") else _xml_items(answer))
    if not items:
        raise NoFeed("the feed holds no item with an address")
    return items


def _xml_items(answer: bytes) -> Iterator[Item]:
    import feedparser  # a tenth of a second: only crawls of feeds pay for it

    feed = feedparser.parse(answer, sanitize_html=False, resolve_relative_uris=False)
    owner = feed.feed.get("title", "")
    for entry in feed.entries:
        url = entry.get("link", "").strip()
        if not url:
            continue
        contents = [part.get("value", "") for part in entry.get("content", ())]
        account = entry.get("author", "") or owner
        when = _instant(entry.get("published") or entry.get("updated") or "")
        yield Item(
            html.unescape(url), _text(entry.get("title", "")), when, max(contents, key=len, default=""), _text(account)
        )


def _json_items(answer: bytes) -> Iterator[Item]:
    try:
        feed = json.loads(answer)
    except ValueError:
        raise NoFeed("the feed is not valid JSON") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NoFeed("the JSON is no feed: it has no items")
    for entry in feed["items"]:
        url = entry.get("url") or entry.get("external_url") if isinstance(entry, dict) else None
        if isinstance(url, str) and url.strip():
            when = _instant(str(entry.get("date_published") or entry.get("date_modified") or ""))
            account = _author(entry) or str(feed.get("title") or "")
            content = str(entry.get("content_html") or entry.get("content_text") or "")
            yield Item(url.strip(), _text(str(entry.get("title") or "")), when, content, _text(account))


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
    return None

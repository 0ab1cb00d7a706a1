"""JSON Feed 1.1."""

from typing import Any

import orjson

from alerts.feeds.feed import LANGUAGES, Entry, Feed
from alerts.feeds.xml import allowed, instant

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON; its texts are plain text."""
    value = {
        "version": VERSION,
        "title": allowed(feed.title),
        "description": allowed(feed.about),
        "home_page_url": feed.home,
        "language": LANGUAGES[feed.language],
        "items": [_item(one) for one in feed.entries],
    }
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _item(one: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": one.id,
        "title": allowed(one.title),
        "content_text": allowed("\n".join(one.lines)),
        "date_published": instant(one.published_at or one.told_at),
        "date_modified": instant(one.told_at),
        "tags": [allowed(tag) for tag in one.tags],
    }
    return made | ({"url": allowed(one.link)} if one.link else {})

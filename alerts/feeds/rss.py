"""RSS 2.0."""

from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element

from alerts.feeds.feed import LANGUAGES, Entry, Feed
from alerts.feeds.xml import add, document
from notices.schema import SHANGHAI

MINUTES = "15"  # that a reader may keep it


def rss(feed: Feed) -> bytes:
    """The feed as RSS; readers take a description, and some a title, for HTML, so both are escaped as that first."""
    root = Element("rss", {"version": "2.0"})
    channel = add(root, "channel")
    add(channel, "title", escape(feed.title, quote=False))
    add(channel, "link", feed.home)
    add(channel, "description", escape(feed.about, quote=False))
    add(channel, "language", LANGUAGES[feed.language])
    add(channel, "lastBuildDate", format_datetime(feed.updated.astimezone(SHANGHAI)))
    add(channel, "ttl", MINUTES)
    for one in feed.entries:
        _item(add(channel, "item"), one)
    return document(root)


def _item(item: Element, one: Entry) -> None:
    add(item, "title", escape(one.title, quote=False))
    if one.link:
        add(item, "link", one.link)
    add(item, "guid", one.id, isPermaLink="false")
    add(item, "pubDate", format_datetime(one.told_at.astimezone(SHANGHAI)))
    for tag in one.tags:
        add(item, "category", tag)
    add(item, "description", "<br>\n".join(escape(line) for line in one.lines))

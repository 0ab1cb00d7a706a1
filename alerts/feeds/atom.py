"""Atom, RFC 4287."""

from xml.etree.ElementTree import Element

from alerts.feeds.feed import LANGUAGES, Entry, Feed
from alerts.feeds.xml import add, document, instant

NAMESPACE = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(feed: Feed) -> bytes:
    """The feed as Atom; its texts are plain text and say so."""
    root = Element("feed", {"xmlns": NAMESPACE, LANGUAGE: LANGUAGES[feed.language]})
    add(root, "id", feed.id)
    add(root, "title", feed.title, type="text")
    add(root, "subtitle", feed.about, type="text")
    add(root, "updated", instant(feed.updated))
    add(root, "link", href=feed.home, rel="alternate")
    add(add(root, "author"), "name", "policywatch")
    add(root, "generator", "policywatch")
    for one in feed.entries:
        _entry(add(root, "entry"), one)
    return document(root)


def _entry(entry: Element, one: Entry) -> None:
    add(entry, "id", one.id)
    add(entry, "title", one.title, type="text")
    add(entry, "updated", instant(one.told_at))
    if one.published_at is not None:
        add(entry, "published", instant(one.published_at))
    if one.link:
        add(entry, "link", href=one.link, rel="alternate")
    for tag in one.tags:
        add(entry, "category", term=tag)
    add(entry, "content", "\n".join(one.lines), type="text")

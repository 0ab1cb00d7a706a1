"""Which list a saved answer is: one of a source's, by its address, or one whose content says what it is."""

import re
from collections.abc import Iterable
from typing import Any

from config.sources import Source
from notices.identity import host_of, identity
from notices.page import Page
from spiders.decode import Undecodable, json_of, text_of
from spiders.listing import Ask, LayoutChanged
from spiders.lists import reader_of
from spiders.readers import read

_PAGING = re.compile(r"[?&](?:paramJson|p|page|pageno|start|begin_msgid|begin_itemidx|count|f|is_reverse)=[^&]*")


def recognise(page: Page, sources: Iterable[Source]) -> tuple[Source, Ask] | None:
    """The source and the ask that a saved answer belongs to; None for a page that is no list anybody knows."""
    kind, step = _by_content(page)
    known = tuple(sources)
    for alike in (_same, _near):
        for source in known:
            for ask in reader_of(source).first(source):
                if alike(ask.url, page.url) and (alike is _same or _reads(source, ask, page)):
                    return source, Ask(page.url, step if kind == source.kind else ask.step, note=ask.note)
    for source in known:
        if kind == "unit" == source.kind and step == "list" and host_of(source.url) == host_of(page.url):
            return source, Ask(page.url, step, note={"column": source.url})
    if not kind or (step == "shell" and read(page).article is not None):  # articles hold units too, in their margins
        return None
    return Source("saved", kind, page.url), Ask(page.url, step)


def _same(one: str, other: str) -> bool:
    """Whether two addresses are of one list, whichever page of it."""
    return identity(_PAGING.sub("", one)) == identity(_PAGING.sub("", other))


def _near(one: str, other: str) -> bool:
    """Whether two addresses differ only in what is asked for."""
    return identity(one.partition("?")[0]) == identity(other.partition("?")[0])


def _reads(source: Source, ask: Ask, page: Page) -> bool:
    try:
        return bool(reader_of(source).read(source, ask, page).rows)
    except LayoutChanged:
        return False


def _by_content(page: Page) -> tuple[str, str]:
    """The kind of list and the step of its reader that an answer's own marks show; empty for other pages."""
    try:
        text = text_of(page).lstrip()
    except Undecodable:
        return "", ""
    if text.startswith(("{", "[")):
        return _by_json(text)
    head = text[:1000].lower()
    if "<opml" in head:
        return "opml", "opml"
    if re.search(r"<rss|<feed[\s>]|<rdf:rdf", head):
        return "feed", "feed"
    return ("unit", "shell") if re.search(r"<script[^>]*querydata", text, re.IGNORECASE) else ("", "")


def _by_json(text: str) -> tuple[str, str]:
    try:
        value: Any = json_of(text)
    except ValueError:
        return "", ""
    if not isinstance(value, dict):
        return "", ""
    if "getalbum_resp" in value:
        return "album", "album"
    data = value.get("data")
    if isinstance(data, dict) and (isinstance(data.get("html"), str) or value.get("success") is False):
        return "unit", "list"
    return ("feed", "feed") if isinstance(value.get("items"), list) and "version" in value else ("", "")

"""A list that stands in a page, described by selectors: CSS, or XPath where one begins with a slash or a bracket."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from parsel import Selector, SelectorList

from config.sources import Source
from notices.addresses import joined
from notices.page import Page
from spiders.blocks import one_line
from spiders.listing import Ask, Listing, Row
from spiders.lists.dates import instant_in, last_day_in, midnight, period_in
from spiders.lists.titles import title_of
from spiders.lists.walls import no_list, text_of_list

ANCHOR = "self::a | .//a"

_SCRIPT = re.compile(r"(?:javascript:|(?:return\s+)?[\w$.]+\s*\([^)]*\)\s*(?:;|$))")


@dataclass(frozen=True, slots=True)
class PageReader:
    """Rows, and inside each its link, title, date, deadline and account.

    Without its own selector the link is the row's first one, the title is the link's, the dates are those beside it.
    `link_pattern` takes an id out of a link such as an onclick, `link_format` makes an address of it. `next` selects
    the link to the next page, or is an address with {page} in it.
    """

    def first(self, source: Source) -> tuple[Ask, ...]:
        """The list's first page."""
        return tuple(Ask(url) for url in source.addresses)

    def read(self, source: Source, ask: Ask, answer: Page) -> Listing:
        """The rows that have an address and a title; raises LayoutChanged when there are none on the first page."""
        text, chosen = text_of_list(answer), source.selectors
        selector = Selector(text=text, type="html")
        nodes = _select(selector, chosen["row"])
        found: Counter[str] = Counter({name: 0 for name in chosen if name not in ("link_pattern", "link_format")})
        found["row"] = len(nodes)
        rows = {row.url: row for node in nodes if (row := _row(node, chosen, ask.url, found))}
        if not rows and ask.number == 1 and not source.may_be_empty:
            counts = ", ".join(f"{name} {count}" for name, count in found.items())
            raise no_list(text, f"no row of the list was found (selectors found: {counts})")
        next_page = _next(selector, chosen.get("next", ""), ask, found) if rows else None
        return Listing(tuple(rows.values()), next_page=next_page, found=found)


def _row(node: Selector, chosen: Mapping[str, str], base: str, found: Counter[str]) -> Row | None:
    link = _select(node, chosen.get("link", ANCHOR))[:1]
    address = _address(_value(link, "href"), chosen, base)
    named = _select(node, chosen["title"] if "title" in chosen else chosen.get("link", ANCHOR))[:1]
    if "title" not in chosen and named and isinstance(named[0].root, str):  # the link is an attribute
        named = _select(node, ANCHOR)[:1]
    title = title_of(_value(named, "title") or _value(named, ""))
    if not address or not title:
        return None
    published, ends = _dates(node, named, chosen)
    account = one_line(_value(_select(node, chosen["account"])[:1], "")) if "account" in chosen else ""
    for name, value in (("link", address), ("title", title), ("date", published), ("deadline", ends)):
        if name in chosen and value:
            found[name] += 1
    found.update(["account"] if account else [])
    return Row(address, title, published, ends, account)


def _dates(
    node: Selector, named: SelectorList[Selector], chosen: Mapping[str, str]
) -> tuple[datetime | None, date | None]:
    """The row's own time and the last day for comments, from their selectors, else from the words beside the title."""
    beside = one_line(node.xpath("string()").get("")).replace(one_line(_value(named, "")), " ")
    day, ends = period_in(beside)
    published = midnight(day)
    if "date" in chosen:
        published = instant_in(_value(_select(node, chosen["date"])[:1], ""))
    if "deadline" in chosen:
        ends = last_day_in(_value(_select(node, chosen["deadline"])[:1], ""))
    return published, ends


def _address(href: str, chosen: Mapping[str, str], base: str) -> str:
    """The address a link leads to, empty for a link that is none, such as a script that `link_pattern` does not fit."""
    pattern = chosen.get("link_pattern")
    found = re.search(pattern, href) if pattern else None
    if found:
        href = chosen.get("link_format", "{}").replace("{}", found[1])
    href = href.strip()
    if not href or href.startswith(("#", "mailto:")) or _SCRIPT.match(href):
        return ""
    return joined(base, href)


def _next(selector: Selector, chosen: str, ask: Ask, found: Counter[str]) -> Ask | None:
    if "{page}" in chosen:
        return Ask(joined(ask.url, chosen.replace("{page}", str(ask.number + 1))), number=ask.number + 1)
    address = _address(_value(_select(selector, chosen)[:1], "href"), {}, ask.url) if chosen else ""
    if not address or address == ask.url:
        return None
    found["next"] = 1
    return Ask(address, number=ask.number + 1)


def _select(node: Selector, chosen: str) -> SelectorList[Selector]:
    return node.xpath(chosen) if chosen.startswith(("/", "./", "(", "self::")) else node.css(chosen)


def _value(nodes: SelectorList[Selector], attribute: str) -> str:
    """The text of what was selected: of an element its attribute if one is asked for and there, else its words."""
    if not nodes:
        return ""
    root = nodes[0].root
    if isinstance(root, str):
        return str(root)
    if attribute:
        return str(root.get(attribute) or "")
    return "".join(root.itertext())

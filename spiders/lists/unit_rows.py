"""The rows in a unit's HTML, in the shapes that its sites give them."""

from datetime import date

from lxml import etree
from parsel import Selector

from notices.addresses import joined, parts_of
from notices.identity import host_of
from spiders.blocks import one_line
from spiders.listing import Row
from spiders.lists.dates import last_day, midnight, period_in

_ITEMS = ("li", "tr", "dl")


def rows_of(selector: Selector, base: str) -> tuple[Row, ...]:
    """The rows of a list, each address once: links with a title and a day beside them; without days, titled items."""
    links = [link.root for link in selector.xpath("//a[@href]")]
    found = [row for link in links if (row := _row(link, base)) and (row.published_at or row.ends_on)]
    if not found:
        items = (link for link in links if link.get("title") and next(link.iterancestors("li"), None) is not None)
        found = [row for link in items if (row := _row(link, base))]
    rows: dict[str, Row] = {}
    for row in found:
        rows.setdefault(row.url, row)
    return tuple(rows.values())


def _row(link: etree._Element, base: str) -> Row | None:
    """The row a link stands in, None for links without a title or an address."""
    href = (link.get("href") or "").strip()
    title = _title(link)
    if not title or not href or href.startswith(("#", "javascript:")):
        return None
    item = next(link.iterancestors(*_ITEMS), None)
    if item is None:
        item = link.getparent()
    published, ends = _dates(item, link) if item is not None else (None, None)
    try:
        return Row(_address(base, href), title, midnight(published), ends)
    except ValueError:  # a link such as http://[
        return None


def _title(link: etree._Element) -> str:
    """The full title: the attribute, where the text that is seen is cut; never the dates that stand inside the link."""
    if given := one_line(link.get("title") or ""):
        return given
    named = next((node for node in link.iter() if "title" in _class(node)), None)
    parts = (link if named is None else named).itertext()
    return one_line("".join(parts))


def _address(base: str, href: str) -> str:
    """The row's address under the column's scheme where it is on the column's own host."""
    url = joined(base, href)
    if host_of(url) == host_of(base):
        parts = parts_of(url)
        return parts_of(base)._replace(path=parts.path, query=parts.query, fragment="").geturl()
    return url


def _dates(item: etree._Element, link: etree._Element) -> tuple[date | None, date | None]:
    """When a row was published and when its comment period ends."""
    hidden = "".join(next((node.itertext() for node in item.iter() if "endtime" in _class(node)), ())).strip()
    beside = " ".join(
        "".join(node.itertext())
        for node in item.iter("span", "div", "td", "dd", "em", "i", "font", "time", "p")
        if "endtime" not in _class(node) and not _holds(node, link) and "title" not in _class(node)
    )
    published, ends = period_in(beside)
    if hidden.isdecimal() and len(hidden) == 13:
        ends = last_day(int(hidden))
    return published, ends


def _holds(node: etree._Element, link: etree._Element) -> bool:
    """Whether an element is around the link: its words are the title's."""
    return any(parent is node for parent in link.iterancestors())


def _class(node: etree._Element) -> str:
    return node.get("class") or "" if isinstance(node.tag, str) else ""

"""Lists of sites whose column pages are shells: the request to their unit address, and the rows it answers with."""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

from lxml import etree
from parsel import Selector

from spiders.blocks import one_line

SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGE_SIZE = 24

_DATE = re.compile(r"(20\d{2})[-./年](\d{1,2})[-./月](\d{1,2})")
_PERIOD = re.compile(rf"{_DATE.pattern}日?\s*(?:至|到|—|–|~)\s*{_DATE.pattern}")
_LIST_TAGS = ("列表", "_list", "右侧内容", "内容")


class LayoutChanged(ValueError):
    """A list answered with something that holds no rows: the site changed, refused, or the request is wrong."""


@dataclass(frozen=True, slots=True)
class Request:
    """A list's address with the parameters its shell names."""

    url: str
    parameters: Mapping[str, str]

    def page(self, number: int, size: int) -> str:
        """The address of a page of the list, counted from 1; the first takes no page parameter."""
        paging = (
            {}
            if number == 1
            else {"paramJson": json.dumps({"pageNo": number, "pageSize": size}, separators=(",", ":"))}
        )
        return f"{self.url}?{urlencode({**self.parameters, **paging})}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an official list; `ends_on` is the last day for comments that the list itself names."""

    url: str
    title: str
    published_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of a list; `pages` is how many there are, 0 when the list does not say."""

    rows: tuple[Row, ...]
    pages: int
    size: int


def list_request(shell: str, base: str) -> Request:
    """The list's request, read from a column's shell; raises LayoutChanged when the shell names none."""
    found: list[tuple[int, Request]] = []
    for script in Selector(text=shell, type="html").xpath("//script"):
        attributes = {name.lower(): value for name, value in script.attrib.items()}
        parameters = _parameters(attributes.get("querydata", ""))
        if parameters.get("pageId") or parameters.get("tagId"):
            url = urljoin(base, attributes.get("url") or "/api-gateway/jpaas-publish-server/front/page/build/unit")
            found.append((_likeness(parameters.get("tagId", "")), Request(url, parameters)))
    if not found:
        raise LayoutChanged("the column's shell names no unit request (script[querydata])")
    return max(found, key=lambda pair: pair[0])[1]


def list_rows(answer: bytes, base: str) -> Rows:
    """The rows of a unit's JSON answer; raises LayoutChanged when it failed or holds none."""
    selector = Selector(text=_fragment(answer), type="html")
    rows: dict[str, Row] = {}
    for link in selector.xpath("//a[@href]"):
        row = _row(link.root, base)
        if row is not None:
            rows.setdefault(row.url, row)
    if not rows:
        raise LayoutChanged("the list answered without rows")
    return Rows(tuple(rows.values()), *_paging(selector))


def _fragment(answer: bytes) -> str:
    try:
        value = json.loads(answer)
    except ValueError:
        raise LayoutChanged("the list's answer is not JSON") from None
    data = value.get("data") if isinstance(value, dict) else None
    fragment = data.get("html") if isinstance(data, dict) else None
    if not isinstance(value, dict) or value.get("success") is not True:
        raise LayoutChanged("the list answered success: false (a wrong tagId or page id does that)")
    if not isinstance(fragment, str) or not fragment.strip():
        raise LayoutChanged("the list answered success with empty html")
    return fragment


def _row(link: etree._Element, base: str) -> Row | None:
    """The row a link stands in, None for links that are no row: without a title, without a date beside them."""
    href = (link.get("href") or "").strip()
    title = one_line(link.get("title") or "".join(link.itertext()))
    if not title or not href or href.startswith(("#", "javascript:")):
        return None
    item = next((node for node in link.iterancestors("li", "tr", "dl")), link.getparent())
    if item is None:
        return None
    published, ends = _dates(item)
    try:
        return Row(urljoin(base, href), title, published, ends) if published or ends else None
    except ValueError:  # a link such as http://[
        return None


def _dates(item: etree._Element) -> tuple[date | None, date | None]:
    """When a row was published and when its comment period ends."""
    hidden = "".join(next((node.itertext() for node in item.iter() if "endtime" in _class(node)), ())).strip()
    beside = " ".join(
        "".join(node.itertext())
        for node in item.iter()
        if node.tag in {"span", "div", "td"} and "endtime" not in _class(node)
    )
    period = _PERIOD.search(beside)
    if period:
        return _day(*period.groups()[:3]), _day(*period.groups()[3:])
    found = _DATE.search(beside)
    named = _day(*found.groups()) if found else None
    if found and "截止" in beside[: found.start()][-10:]:
        return None, named
    return named, last_day(int(hidden)) if hidden.isdecimal() and len(hidden) == 13 else None


def last_day(endtime: int) -> date:
    """The last day of a period whose end a list gives in milliseconds: it names the midnight after that day."""
    return (
        (datetime.fromtimestamp(endtime / 1000, timezone.utc) - timedelta(milliseconds=1)).astimezone(SHANGHAI).date()
    )


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _class(node: etree._Element) -> str:
    return node.get("class") or "" if isinstance(node.tag, str) else ""


def _paging(selector: Selector) -> tuple[int, int]:
    """How many pages a list has (0: it does not say) and how many rows one holds."""
    bar = selector.xpath("//*[@rows and @count]")
    rows, count = (bar.attrib.get("rows", ""), bar.attrib.get("count", "")) if bar else ("", "")
    if not rows.isdecimal() or not count.isdecimal() or int(rows) == 0:
        return 0, PAGE_SIZE
    return -(-int(count) // int(rows)), int(rows)


def _parameters(text: str) -> dict[str, str]:
    """A shell's single-quoted JSON; empty for anything else."""
    try:
        value: Any = ast.literal_eval(text.strip()) if text.strip().startswith("{") else {}
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {}
    return {str(name): str(content) for name, content in value.items()} if isinstance(value, dict) else {}


def _likeness(tag: str) -> int:
    """How much a unit's name looks like the column's list among navigation and footer."""
    return sum(word in tag for word in _LIST_TAGS)

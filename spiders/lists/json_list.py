"""Lists that a site delivers as JSON, described by paths: a search address, an announcement's list, gov.cn's files."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlunsplit

from config.sources import Source
from notices.addresses import joined, parts_of
from notices.page import Page
from spiders.decode import json_of
from spiders.listing import Ask, LayoutChanged, Listing, Row
from spiders.lists.dates import SHANGHAI, instant_in
from spiders.lists.titles import title_of
from spiders.lists.walls import no_list, text_of_list

_MISSING = object()


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Rows and their parts by dotted paths such as `data.list` and `groupData.0.data.url`.

    `page` and `size` name the query parameters that count pages and say how many rows one holds; `total` is the path of
    the number of all rows.
    """

    def first(self, source: Source) -> tuple[Ask, ...]:
        """The first page of each list."""
        return tuple(Ask(url) for url in source.addresses)

    def read(self, source: Source, ask: Ask, answer: Page) -> Listing:
        """The rows that have an address and a title; raises LayoutChanged when the path of rows leads nowhere."""
        value, paths = _value(answer), source.selectors
        entries = _at(value, paths.get("rows", ""))
        if not isinstance(entries, list):
            raise LayoutChanged(f"no list at {paths.get('rows') or 'the top'} of the JSON")
        found: Counter[str] = Counter({name: 0 for name in paths if name not in ("page", "size", "total")})
        found["rows"] = len(entries)
        rows = {row.url: row for entry in entries if (row := _row(entry, paths, ask.url, found))}
        if not rows and ask.number == 1 and not source.may_be_empty:
            raise LayoutChanged(f"{len(entries)} rows in the JSON, none with {paths['link']} and {paths['title']}")
        more = bool(rows) and "page" in paths and _has_more(value, paths, ask, len(entries))
        return Listing(tuple(rows.values()), next_page=_next(paths, ask) if more else None, found=found)


def _value(answer: Page) -> Any:
    text = text_of_list(answer)
    try:
        return json_of(text)
    except ValueError:
        raise no_list(text, "the list's answer is not JSON") from None


def _row(entry: Any, paths: Mapping[str, str], base: str, found: Counter[str]) -> Row | None:
    parts = {name: _text(_at(entry, paths[name])) for name in found if name in paths and name != "rows"}
    found.update(name for name, text in parts.items() if text)
    title = title_of(parts.get("title", ""))
    if not parts.get("link") or not title:
        return None
    deadline = instant_in(parts.get("deadline", ""))
    return Row(
        url=joined(base, parts["link"]),
        title=title,
        published_at=instant_in(parts.get("date", "")),
        ends_on=deadline.astimezone(SHANGHAI).date() if deadline else None,
        account=parts.get("account", ""),
    )


def _at(value: Any, path: str) -> Any:
    """What stands at a dotted path; numbers count in lists, an object in a list's place is its only element."""
    for part in path.split(".") if path else ():
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part, value if part == "0" else _MISSING)
        else:
            return None
    return None if value is _MISSING else value


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _has_more(value: Any, paths: Mapping[str, str], ask: Ask, rows: int) -> bool:
    total = _text(_at(value, paths["total"])) if "total" in paths else ""
    given = dict(parse_qsl(parts_of(ask.url).query)).get(paths.get("size", ""), "")
    size = int(given) if given.isdecimal() else rows
    return not total.isdecimal() or ask.number * size < int(total)


def _next(paths: Mapping[str, str], ask: Ask) -> Ask:
    parts = parts_of(ask.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    given = query.get(paths["page"], "")
    query[paths["page"]] = str((int(given) if given.isdecimal() else ask.number) + 1)
    return Ask(urlunsplit(parts._replace(query=urlencode(query))), number=ask.number + 1)

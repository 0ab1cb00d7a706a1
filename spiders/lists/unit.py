"""Columns whose pages are shells: MIIT, SAMR, MOHURD and other sites of the same system.

The shell names a request to the site's unit address; that answers with JSON that holds the rows as HTML.
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlunsplit

from parsel import Selector

from config.sources import Source
from notices.addresses import joined, parts_of
from notices.page import Page
from spiders.decode import json_of
from spiders.listing import Ask, LayoutChanged, Listing
from spiders.lists.unit_rows import rows_of
from spiders.lists.walls import no_list, text_of_list

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"

_ROWS = re.compile(r"\brows\W{1,4}(\d{1,4})")
_COUNT = re.compile(r"\bcount\W{1,4}(\d{1,9})")
_PARAMETER = re.compile(r"""['"](\w+)['"]\s*:\s*(?:['"]([^'"]*)['"]|([\w.-]+))""")
_LIST_TAGS = ("列表", "_list", "右侧内容", "内容")


@dataclass(frozen=True, slots=True)
class UnitReader:
    """Shell, then the unit address page by page; a source may also name the unit address itself."""

    def first(self, source: Source) -> tuple[Ask, ...]:
        """The shell of each column, or its unit address."""
        return tuple(Ask(url, "list" if _is_unit(url) else "shell") for url in source.addresses)

    def read(self, source: Source, ask: Ask, answer: Page) -> Listing:
        """A shell gives the list's request, a list its rows and its next page."""
        text = text_of_list(answer)
        return _shell(source, ask, text) if ask.step == "shell" else _list(source, ask, text)


def _is_unit(url: str) -> bool:
    return parts_of(url).path.endswith("/page/build/unit")


def _shell(source: Source, ask: Ask, text: str) -> Listing:
    """The list's request, as the shell names it today; the source's fallback where it names none."""
    found: list[tuple[int, str]] = []
    for script in Selector(text=text, type="html").xpath("//script"):
        attributes = {name.lower(): value for name, value in script.root.items()}  # `attrib` raises on odd names
        parameters = _parameters(attributes.get("querydata", ""))
        if parameters.get("pageId") or parameters.get("tagId"):
            url = joined(ask.url, attributes.get("url") or UNIT)
            found.append((_likeness(parameters.get("tagId", "")), f"{url}?{urlencode(parameters)}"))
    if not found and not source.fallback:
        raise no_list(text, "the column's shell names no unit request (script[querydata])")
    address = max(found, key=lambda pair: pair[0])[1] if found else source.fallback
    return Listing(
        asks=(Ask(address, note={"column": ask.url}),),
        found={"script[querydata]": len(found), "fallback": int(not found)},
    )


def _list(source: Source, ask: Ask, text: str) -> Listing:
    selector = Selector(text=_fragment(text, empty=source.may_be_empty), type="html")
    rows = rows_of(selector, ask.note.get("column", ask.url))
    if not rows and ask.number == 1 and not source.may_be_empty:
        raise LayoutChanged("the list answered without rows")
    pages, size = _paging(selector, len(rows))
    more = bool(rows) and (pages == 0 or ask.number < pages)
    return Listing(
        rows=rows,
        next_page=Ask(_page(ask.url, ask.number + 1, size), number=ask.number + 1, note=ask.note) if more else None,
        found={"row": len(rows), "deadline": sum(row.ends_on is not None for row in rows), "pages": pages},
    )


def _fragment(text: str, *, empty: bool) -> str:
    try:
        value = json_of(text)
    except ValueError:
        raise no_list(text, "the list's answer is not JSON") from None
    data = value.get("data") if isinstance(value, dict) else None
    fragment = data.get("html") if isinstance(data, dict) else None
    if not isinstance(value, dict) or value.get("success") is not True:
        raise LayoutChanged("the list answered success: false (a wrong tagId or page id does that)")
    if empty and not fragment:
        return "<ul></ul>"
    if not isinstance(fragment, str) or not fragment.strip():
        raise LayoutChanged("the list answered success with empty html")
    return fragment


def _page(url: str, number: int, size: int) -> str:
    """The address of a page of the list; the first takes no page parameter, so it is only added."""
    parts = parts_of(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paramJson"]
    paging = json.dumps({"pageNo": number, "pageSize": size}, separators=(",", ":"))
    return urlunsplit(parts._replace(query=urlencode([*kept, ("paramJson", paging)])))


def _paging(selector: Selector, seen: int) -> tuple[int, int]:
    """How many pages a list has (0: it does not say) and how many rows one holds: as many as were seen, by default."""
    bar = selector.xpath("//*[@rows and @count]")
    rows, count = (bar[0].root.get("rows", ""), bar[0].root.get("count", "")) if bar else _in_script(selector)
    if not rows.isdecimal() or not count.isdecimal() or int(rows) == 0:
        return 0, seen
    return -(-int(count) // int(rows)), int(rows)


def _in_script(selector: Selector) -> tuple[str, str]:
    """Rows and count where a script draws the bar: `{rows: "20", count: "585", pageNo: "1"}`."""
    script = " ".join(selector.xpath("//script/text()").getall())
    rows, count = _ROWS.search(script), _COUNT.search(script)
    return rows[1] if rows else "", count[1] if count else ""


def _parameters(text: str) -> dict[str, str]:
    """What a shell's JSON holds, whichever quotes it is written with."""
    return {name: quoted or bare for name, quoted, bare in _PARAMETER.findall(text)}


def _likeness(tag: str) -> int:
    """How much a unit's name looks like the column's list among navigation and footer."""
    return sum(word in tag for word in _LIST_TAGS)

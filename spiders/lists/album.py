"""Public albums (合集) of a WeChat account, which WeChat delivers as JSON to anybody."""

import html
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlunsplit

from config.sources import Source
from notices.addresses import parts_of
from notices.page import Page
from spiders.decode import json_of
from spiders.listing import Ask, LayoutChanged, Listing, Row
from spiders.lists.dates import instant_in
from spiders.lists.titles import title_of
from spiders.lists.walls import no_list, text_of_list

COUNT = 20


@dataclass(frozen=True, slots=True)
class AlbumReader:
    """An album, newest article first: an album kept the other way round is asked for in reverse."""

    def first(self, source: Source) -> tuple[Ask, ...]:
        """The album's JSON, from the address of the album that a browser shows."""
        return tuple(_ask(url, {"is_reverse": "0"}, 1) for url in source.addresses)

    def read(self, source: Source, ask: Ask, answer: Page) -> Listing:
        """The articles and the next page; raises LayoutChanged when the album was refused or is empty."""
        album = _album(answer)
        info = album.get("base_info") if isinstance(album.get("base_info"), dict) else {}
        account = source.account or str((info or {}).get("nickname") or "").strip()
        entries = [entry for entry in _list(album.get("article_list")) if isinstance(entry, dict)]
        rows = tuple({row.url: row for entry in entries if (row := _row(entry, account))}.values())
        if not rows and ask.number == 1 and not source.may_be_empty:
            raise LayoutChanged("the album holds no article: it was deleted or the address is not an album's")
        more = str(album.get("continue_flag", "0")) == "1" and bool(entries)
        found = {"article": len(rows), "in the album": _number((info or {}).get("article_count"))}
        if ask.number == 1 and more and _oldest_first(rows) and ask.note.get("is_reverse") == "0":
            return Listing(rows, asks=(_ask(ask.url, {"is_reverse": "1"}, 1),), found=found)
        last = entries[-1] if entries else {}
        begin = {"begin_msgid": str(last.get("msgid", "")), "begin_itemidx": str(last.get("itemidx", ""))}
        return Listing(rows, next_page=_ask(ask.url, begin, ask.number + 1) if more else None, found=found)


def _ask(url: str, changes: dict[str, str], number: int) -> Ask:
    parts = parts_of(url)
    query = dict(parse_qsl(html.unescape(parts.query), keep_blank_values=True))
    query |= {"action": "getalbum", "count": str(COUNT), "f": "json", **changes}
    address = urlunsplit(parts._replace(query=urlencode(query), fragment=""))
    return Ask(address, "album", number, note={"is_reverse": query.get("is_reverse", "0")})


def _album(answer: Page) -> dict[str, Any]:
    text = text_of_list(answer)
    try:
        value = json_of(text)
    except ValueError:
        raise no_list(text, "the album's answer is not JSON") from None
    base = value.get("base_resp") if isinstance(value, dict) else None
    refused = base.get("ret") if isinstance(base, dict) else None
    if refused not in (None, 0, "0"):
        raise LayoutChanged(f"the album was refused (ret {refused})")
    album = value.get("getalbum_resp") if isinstance(value, dict) else None
    if not isinstance(album, dict):
        raise LayoutChanged("the answer holds no getalbum_resp")
    return album


def _list(value: Any) -> list[Any]:
    """The entries; one alone comes as an object instead of a list."""
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _row(entry: dict[str, Any], account: str) -> Row | None:
    url = html.unescape(str(entry.get("url") or "")).strip().replace("http://", "https://", 1)
    title = title_of(html.unescape(str(entry.get("title") or "")))
    if not url.startswith("https://"):
        return None
    return Row(url, title, instant_in(str(entry.get("create_time") or "")), account=account)


def _oldest_first(rows: tuple[Row, ...]) -> bool:
    times = [row.published_at for row in rows if row.published_at]
    return len(times) > 1 and times[0] < times[-1]


def _number(value: Any) -> int:
    return int(value) if isinstance(value, str | int) and str(value).isdecimal() else 0

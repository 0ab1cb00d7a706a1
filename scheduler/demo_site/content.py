"""The sample site's pages, made from its texts for the day it starts on."""

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import yaml

from notices.addresses import parts_of
from scheduler.demo_site.word import document

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROWS = 5  # of a page of the column's list, so that it has more than one
COLUMN = "/gzcy/yjzj/index.html"
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
FEED = "/feed.xml"

_PLACE = re.compile(r"\{(date|iso|year)([+-]\d+)?\}")
_ROW = re.compile(r"^\|(.*)\|$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answers at one address."""

    body: bytes
    kind: str = "text/html; charset=utf-8"


class Content:
    """Every page of the sample site, its dates counted from `today`."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.official = [self._dated(entry) for entry in _texts("official.yaml")]
        self.posts = [self._dated(entry) for entry in _texts("reposts.yaml")]
        self.by_key = {entry["key"]: entry for entry in self.official}

    def answer(self, address: str) -> Answer | None:
        """The answer to a path with its query; None where the site has no such page."""
        parts = parts_of(address)
        query = parse_qs(parts.query)
        if parts.path == "/robots.txt":
            return Answer(b"User-agent: *\nDisallow: /private/\n", "text/plain")
        if parts.path == COLUMN:
            return Answer(_template("shell.html", {}))
        if parts.path == UNIT:
            return self._list(query)
        if parts.path == FEED:
            return Answer(self._feed().encode(), "application/rss+xml; charset=utf-8")
        if parts.path == "/s":
            return self._post((query.get("mid") or [""])[0], "chksm" in query)
        return self._file(parts.path) or self._article(parts.path)

    def _list(self, query: Mapping[str, list[str]]) -> Answer:
        if query.get("pageId") != ["yjzj"]:
            return Answer(b'{"success":false,"data":{}}', "application/json")
        number = int(json.loads(query.get("paramJson", ['{"pageNo":1}'])[0])["pageNo"])
        rows = self.official[(number - 1) * ROWS : number * ROWS]
        items = "".join(map(self._row, rows))
        bar = f'<div class="pagination" rows="{ROWS}" count="{len(self.official)}" pageno="{number}"></div>'
        fragment = f'<div class="clist_con"><ul>{items}</ul>{bar}</div>' if rows else ""
        answer = {"code": "200", "success": True, "data": {"html": fragment}, "message": ""}
        return Answer(json.dumps(answer, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _row(self, entry: Mapping[str, Any]) -> str:
        title = html.escape(entry["title"])
        end = datetime.combine(self._day(entry["ends"] + 1), time(), SHANGHAI) if "ends" in entry else None
        hidden = (
            f'<span class="endtime" style="display:none !important;">{int(end.timestamp())}000</span>' if end else ""
        )
        shown = f'<a href="{_path(entry)}" target="_blank" title="{title}"><i></i>{title[:20]}...</a>'
        return f'<li><span class="fr">{self._day(entry["published"])}</span>{shown}{hidden}</li>'

    def _article(self, path: str) -> Answer | None:
        entry = next((entry for entry in self.official if _path(entry) == path), None)
        if entry is None:
            return None
        link = f'<a href="{_path(entry).replace(".html", ".docx")}">{entry.get("file", "")}</a>'
        body = _paragraphs(entry["paragraphs"]).replace("{file}", link)
        day = self._day(entry["published"])
        return Answer(_template("article.html", {**entry, "body": body, "iso": day.isoformat()}))

    def _file(self, path: str) -> Answer | None:
        entry = next(
            (one for one in self.official if "file" in one and _path(one).replace(".html", ".docx") == path), None
        )
        return Answer(document([entry["file"], *entry["paragraphs"][:-2]]), "application/msword") if entry else None

    def _post(self, mid: str, whole: bool) -> Answer | None:
        entry = next((entry for entry in self.posts if entry["mid"] == mid), None)
        if entry is None:
            return None
        state = entry.get("state", "") if whole else "blocked"
        if state in {"deleted", "blocked"}:
            return Answer(_template(f"{state}.html", {}))
        origin = _template("origin.html", {"origin": entry["origin"]}).decode() if "origin" in entry else ""
        seconds = int(datetime.combine(self._day(entry["published"]), time(7, 45), SHANGHAI).timestamp())
        values = {**entry, "sn": _digest(mid), "seconds": seconds, "copyright": 2 if origin else 0}
        return Answer(_template("post.html", {**values, "body": _spans(self._words(entry)), "origin": origin}))

    def _words(self, entry: Mapping[str, Any]) -> list[str]:
        if "of" not in entry:
            return list(entry["paragraphs"])
        original = self.by_key[entry["of"]]["paragraphs"]
        kept = [text for place, text in enumerate(original) if place not in entry.get("without", ())]
        return [*entry.get("before", ()), *kept, *entry.get("after", ())]

    def _feed(self) -> str:
        items = "".join(map(self._item, self.posts))
        head = "<title>示例公众号合集</title><link>https://mp.weixin.qq.com/</link><description>虚构</description>"
        return f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>{head}{items}</channel></rss>'

    def _item(self, entry: Mapping[str, Any]) -> str:
        when = datetime.combine(self._day(entry["published"]), time(7, 45), SHANGHAI)
        parts = {
            "title": entry["title"],
            "link": _long_link(entry),
            "author": entry["account"],
            "pubDate": when.strftime("%a, %d %b %Y %H:%M:%S +0800"),
        }
        return "<item>" + "".join(f"<{tag}>{html.escape(text)}</{tag}>" for tag, text in parts.items()) + "</item>"

    def _day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def _dated(self, entry: dict[str, Any]) -> dict[str, Any]:
        """An entry with its dates filled in."""
        dated: dict[str, Any] = json.loads(_PLACE.sub(self._place, json.dumps(entry, ensure_ascii=False)))
        return dated

    def _place(self, match: re.Match[str]) -> str:
        day = self._day(int(match[2] or 0))
        written = {"date": f"{day.year}年{day.month}月{day.day}日", "iso": day.isoformat(), "year": str(day.year)}
        return written[match[1]]


def _texts(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return entries


def _template(name: str, values: Mapping[str, Any]) -> bytes:
    text = files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
    return Template(text).substitute(values).encode()


def _path(entry: Mapping[str, Any]) -> str:
    return f"/gzcy/yjzj/art/demo/art_{_digest(entry['key'])}.html"


def _long_link(entry: Mapping[str, Any]) -> str:
    mark = "" if entry.get("state") == "bare" else f"&chksm={_digest(entry['mid'] + 'c')}"
    return (
        f"https://mp.weixin.qq.com/s?__biz={entry['biz']}&mid={entry['mid']}&idx=1&sn={_digest(entry['mid'])}{mark}#rd"
    )


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _paragraphs(texts: Iterable[str]) -> str:
    """Paragraphs as HTML; lines written `| a | b |` become the rows of a table."""
    written = "".join(_table_row(row[1]) if (row := _ROW.match(text)) else f"<p>{text}</p>" for text in texts)
    return re.sub(r"(?:<tr>.*?</tr>)+", lambda rows: f"<table><tbody>{rows[0]}</tbody></table>", written)


def _table_row(row: str) -> str:
    return "<tr>" + "".join(f"<td><p>{cell.strip()}</p></td>" for cell in row.split("|")) + "</tr>"


def _spans(texts: Iterable[str]) -> str:
    """Paragraphs as WeChat's editor writes them: each word run in a span of its own, pictures between."""
    halves = ((text[: len(text) // 2], text[len(text) // 2 :]) for text in texts if text != "附件：{file}")
    lines = (f"<section><p><span>{one}</span><span><strong>{two}</strong></span></p></section>" for one, two in halves)
    return '<p><img data-src="https://mmbiz.qpic.cn/demo/0" class="rich_pages"></p>' + "".join(lines)

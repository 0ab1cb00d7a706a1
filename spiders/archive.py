"""Archived pages: Markdown with front matter, written by somebody's crawler."""

import codecs
import re
from datetime import date, datetime, time
from typing import NamedTuple
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from notices.addresses import parts_of
from notices.article import Article, Reading
from notices.identity import WECHAT_HOST, host_of
from notices.kinds import Markup, PageState, Precision
from notices.page import Page
from spiders.frame import IMAGE, Frame, squeezed, take_apart
from spiders.shells import challenge, moved_to, tombstone, visible

LONGEST = 8_000_000  # bytes read of one page: the longest law has 300,000, beyond is a dump that would stall the rest
OFFICIAL_HOSTS = ("gov.cn", "tc260.org.cn", "sacinfo.org.cn", "cert.org.cn", "cnvd.org.cn")
CUT_AT = 8000  # characters after which archives cut a body and write "..."

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_KEYS = ("title", "url", "source", "date", "fetch_date")
_FIELD = re.compile(r"(title|url|source|date|fetch_date):(?:[ \t]+(.*))?$")
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^# +(\S.*)$", re.MULTILINE)
_DATE = re.compile(r"(?<!\d)(199\d|20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_ORIGINAL = re.compile(
    r"\[[^\[\]\n]{0,20}原文(?:链接|地址|网址|出处)?[^\[\]\n]{0,6}\]\(<?(https?://[^)\s>]{4,2000})>?\)"
    r"|原文(?:链接|地址|网址)[：:]?[*\s]{0,8}(?:\[[^\[\]\n]{0,300}\]\()?<?(https?://[^)\s>\]]{4,2000})"
)
_OUTLET = re.compile(r"\s*[–—|｜].*|\s+-\s.*|-(?=[^\x00-\x7f]{4}).*|[,，].*", re.DOTALL)


class FrontMatter(NamedTuple):
    """An archived file taken apart; a key the file does not have is empty, `note` says what had to be repaired."""

    title: str
    url: str
    source: str
    date: str
    body: str
    note: str


def front_matter(data: bytes) -> FrontMatter | None:
    """The known keys and the body of an archived file, None when it does not begin with front matter.

    The keys are read line by line: titles hold colons, quotes, brackets and `---`, so this is no YAML.
    """
    text, note = _text(data)
    if not text.startswith("---"):
        return None
    fences = _FENCE.finditer(text)
    opening, closing = next(fences, None), next(fences, None)
    if opening is None or opening.start() or closing is None:
        return None
    found = dict.fromkeys(_KEYS, "")
    key = ""
    for line in text[opening.end() + 1 : closing.start()].split("\n"):
        if field := _FIELD.match(line.rstrip()):
            key = field[1]
            found[key] = (field[2] or "").strip()
        elif key and line.startswith((" ", "\t")):
            found[key] += " " + line.strip()
    body = text[closing.end() + 1 :]
    title = _unquoted(found["title"], body) or _heading(body)
    return FrontMatter(title, _unquoted(found["url"], ""), _unquoted(found["source"], ""), found["date"], body, note)


def _heading(body: str) -> str:
    found = _HEADING.search(body, 0, CUT_AT)
    return found[1].strip() if found else ""


def read_archived(page: Page) -> Reading:
    """What an archived file holds; a file without front matter or address is an error, a tombstone its own state."""
    front = front_matter(page.body)
    if front is None:
        return Reading(PageState.ERROR, reason="no front matter between two lines ---")
    host = host_of(front.url)
    if not host:
        return Reading(PageState.ERROR, reason="front matter without an address (url)")
    reading = _wechat(front) if host == WECHAT_HOST else _web(front)
    if front.note:
        return Reading(reading.state, reading.article, reading.moved_to, f"{reading.reason}; {front.note}")
    return reading


def _wechat(front: FrontMatter) -> Reading:
    frame = take_apart(front.body, front.title, front.source)
    lines = _without_title(visible(frame.body), front.title)
    if not frame.framed:
        if shell := tombstone(lines):
            return Reading(shell.state, moved_to=_target(shell.state, frame.body), reason=shell.reason)
        if not lines:
            return Reading(PageState.EMPTY, reason="only WeChat's interface around no text")
    elif frame.picture:
        article = _article(front, frame) if lines else None
        return Reading(PageState.IMAGE, article, reason="a picture post" + ("" if lines else " without a caption"))
    elif not lines and "](http" not in IMAGE.sub("", frame.body):
        pictures = "![" in frame.body
        return Reading(PageState.IMAGE if pictures else PageState.EMPTY, reason="a frame without a word of text")
    return Reading(PageState.ARTICLE, _article(front, frame), reason="text" if lines else "links only")


def _web(front: FrontMatter) -> Reading:
    lines = visible(front.body)
    title, longest = squeezed(front.title), 2 * len(front.title)
    upper = enumerate(lines[: len(lines) * 2 // 3])
    start = max((place for place, line in upper if len(line) <= longest and squeezed(line) == title), default=0)
    main = _without_title(lines[start:], front.title)
    if shell := challenge(main):
        return Reading(shell.state, reason=shell.reason)
    if not main:
        return Reading(PageState.EMPTY, reason="nothing but a title")
    outlet = _OUTLET.sub("", front.source).strip() or front.source
    frame = Frame(front.body, outlet, "", framed=True, picture=False, complete=not _was_cut(front.body))
    return Reading(PageState.ARTICLE, _article(front, frame), reason="text")


def _without_title(lines: list[str], title: str) -> list[str]:
    wanted, longest = squeezed(title), 2 * len(title)
    return [line for line in lines if len(line) > longest or squeezed(line) != wanted]


def _article(front: FrontMatter, frame: Frame) -> Article:
    query = parse_qs(parts_of(front.url.replace("&amp;", "&")).query) if WECHAT_HOST in front.url else {}
    host = host_of(front.url).split(":")[0]
    return Article(
        url=front.url,
        title=front.title,
        account=frame.account or front.source,
        published_at=_day(front.date),
        precision=Precision.DAY,
        biz=_first(query, "__biz"),
        mid=_first(query, "mid", "appmsgid"),
        idx=_first(query, "idx", "itemidx"),
        origin_account=frame.origin,
        source_url=_original(frame.body),
        body=frame.body,
        markup=Markup.MARKDOWN,
        truncated=not frame.complete and _was_cut(front.body),
        official=is_official(host),
    )


def _original(body: str) -> str:
    """The address a page names as its original, empty when it names none or, as digests do, several."""
    if "原文" not in body:
        return ""
    named = {(found[1] or found[2]).replace("\\", "").rstrip("。，；,;)）*") for found in _ORIGINAL.finditer(body)}
    return named.pop() if len(named) == 1 else ""


def _was_cut(body: str) -> bool:
    return len(body) >= CUT_AT and body.rstrip().endswith("...")


def _target(state: PageState, body: str) -> str:
    return moved_to(body) if state is PageState.MOVED else ""


def _first(query: dict[str, list[str]], *names: str) -> str:
    return next((query[name][0].strip() for name in names if query.get(name)), "")


def _day(text: str) -> datetime | None:
    """Midnight in Asia/Shanghai of a written day, None when it is no day of the calendar."""
    found = _DATE.search(text)
    if not found:
        return None
    try:
        return datetime.combine(date(int(found[1]), int(found[2]), int(found[3])), time(), _SHANGHAI)
    except ValueError:
        return None


def _unquoted(value: str, body: str) -> str:
    """A value without the quotes of YAML; quotes that the page's own heading repeats are part of the title."""
    quote = value[:1]
    if len(value) < 2 or quote not in "\"'" or value[-1] != quote or quote in value[1:-1].replace(quote * 2, ""):
        return value
    if body and body.lstrip().startswith(f"# {value}"):
        return value
    return value[1:-1].replace("''", "'") if quote == "'" else value[1:-1].replace('\\"', '"')


def _text(data: bytes) -> tuple[str, str]:
    """The text of a file and what had to be repaired: UTF-8, else GB 18030, else UTF-8 with replacement characters."""
    notes = []
    if len(data) > LONGEST:
        data = data[:LONGEST]
        notes.append(f"only the first {LONGEST} bytes were read")
    text = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode(data, not notes)
    if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
        text, note = _other_encoding(data, text)
        notes.append(note)
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n"), ", ".join(notes)


def _other_encoding(data: bytes, damaged: str) -> tuple[str, str]:
    """GB 18030 when it fits a text that UTF-8 does not; a few damaged bytes leave UTF-8 what it was."""
    if damaged.count("\ufffd") * 50 > len(damaged):
        try:
            return data.decode("gb18030"), "read as GB 18030"
        except UnicodeDecodeError:
            pass
    return damaged, "bytes that are not UTF-8 were replaced"


def is_official(host: str) -> bool:
    """Whether a host is of a ministry, a regulator or one of their bodies."""
    return any(host == known or host.endswith("." + known) for known in OFFICIAL_HOSTS)

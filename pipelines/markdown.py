"""Markdown into the lines a reader sees, each with how much of it was links."""

import html
import re
from typing import NamedTuple
from urllib.parse import unquote

from notices.addresses import joined as absolute
from notices.addresses import parts_of
from notices.article import Attachment


class Line(NamedTuple):
    """A paragraph, heading, list item or table row; `linked` counts its characters in links, `code` marks a program."""

    text: str
    linked: int = 0
    code: bool = False


HOLE = "\x00"  # where markup, an image or a character of no width stood
_OPEN, _CLOSE = "\x01", "\x02"
_ESCAPED = 0xE000  # private characters stand for escaped ones while Markdown is read
_FILES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|rtf|csv|zip|rar|7z)$", re.IGNORECASE)
_MAYBE_FILE = re.compile(r"\.(?:pdf|doc|xls|ppt|wps|et|ofd|rtf|csv|zip|rar|7z)", re.IGNORECASE)

_FENCE = re.compile(r"^[ \t]*```.*$", re.MULTILINE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = re.compile("[\ue021-\ue07e]")
_IMAGE = re.compile(r"!\[[^\[\]]{0,400}\]\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,400})?\s{0,2}\)")
_LINK = re.compile(
    r"\[([^\[\]]{0,600}(?:\[[^\[\]]{0,200}\][^\[\]]{0,300}){0,3})\]"
    r"\(\s{0,2}<?([^()<>\s\"]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,400})?)>?(?:\s{1,2}\"[^\"\n]{0,200}\")?\s{0,2}\)"
)
_CODE_LINK = re.compile(r"\[([^\[\]\n]{0,600})\]\(https?://[^()\s]{0,2000}\)")
_CUT = re.compile(
    r"(?:(?<!\\)!?\[[^\[\]\n]{0,600})?\]\([^()\s]{0,2000}\Z|(?<!\\)!?\[[^\[\]\n]{0,200}\Z|<?https?://[^\s，。；（）]{0,400}\Z"
)
_CUT_MARK = re.compile(r"(?:\s{0,9}\.{3}|…)\s{0,9}\Z")
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,1000}|[\w.+-]{1,64}@[\w.-]{1,200})>")
_NO_TEXT = re.compile(
    r"https?://(?:mp\.weixin\.qq\.com|mmbiz\.q(?:pic|logo)\.cn|wx\.qlogo\.cn)[^\s\x00-\x20）)，。；、<>\"]{0,2000}"
    r"|https?://[^\s\x00-\x20）)，。；、<>\"?]{1,600}\.(?:png|jpe?g|gif|webp|bmp|svg)\b[^\s\x00-\x20）)，。；、<>\"]{0,400}"
    r"|https?://[^\s\x00-\x20）)，。；、<>\"]{200,2000}"
)
_STRONG = re.compile(r"\*{2,}")
_EM = re.compile(r"\*(?<![*A-Za-z0-9_]\*)([^\s*](?:[^*\n]{0,300}[^\s*])?)\*(?![*A-Za-z0-9_])")
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?section|/?li|/?ul|/?ol|/?tr)\b[^<>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:u|sup|sub|b|i|em|strong|span|font|a|img|center|small|mark)\b[^<>]{0,300}>", re.IGNORECASE)
_ODD_SPACES = "\t\xa0\u3000\u2002\u2003\u2009\u202f"
_SPACES = re.compile(" {2,}")
_HOLES = re.compile(r"\x00[\x00 ]*")
_LATIN = frozenset(map(chr, range(0x21, 0x7F))) | {_OPEN, _CLOSE}
_RULE_CELLS = re.compile(r"\|(?: ?:?-{2,}:? ?\|)+")
_LINKED = re.compile(r"\x01([^\x01\x02]*)\x02")
_LONG_HEADING = re.compile(r"^#{1,6} [^\n]{160,}$", re.MULTILINE)
_HEADING_BREAK = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)|(?<=[。；！？!?;]) ?\*\*+ ?\*\*+|(?= \* [^*\s])")
_BLOCK_MARKS = frozenset("#>-*+|") | {""}
_AFTER_MARK = frozenset("#>*+-")  # the space that makes a heading or list item of a line
_MARKS = ("#", ">")
_BULLET = ("- ", "* ", "+ ")


def read_markdown(body: str, base: str) -> tuple[list[Line], tuple[Attachment, ...]]:
    """The lines of a Markdown body and the files it links to; `base` is the page's address.

    Images, addresses behind links and marks of emphasis are gone, and where they parted two Han characters no gap is
    left; link texts, headings, quotes, list items (`- a`) and table rows (`| a | b |`) stay, empty lines do not.
    """
    files: dict[str, Attachment] = {}
    if "```" not in body:
        return _block(body, base, files), tuple(files.values())
    lines: list[Line] = []
    for number, part in enumerate(_FENCE.split(body)):
        if number % 2:
            lines += _code(part)
        else:
            lines += _block(part, base, files)
    return lines, tuple(files.values())


def _code(text: str) -> list[Line]:
    """Program text as it is, but for addresses that the archive's writer made links of."""
    if "](http" in text:
        text = _CODE_LINK.sub(r"\1", _IMAGE.sub("", text))
    for space in _ODD_SPACES:
        text = text.replace(space, " ")
    return [Line(line.replace(HOLE, "").rstrip(), code=True) for line in text.split("\n") if line.strip(HOLE + " ")]


def without_cut(body: str) -> str:
    """A body that an archive cut, without its "..." and without the piece of a link or address it ends in."""
    return body[:-3000] + _CUT.sub("", _CUT_MARK.sub("", body[-3000:]))


def joined(text: str) -> str:
    """A text with every HOLE closed: without a gap, unless spaces stood there between Latin words."""
    for space in _ODD_SPACES:
        text = text.replace(space, " ")
    if "  " in text:
        text = _SPACES.sub(" ", text)
    return _HOLES.sub(_closed, text.replace(" " + HOLE, HOLE + " ")) if HOLE in text else text


def _closed(hole: re.Match[str]) -> str:
    if " " not in hole[0]:
        return ""
    text, start, end = hole.string, hole.start(), hole.end()
    if start > 0 and text[start - 1] in _AFTER_MARK:
        return " "
    return " " if start > 0 and end < len(text) and text[start - 1] in _LATIN and text[end] in _LATIN else ""


def _block(text: str, base: str, files: dict[str, Attachment]) -> list[Line]:
    text = _LONG_HEADING.sub(lambda found: _HEADING_BREAK.sub("\n", found.group()), text)
    escaped = "\\" in text
    if escaped:
        text = _ESCAPE.sub(lambda found: chr(_ESCAPED + ord(found[1])), text)
    text = _IMAGE.sub(HOLE, text)
    text = _LINK.sub(lambda found: _linked(found, base, files), text)
    if "<" in text:
        text = _TAG.sub(HOLE, _BREAK.sub("\n", _AUTOLINK.sub(r"\1", text)))
    if "://" in text:
        text = _NO_TEXT.sub(HOLE, text)
    if "*" in text:
        text = _EM.sub(HOLE + r"\1" + HOLE, _STRONG.sub(HOLE, text))
    if "&" in text:
        text = html.unescape(text)
    lines = [line for raw in joined(text.replace("`", "")).split("\n") if raw and (line := _line(raw.strip()))]
    return [Line(_restored(line.text), line.linked) for line in lines] if escaped else lines


def _linked(found: re.Match[str], base: str, files: dict[str, Attachment]) -> str:
    text, url = found[1].replace("\n", " "), found[2]
    if _MAYBE_FILE.search(found[0]) and (_FILES.search(unquote(parts_of(url).path)) or _FILES.search(text.strip())):
        address = _absolute(base, _restored(url))
        name = joined(_restored(_STRONG.sub(HOLE, text))).strip() or unquote(parts_of(address).path).rpartition("/")[2]
        if address:
            files.setdefault(address, Attachment(html.unescape(name), address))
    return f"{_OPEN}{text}{_CLOSE}" if text.strip(" " + HOLE) else HOLE


def _absolute(base: str, url: str) -> str:
    address = absolute(base, html.unescape(url))
    return address if address.startswith(("http://", "https://")) else ""


def _line(text: str) -> Line | None:
    """One line without the marks of its block; None when nothing to read is left."""
    if text[:1] not in _BLOCK_MARKS and _OPEN not in text:
        return Line(text)
    if text[:1] in _MARKS:
        text = text.lstrip("> ")
        bare = text.lstrip("#")
        text = bare.lstrip() if bare[:1] in ("", " ") else text
    if text[:2] in _BULLET:
        rest = text[2:].lstrip(" •·●▪-+#")
        text = f"- {rest}" if rest else ""
    elif text.startswith("|"):
        text = _row(text)
    linked = 0
    if _OPEN in text:
        linked = sum(len(part.strip()) for part in _LINKED.findall(text))
        text = text.replace(_OPEN, "").replace(_CLOSE, "")
        text = text.strip()
    return Line(text, linked) if text else None


def _row(text: str) -> str:
    """A table row with its cells trimmed; a row that is only a frame around one cell becomes that cell."""
    if "--" in text:
        text = _RULE_CELLS.sub("|", text)
    cells = [cell.strip() for cell in text[1:].removesuffix("|").split("|")]
    filled = [cell for cell in cells if cell.strip(_OPEN + _CLOSE)]
    if len(filled) < 2:
        return filled[0] if filled else ""
    return "| " + " | ".join(cells) + " |"


def _restored(text: str) -> str:
    return _PRIVATE.sub(lambda found: chr(ord(found[0]) - _ESCAPED), text)

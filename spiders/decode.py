"""Bytes of a page into text, whatever the page says of itself."""

import codecs
import json
import re
from typing import Any

from notices.page import Page

LARGEST = 32 * 1024 * 1024

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,80}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE
)
_CHINESE = {"gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80", "cp936"}
_NO_CHARSETS = {"undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "punycode", "idna"}  # codecs of Python's
_HEAD = 2048


class Undecodable(ValueError):
    """The bytes are no text in any encoding the page may be in."""


def text_of(page: Page) -> str:
    """The page's text without NULs; raises Undecodable for bytes that are no text.

    UTF-8 wins over what the page declares (servers and templates declare wrongly), then the declared charset, then
    GB 18030; a few broken bytes in a long UTF-8 page (1 in 1,000) become U+FFFD.
    """
    body = page.body
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, errors="replace").lstrip("\ufeff").replace("\x00", "")
    if b"\x00" in body:  # bytes are searched ten times faster than text
        body = body.replace(b"\x00", b"")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(page).replace("\x00", "")


def json_of(text: str) -> Any:
    """The value of a JSON text, halves of surrogate pairs in it replaced; raises ValueError for what is none."""
    try:
        value = json.loads(text)
        if "\\ud" in text or "\\uD" in text:
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", errors="replace"))
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None
    return value


def _guess(page: Page) -> str:
    for encoding in (_declared(page), "gb18030"):
        try:
            return page.body.decode(encoding)
        except (UnicodeDecodeError, LookupError):  # of such as `hex`, which is no encoding of text
            continue
    text = page.body.decode("utf-8", errors="replace")
    if text.count("\ufffd") * 1000 > len(text):
        raise Undecodable("the bytes are neither UTF-8 nor GB 18030 nor what the page declares")
    return text


def _declared(page: Page) -> str:
    header = next((value for name, value in page.headers.items() if name.lower() == "content-type"), "")
    found = _CHARSET.search(header.encode("utf-8", errors="replace")) or _CHARSET.search(page.body[:_HEAD])
    name = (found[1] or found[2]).decode("ascii", errors="replace").lower() if found else "gb18030"
    try:
        return "gb18030" if name in _CHINESE or codecs.lookup(name).name in _NO_CHARSETS else name
    except LookupError:
        return "gb18030"

"""Bytes of a page into text, whatever the page says of itself."""

import codecs
import json
from typing import Any

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

from notices.page import Page

LARGEST = 32 * 1024 * 1024

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NO_CHARSETS = {"undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "punycode", "idna"}  # codecs of Python's
_WIDE = ("utf-16", "utf-32")  # a page whose declaration can be read as ASCII is in neither
_WESTERN = "cp1252"  # what foreign templates declare, as Latin-1 mostly; hardly a byte is wrong in it


class Undecodable(ValueError):
    """The bytes are no text in any encoding the page may be in."""


def text_of(page: Page) -> str:
    """The page's text without NULs; raises Undecodable for bytes that are no text.

    UTF-8 wins over what the page declares (servers and templates declare wrongly), then the declared charset unless it
    is Western, then GB 18030; a few broken bytes in a long UTF-8 page (1 in 1,000) become U+FFFD.
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
    declared = _declared(page)
    for encoding in ("gb18030", declared) if declared == _WESTERN else (declared, "gb18030"):
        try:
            return page.body.decode(encoding)
        except (UnicodeDecodeError, LookupError):  # of such as `hex`, which is no encoding of text
            continue
    text = page.body.decode("utf-8", errors="replace")
    if text.count("\ufffd") * 1000 > len(text):
        raise Undecodable("the bytes are neither UTF-8 nor GB 18030 nor what the page declares")
    return text


def _declared(page: Page) -> str:
    """The charset that the header or else the page's own head names, as browsers read the name."""
    header = next((value for name, value in page.headers.items() if name.lower() == "content-type"), "")
    inside = html_body_declared_encoding(page.body)
    if inside is not None and inside.startswith(_WIDE):
        inside = None
    name = http_content_type_encoding(header) or inside or "gb18030"
    return "gb18030" if name in _NO_CHARSETS else name

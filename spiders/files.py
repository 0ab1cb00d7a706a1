"""The files that a page offers: links to documents and frames that show one."""

import re
from urllib.parse import parse_qs, unquote

from lxml import etree

from notices.addresses import joined, parts_of
from notices.article import Attachment

_ENDINGS = r"\.(?:docx?|pdf|xlsx?|pptx?|wps|et|dps|ofd|zip|rar|7z|txt|csv)"
_FILE = re.compile(_ENDINGS + r"$", re.IGNORECASE)
_DOWNLOAD = re.compile(r"downloadfile|/download/|/document/download|/attach/", re.IGNORECASE)
_VIEWER = re.compile(r"viewer\.html$", re.IGNORECASE)
_LABEL = re.compile(r"^附件\s*[:：]\s*|^\d{1,2}\s*[.、．]\s*|^附件\s*\d{0,2}\s*[:：.、]?\s*")
_SPACES = re.compile(r"\s+")


def attachments(root: etree._Element, base: str) -> tuple[Attachment, ...]:
    """The files linked or framed inside an element, each address once, in the order of the page."""
    found: dict[str, Attachment] = {}
    for element in root.iter("a", "iframe", "embed", "object"):
        address = _address(element)
        if not address:
            continue
        url = joined(base, address)
        if not url:
            continue
        name = _name(element, url)
        if url not in found or (name and not found[url].name):
            found[url] = Attachment(name, url)
    return tuple(found.values())


def _address(element: etree._Element) -> str:
    if element.tag == "a":
        href = _SPACES.sub("", element.get("href") or "")
        return href if _is_file(href) else ""
    framed = _SPACES.sub("", element.get("fileurl") or element.get("src") or element.get("data") or "")
    return _viewed(framed)


def _viewed(address: str) -> str:
    """The document a frame shows, directly or in a viewer; empty for other frames."""
    parts = parts_of(address)
    if _VIEWER.search(parts.path):
        return (parse_qs(parts.query).get("file") or [""])[0]
    return address if _FILE.search(parts.path) else ""


def _is_file(href: str) -> bool:
    parts = parts_of(href)
    named = any(_FILE.search(value) for values in parse_qs(parts.query).values() for value in values)
    return bool(_FILE.search(parts.path) or _DOWNLOAD.search(parts.path) or named)


def _name(element: etree._Element, url: str) -> str:
    text = _SPACES.sub(" ", "".join(element.itertext())).strip() if element.tag == "a" else ""
    name = _LABEL.sub("", text or (element.get("title") or "").strip())
    return name or text or unquote(url.rsplit("/", 1)[-1].split("?", 1)[0])

"""XML that every reader can read, whatever stood in a title."""

import re
from datetime import datetime
from xml.etree import ElementTree

from notices.schema import SHANGHAI

# What XML 1.0 does not allow, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """The text with a space for every character that XML cannot hold."""
    return _FORBIDDEN.sub(" ", text)


def add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    """Adds an element with text to another one."""
    cleaned = {name: allowed(value) for name, value in attributes.items()}
    made = ElementTree.SubElement(parent, tag, cleaned)
    made.text = allowed(text) or None
    return made


def document(root: ElementTree.Element) -> bytes:
    """The document of a root, in UTF-8."""
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def instant(moment: datetime) -> str:
    """A moment as RFC 3339 writes it, to the second."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")

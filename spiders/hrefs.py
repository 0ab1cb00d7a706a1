"""The pages that an element links to."""

import re

from lxml import etree

from notices.addresses import joined

_SPACES = re.compile(r"\s+")


def links(root: etree._Element, base: str) -> tuple[str, ...]:
    """The addresses linked inside an element, each once, in the order of the page."""
    found: dict[str, None] = {}
    for element in root.iter("a"):
        href = _SPACES.sub("", element.get("href") or "")
        if not href or href.startswith(("#", "javascript:", "mailto:")):
            continue
        url = joined(base, href)
        if url.startswith(("http://", "https://")):
            found.setdefault(url)
    return tuple(found)

"""The pages that an element links to."""

import re
from urllib.parse import urljoin

from lxml import etree

_SPACES = re.compile(r"\s+")


def links(root: etree._Element, base: str) -> tuple[str, ...]:
    """The addresses linked inside an element, each once, in the order of the page."""
    found: dict[str, None] = {}
    for element in root.iter("a"):
        href = _SPACES.sub("", element.get("href") or "")
        if not href or href.startswith(("#", "javascript:", "mailto:")):
            continue
        try:
            url = urljoin(base, href)
        except ValueError:  # a link such as http://[ in the page
            continue
        if url.startswith(("http://", "https://")):
            found.setdefault(url)
    return tuple(found)

"""Texts that lie deeper than lxml reads: it stops at 2,048 elements inside each other and leaves the rest out silently.

Elements that are never closed make pages so deep. BeautifulSoup reads them to their end, some ten times slower.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lxml import etree

from spiders.blocks import BREAKS, CELLS, SKIPPED, flowing, plain_text, tidy

if TYPE_CHECKING:
    from bs4.element import Tag

DEEP = 2_000  # elements inside each other: no page of a site is so deep where lxml reads it to its end
MOST = 12_000  # tags of a page that is read again: BeautifulSoup needs the square of the depth, 1.5 s at the worst


def whole_text(content: etree._Element, page: str, selectors: Sequence[str]) -> str:
    """The text of an element of a page, paragraphs on lines; where lxml gave the page up, without its tables' rows.

    Of a page of more than `MOST` tags that lxml gave up, what it read of it.
    `selectors` are those that `content` was found with in the page.
    """
    words = plain_text(content)
    if not _given_up(content) or page.count("<") > MOST:
        return words
    return max(words, _read_again(page, selectors), key=len)


def _given_up(content: etree._Element) -> bool:
    """Whether lxml stopped in the element: what it read last is then as deep as it goes."""
    last, depth = content, 0
    while len(last):
        last, depth = last[-1], depth + 1
    return depth + sum(1 for _ in content.iterancestors()) > DEEP


def _read_again(page: str, selectors: Sequence[str]) -> str:
    from bs4 import BeautifulSoup  # a sixth of a second: only such pages pay for it

    soup = BeautifulSoup(page, "html.parser")
    found = next((element for one in selectors if (element := soup.select_one(one)) is not None), None)
    return tidy("".join(_pieces(found))) if found is not None else ""


def _pieces(element: "Tag") -> Iterator[str]:
    from bs4.element import NavigableString, Tag

    for one in element.descendants:
        if isinstance(one, Tag):
            yield "\n" if one.name == "br" or one.name in BREAKS or one.name in CELLS else ""
        elif type(one) is NavigableString and one.parent is not None and one.parent.name not in SKIPPED:
            yield flowing(one)  # its kinds are comments, scripts and the like

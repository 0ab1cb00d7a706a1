"""The text that lxml reads of known sites' pages, for speed, against BeautifulSoup's of the same element.

Both must agree on every letter and digit; blanks, and the marks of rows and items, are ours.
"""

import os
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from notices.article import Reading
from notices.page import Page
from spiders.decode import text_of
from spiders.readers import read
from spiders.sites import site_of

ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "pages"
FOLDERS = (ROOT / "tests" / "pages", SHARED, SHARED / "other")
HOSTS = {"wechat": "mp.weixin.qq.com", "tc260": "www.tc260.org.cn"}
KNOWN = ("cac", "gov", "miit", "mohurd", "mot", "nda", "samr", "tc260", "wechat")
NO_TEXT = ["script", "style", "noscript", "template", "textarea", "select", "object", "iframe"]
WHOLE = ("article", "article of text")  # reasons of readings whose body is the text element's
FETCHED = datetime(2026, 11, 23, tzinfo=timezone.utc)


def pages(folder: Path) -> Iterator[tuple[Page, Reading]]:
    """The pages of known sites below a folder that are articles by their text element."""
    for name in KNOWN:
        host = HOSTS.get(name, f"www.{name}.gov.cn")
        for path in sorted((folder / name).rglob("*.htm*")):
            if path.suffix in {".html", ".htm"} and path.parent.name != "lists":
                page = Page(f"https://{host}/{path.stem}", path.read_bytes(), FETCHED)
                reading = read(page)
                if reading.reason in WHOLE:
                    yield page, reading


def reference(page: Page) -> str:
    """The text element of a page as BeautifulSoup reads it."""
    site = site_of(page.url.split("/")[2])
    soup = BeautifulSoup(text_of(page), "html.parser")
    selectors = site.text if site else ("#js_content",)
    element = next(found for one in selectors if (found := soup.select_one(one)) is not None)
    for one in element(NO_TEXT):
        one.decompose()
    return element.get_text()


def letters(text: str) -> str:
    return "".join(re.findall(r"\w", text))


@pytest.mark.parametrize(("folder", "least"), list(zip(FOLDERS, (18, 11, 6), strict=True)), ids=str)
def test_every_letter_of_a_known_page_is_read(folder: Path, least: int) -> None:
    if not folder.is_dir():
        pytest.skip("the shared pages are not here")
    found = list(pages(folder))
    assert len(found) >= least
    for page, reading in found:
        assert reading.article is not None
        ours, theirs = letters(reading.article.body), letters(reference(page))
        ahead = ours.removesuffix(theirs)  # the table of number, dates and issuer that stands before a text
        assert theirs and ours.endswith(theirs), page.url
        assert not ahead or ("|" in reading.article.body.split("\n")[0] and len(ahead) < 200), page.url

"""Article pages of the regulators' sites, which differ in where they put title, time, source, text and files."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from lxml import etree
from parsel import Selector, css2xpath

from notices.article import Article, Attachment, Reading
from notices.kinds import PageState, Precision
from notices.page import Page
from spiders.blocks import one_line, plain_text
from spiders.deep import whole_text
from spiders.files import attachments
from spiders.hrefs import links
from spiders.sites import Site
from spiders.walls import without_text

SHANGHAI = ZoneInfo("Asia/Shanghai")

_TIME = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})日?(?:[-T\s]*(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_OWN_UNIT = re.compile(r"^(?!国家|中央|中国|全国|国务院|人民).*(?:司|局|厅|办公室|组|中心)$")
_NUMBER_TABLE = re.compile(r"发文字号|成文日期|发文机关|发布机构|发布机关")
_SITE_NAMES = re.compile(r"(?:[_-][^_\-《》]{2,20}){1,3}$")
_CREDIT = re.compile(r"^\s*(?:信息)?来\s*源\s*[:：]\s*")
_METAS = ("PubDate", "firstpublishedtime", "publishdate", "pubdate")


def read_official(site: Site, page: Page, text: str, *, own: bool = True) -> Reading | None:
    """What a page of a known site is: an article where it has the site's text element.

    Without that element a strict site's page is an `error`; None lets the page of another one, or of a host beside the
    site's own, be read as any site's.
    """
    root = Selector(text=text, type="html").root
    content = _first(root, site.text)
    if content is None:
        return _other(root, text, site, own)
    files = _files(root, content, page.url, site)
    words = whole_text(content, text, site.text)
    if not words and not files:
        return Reading(PageState.EMPTY, reason="the text element holds no text and no file")
    body = "\n".join(part for part in (_number_table(root, content), words or _names(files)) if part)
    when, precision = _published(root, page, site)
    article = Article(
        url=page.url,
        title=_title(root, page, site) or (files[0].name if files else words.split("\n")[0][:80]),
        account=site.account,
        published_at=when,
        precision=precision,
        origin_account=_origin(root, site),
        body=body,
        attachments=files,
        official=True,
        links=links(content, page.url),
    )
    return Reading(PageState.ARTICLE, article, reason="article" if words else "article of files only")


def _other(root: etree._Element, text: str, site: Site, own: bool) -> Reading | None:
    if root.xpath("//script[@*[translate(name(), 'D', 'd')='querydata']]"):
        return Reading(PageState.EMPTY, reason="a column's shell: its rows come from the unit address")
    wall = without_text(root, text)
    if wall is not None or not site.strict or not own:
        return wall
    return Reading(PageState.ERROR, reason=f"unknown layout: no {' or '.join(site.text)} in the page")


def _title(root: etree._Element, page: Page, site: Site) -> str:
    """The page's title, else the list's; the list's spelling where they only differ in blanks."""
    shown = next((title for title in (_words(node) for node in _all(root, site.title)) if title), "")
    own = shown or one_line(_meta(root, "ArticleTitle")) or _document_title(root)
    listed = one_line(page.listed_title)
    same = "".join(own.split()) == "".join(listed.split())
    if listed and (same or site.listed_title):
        return min(own, listed, key=len) if same else listed
    return own or listed


def _document_title(root: etree._Element) -> str:
    """The title element without the names of column and site, which stand behind hyphens or underscores."""
    title = one_line("".join(root.xpath("string(//title)")))
    return _SITE_NAMES.sub("", title).strip()


def _published(root: etree._Element, page: Page, site: Site) -> tuple[datetime | None, Precision]:
    """The time printed on the page, else the page's metas and the list's day, in the order that the site deserves."""
    for node in _all(root, site.time):
        shown = instant("".join(node.itertext()))
        if shown[0] is not None:
            return shown
    metas = [instant(_meta(root, name)) for name in _METAS]
    meta = next((one for one in metas if one[0] is not None), (None, Precision.DAY))
    if page.listed_at is not None and (site.listed_first or meta[0] is None):
        return page.listed_at, Precision.DAY
    return meta


def instant(text: str) -> tuple[datetime | None, Precision]:
    """The first time a text names, in Asia/Shanghai, and how exactly."""
    found = _TIME.search(text)
    if found is None:
        return None, Precision.DAY
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        when = datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError:
        return None, Precision.DAY
    return when, Precision.SECOND if found[4] else Precision.DAY


def _origin(root: etree._Element, site: Site) -> str:
    """The outlet the page credits, empty when that is the site itself or a department of it."""
    shown = next((words for words in (_words(node) for node in _all(root, site.source)) if words), "")
    source = _CREDIT.sub("", shown) or _meta(root, "ContentSource")
    source = source.removesuffix("网站").strip(" 【】")
    known = site.account in source or source in site.account
    return "" if known or _OWN_UNIT.search(source) else source


def _meta(root: etree._Element, name: str) -> str:
    return str(root.xpath("string(//meta[@name=$name or @property=$name]/@content)", name=name)).strip()


def _number_table(root: etree._Element, content: etree._Element) -> str:
    """The small table of a public announcement (number, dates, issuer), where it stands beside the text."""
    around = set(content.iterancestors())
    for table in root.iter("table"):
        if table in around or any(parent is content for parent in table.iterancestors()):
            continue
        if _NUMBER_TABLE.search("".join(table.itertext())):
            return plain_text(table)
    return ""


def _files(root: etree._Element, content: etree._Element, url: str, site: Site) -> tuple[Attachment, ...]:
    """The files of the text and of the boxes beside it; those of the whole page where these offer none."""
    base = "/".join(url.split("/", 3)[:3]) + "/" if site.root else url
    found = {file.url: file for box in (content, *_all(root, site.files)) for file in attachments(box, base)}
    if found:
        return tuple(found.values())
    offered = attachments(root, base)
    return tuple(file for file in offered if "/attach/" in file.url or file.url.lower().endswith(".pdf"))


def _names(files: Sequence[Attachment]) -> str:
    return "\n".join(f"附件：{file.name}" for file in files)


def _words(node: etree._Element) -> str:
    return one_line("".join(node.itertext()))


def _first(root: etree._Element, chosen: Sequence[str]) -> etree._Element | None:
    return next(iter(_all(root, chosen)), None)


def _all(root: etree._Element, chosen: Sequence[str]) -> list[etree._Element]:
    """What the selectors find, in their order."""
    return [node for css in chosen for node in _compiled(css)(root)]


@cache
def _compiled(css: str) -> etree.XPath:
    return etree.XPath(css2xpath(css))

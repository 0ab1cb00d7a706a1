"""Article pages of the Ministry of Industry and Information Technology, old and new."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree
from parsel import Selector

from notices.article import Article, Attachment, Reading
from notices.kinds import PageState, Precision
from notices.page import Page
from spiders.blocks import one_line, plain_text
from spiders.files import attachments
from spiders.walls import without_text

ACCOUNT = "工业和信息化部"
SHANGHAI = ZoneInfo("Asia/Shanghai")

_TIME = re.compile(r"(\d{4})[-年./](\d{1,2})[-月./](\d{1,2})日?(?:\s*(\d{1,2}):(\d{2}))?")
_OWN_UNIT = re.compile(r"(?:司|局|厅|办公室|组|工业和信息化部.*)$")
_NUMBER_TABLE = re.compile(r"发文字号|成文日期|发文机关|发布机构")


def read_miit(page: Page, text: str) -> Reading:
    """What an address under miit.gov.cn shows: an article where it has the site's text element, never otherwise."""
    selector = Selector(text=text, type="html")
    content = _first(selector, "//*[@id='con_con']", "//div[contains(concat(' ', @class, ' '), ' ccontent ')]")
    if content is None:
        return _other(selector, text)
    files = attachments(content, page.url) or _framed(selector, page.url)
    body = plain_text(content)
    if not body and not files:
        return Reading(PageState.EMPTY, reason="con_con holds no text and no file")
    head = _number_table(selector, content)
    body = "\n".join(part for part in (head, body or _names(files)) if part)
    when, precision = _published(selector, page)
    source = _source(selector)
    article = Article(
        url=page.url,
        title=_title(selector) or one_line(page.listed_title),
        account=ACCOUNT,
        published_at=when,
        precision=precision,
        origin_account="" if _OWN_UNIT.search(source) else source,
        body=body,
        attachments=files,
        official=True,
    )
    return Reading(PageState.ARTICLE, article, reason="article" if plain_text(content) else "article of files only")


def _other(selector: Selector, text: str) -> Reading:
    if selector.xpath("//script[@*[translate(name(), 'D', 'd')='querydata']]"):
        return Reading(PageState.EMPTY, reason="a column's shell: its rows come from the unit address")
    return without_text(selector.root, text) or Reading(
        PageState.ERROR, reason="unknown layout: no con_con in the page"
    )


def _title(selector: Selector) -> str:
    title = selector.xpath("string(//*[@id='con_title'])").get("").strip() or _meta(selector, "ArticleTitle")
    return one_line(title or selector.xpath("string(//title)").get(""))


def _published(selector: Selector, page: Page) -> tuple[datetime | None, Precision]:
    """The time printed on the page, else the list's date, else the page's meta element, which may differ by a day."""
    shown = _instant(selector.xpath("string(//*[@id='con_time'])").get(""))
    if shown[0] is None and page.listed_at is not None:
        return page.listed_at, Precision.DAY
    return shown if shown[0] is not None else _instant(_meta(selector, "PubDate"))


def _instant(text: str) -> tuple[datetime | None, Precision]:
    found = _TIME.search(text)
    if found is None:
        return None, Precision.DAY
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    try:
        when = datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
    except ValueError:
        return None, Precision.DAY
    return when, Precision.SECOND if found[4] else Precision.DAY


def _source(selector: Selector) -> str:
    shown = selector.xpath("//*[contains(@class, 'cinfo')]/span[contains(., '来源')]").xpath("string()").get("")
    return shown.partition("：")[2].strip() or _meta(selector, "ContentSource")


def _meta(selector: Selector, name: str) -> str:
    return selector.xpath("//meta[@name=$name]/@content", name=name).get("").strip()


def _number_table(selector: Selector, content: etree._Element) -> str:
    """The small table of a public announcement (number, dates, issuer), where it stands beside the text."""
    for found in selector.xpath("//table"):
        table = found.root
        if content not in table.iterancestors() and _NUMBER_TABLE.search("".join(table.itertext())):
            return plain_text(table)
    return ""


def _framed(selector: Selector, base: str) -> tuple[Attachment, ...]:
    body = _first(selector, "//body")
    offered = () if body is None else attachments(body, base)
    return tuple(file for file in offered if "/attach/" in file.url or file.url.lower().endswith(".pdf"))


def _names(files: tuple[Attachment, ...]) -> str:
    return "\n".join(f"附件：{file.name}" for file in files)


def _first(selector: Selector, *paths: str) -> etree._Element | None:
    for path in paths:
        found = selector.xpath(path)
        if found:
            return found[0].root
    return None

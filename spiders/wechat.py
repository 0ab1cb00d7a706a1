"""WeChat article pages, templates of 2018 and 2025: what they are, then what they say."""

import html
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from parsel import Selector

from notices.article import Article, Reading
from notices.kinds import PageState, Precision
from notices.page import Page
from spiders.blocks import plain_text, tidy
from spiders.files import attachments
from spiders.wechat_shell import read_shell
from spiders.wechat_tags import tag_with_id
from spiders.wechat_vars import member, neighbourhood, variable

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE_LIMIT = 64  # WeChat's own; a post without a title carries its whole text in that place

_DIVS = re.compile(r"<(/?)div\b")
_DATA_URL = re.compile(r"data-url=[\"']([^\"']+)")
_ORIGIN = re.compile(r"original_primary_nickname[^>]*>([^<]+)")
_ORIGIN_TIP = re.compile(r"以下文章来源于\s*([^<，,]{1,40})")
_MINUTE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{2}))?")
_PICTURE = re.compile(r"<(?:img|video|iframe|mpvoice|mp-common-\w+|qqmusic|svg)\b")
_CAPTION, _TEXT = "8", "10"


def read_wechat(page: Page, text: str) -> Reading:
    """What a page of mp.weixin.qq.com is; only a layout that is known becomes an article, any other one is `error`."""
    near = neighbourhood(text)
    kind = variable(near, "item_show_type") or variable(text, "item_show_type")
    if kind in {_CAPTION, _TEXT}:
        return _post(page, text, near, kind)
    start, opening = tag_with_id(text, "js_content")
    if not opening:
        return read_shell(page, text)
    if "rich_media_content" in opening:
        return _normal(page, text, near, start)
    _, share = tag_with_id(text, "js_share_source")
    if share:
        link = _DATA_URL.search(share)
        moved_to = urljoin(page.url, html.unescape(link[1])) if link else ""
        return Reading(PageState.SHARE, moved_to=moved_to, reason="shares another article")
    return Reading(PageState.ERROR, reason=f"unknown layout of kind {kind or 'none'}: js_content is not the text")


def _normal(page: Page, text: str, near: str, start: int) -> Reading:
    fragment = _element(text, start)
    root = Selector(text=fragment, type="html").root
    content = next((node for node in root.iter("div") if node.get("id") == "js_content"), None)
    if content is None:
        return Reading(PageState.ERROR, reason="js_content cannot be read")
    body = plain_text(content)
    if body:
        article = _article(page, text, near, body)
        article = replace(article, origin_account=_origin(text, start), attachments=attachments(content, page.url))
        return Reading(PageState.ARTICLE, article, reason="article of text")
    if _PICTURE.search(fragment):
        return Reading(PageState.IMAGE, reason="pictures, sound or film without text")
    return Reading(PageState.EMPTY, reason="the article holds no text")


def _post(page: Page, text: str, near: str, kind: str) -> Reading:
    """A post of pictures or of plain text: its words stand in the page's scripts."""
    state = PageState.IMAGE if kind == _CAPTION else PageState.ARTICLE
    body = _lines(member(text, "content_noencode")) or _lines(html.unescape(member(text, "desc")))
    if kind == _TEXT:
        body = body or tidy(variable(near, "msg_title"))
    if body:
        return Reading(state, _article(page, text, near, body), reason=f"post of kind {kind}")
    return Reading(PageState.IMAGE if kind == _CAPTION else PageState.EMPTY, reason="a post without text")


def _article(page: Page, text: str, near: str, body: str) -> Article:
    when = _published(text, near)
    title = variable(near, "msg_title") or html.unescape(member(text, "title"))
    return Article(
        url=page.url,
        title=" ".join((title or page.listed_title or body).split())[:TITLE_LIMIT].rstrip(),
        account=" ".join((variable(near, "nickname") or html.unescape(member(text, "nick_name"))).split()),
        published_at=when or page.listed_at,
        precision=Precision.SECOND if when else Precision.DAY,
        biz=_either(near, text, "biz"),
        mid=_either(near, text, "mid") or _either(near, text, "appmsgid"),
        idx=_either(near, text, "idx"),
        source_url=html.unescape(variable(near, "msg_source_url")),
        body=body,
    )


def _either(near: str, text: str, name: str) -> str:
    return variable(near, name) or variable(text, name)


def _origin(text: str, end: int) -> str:
    """The account that the page itself, above its text, names as the original's."""
    start = text.rfind("original_area_primary", 0, end)
    if start < 0:
        return ""
    above = text[start:end]
    named = _ORIGIN.search(above) or _ORIGIN_TIP.search(above)
    return " ".join(html.unescape(named[1]).split()) if named else ""


def _published(text: str, near: str) -> datetime | None:
    """The page's own time: seconds since 1970, else minutes as it prints them."""
    seconds = _either(near, text, "ct")
    if seconds.isdecimal() and len(seconds) == 10:
        return datetime.fromtimestamp(int(seconds), SHANGHAI)
    minute = _MINUTE.match(member(text, "create_time") or variable(text, "createTime"))
    if minute is None:
        return None
    year, month, day, hour, minutes = (int(part or 0) for part in minute.groups())
    try:
        return datetime(year, month, day, hour, minutes, tzinfo=SHANGHAI)
    except ValueError:
        return None


def _element(text: str, start: int) -> str:
    """The page from an opening tag to where it closes: parsing 20 KB instead of 3 MB."""
    depth = 0
    for tag in _DIVS.finditer(text, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return text[start : tag.end()] + ">"
    return text[start:]


def _lines(content: str) -> str:
    """The plain text of a post's HTML, whose line breaks are meant."""
    marked = content.replace("\r", "").replace("\n", "<br>")
    return plain_text(Selector(text=f"<div>{marked}</div>", type="html").root) if marked.strip() else ""

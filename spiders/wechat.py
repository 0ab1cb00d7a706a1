"""WeChat article pages, templates of 2018 and 2025: what they are, then what they say."""

import html
import re
from dataclasses import replace

from parsel import Selector

from notices.addresses import joined
from notices.article import Article, Reading
from notices.kinds import PageState
from notices.page import Page
from spiders.blocks import plain_text, tidy
from spiders.deep import whole_text
from spiders.files import attachments
from spiders.hrefs import links
from spiders.wechat_fields import Scripts
from spiders.wechat_shell import read_shell, verification
from spiders.wechat_tags import tag_with_id
from spiders.wechat_vars import member, variable, xml_value

_DIVS = re.compile(r"<(/?)div\b")
_LINK = re.compile(r"\b(?:data-url|href)=[\"'](http[^\"']+)")
_PICTURE = re.compile(r"<(?:img|video|iframe|mpvoice|mp-common-\w+|qqmusic|svg)\b")
_MEDIA = {"5": "film", "6": "music", "7": "sound", "8": "pictures"}
_TEXTS = {"10", "17"}
_SHARED = "11"


def read_wechat(page: Page, text: str) -> Reading:
    """What a page of mp.weixin.qq.com is; only a layout that is known becomes an article, any other one is `error`."""
    if wall := verification(page, text):
        return wall
    scripts = Scripts.of(page, text)
    kind = scripts.kind()
    if kind == "8" or kind in _TEXTS:
        return _post(scripts, kind)
    start, opening = tag_with_id(text, "js_content")
    article = _normal(scripts, start) if "rich_media_content" in opening else None
    if article is not None and article.article is not None:
        return article
    _, share = tag_with_id(text, "js_share_source")
    if share or kind == _SHARED:
        return _share(scripts, share)
    if kind in _MEDIA:
        return _post(scripts, kind)
    if article is not None:
        return article
    if not opening:
        return _unseen(scripts, kind) or read_shell(page, text)
    return Reading(PageState.ERROR, reason=f"unknown layout of kind {kind or 'none'}: js_content is not the text")


def _normal(scripts: Scripts, start: int) -> Reading:
    fragment = _element(scripts.text, start)
    root = Selector(text=fragment, type="html").root
    content = next((node for node in root.iter("div") if node.get("id") == "js_content"), None)
    if content is None:
        return Reading(PageState.ERROR, reason="js_content cannot be read")
    body = whole_text(content, fragment, ("#js_content",))
    if body:
        url = scripts.page.url
        article = scripts.article(body, start)
        article = replace(article, attachments=attachments(content, url), links=links(content, url))
        return Reading(PageState.ARTICLE, article, reason="article of text")
    if _PICTURE.search(fragment):
        return Reading(PageState.IMAGE, reason="pictures, sound or film without text")
    return Reading(PageState.EMPTY, reason="the article holds no text")


def _share(scripts: Scripts, tag: str) -> Reading:
    """A page that only points at another account's article: followed, not read."""
    found = _LINK.search(tag)
    link = found[1] if found else member(scripts.data, "reprint_url")
    moved_to = joined(scripts.page.url, html.unescape(link)) if link else ""
    return Reading(PageState.SHARE, moved_to=moved_to, reason="shares another article")


def _post(scripts: Scripts, kind: str) -> Reading:
    """A post of pictures, film, sound or plain text: its words stand in the page's scripts."""
    state = PageState.IMAGE if kind in _MEDIA else PageState.ARTICLE
    body = _lines(member(scripts.data, "content_noencode")) or _lines(html.unescape(member(scripts.data, "desc")))
    body = body or _lines(html.unescape(xml_value(scripts.text, "desc")))
    if kind in _TEXTS:
        body = body or tidy(variable(scripts.near, "msg_title") or html.unescape(member(scripts.data, "title")))
    if body:
        return Reading(state, scripts.article(body), reason=f"post of kind {kind}")
    what = f"a post of {_MEDIA[kind]} without words" if kind in _MEDIA else "a post without text"
    return Reading(PageState.IMAGE if kind in _MEDIA else PageState.EMPTY, reason=what)


def _unseen(scripts: Scripts, kind: str) -> Reading | None:
    """An article whose element is drawn by a script from the page's data; None where there is no such data."""
    if kind not in {"", "0"}:
        return None
    content = member(scripts.data, "content_noencode")
    if not content.strip():
        return None
    root = Selector(text=f"<div>{content}</div>", type="html").root
    body = plain_text(root)
    url = scripts.page.url
    article: Article = replace(scripts.article(body), attachments=attachments(root, url), links=links(root, url))
    return Reading(PageState.ARTICLE, article, reason="article in the page's data") if body else None


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

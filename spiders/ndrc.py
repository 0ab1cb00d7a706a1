"""Consultations of NDRC, whose pages are drawn by scripts: the addresses behind them answer with JSON."""

import re
from typing import Any

from parsel import Selector

from notices.addresses import joined
from notices.article import Article, Reading
from notices.identity import submission_key
from notices.kinds import PageState, Precision
from notices.page import Page
from spiders.blocks import one_line
from spiders.decode import json_of
from spiders.deep import whole_text
from spiders.files import attachments
from spiders.official import instant
from spiders.sites import NDRC

SERVICE = "/public/submission-service/"

_ARTICLE_ID = re.compile(r"[?&]articleId=([\w-]+)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_submission(page: Page, text: str) -> Reading:
    """An `access-url` answer leads on (`moved`) to the article's JSON; that one is the article."""
    try:
        value = json_of(text)
    except ValueError:
        return Reading(PageState.ERROR, reason="the service's answer is not JSON")
    data = value.get("data") if isinstance(value, dict) else None
    if isinstance(data, str):
        found = _ARTICLE_ID.search(data)
        if found is None:
            return Reading(PageState.ERROR, reason="the service names no article")
        key = submission_key(page.url)  # goes along behind a #, for the answer need not name it
        moved_to = joined(page.url, f"{SERVICE}column/getArticleDetail?articleId={found[1]}{key and f'#/{key}'}")
        return Reading(PageState.MOVED, moved_to=moved_to, reason="a short key leads to the article")
    if not isinstance(data, dict) or not data.get("articleContent"):
        return Reading(PageState.GONE, reason="the service holds no such article")
    return _article(page, data)


def shown_address(url: str) -> str:
    """The page that people see of one of the service's addresses; the address itself where it names no short key."""
    key = submission_key(url)
    return joined(url, f"/sa.html#/{key}") if key else url


def _article(page: Page, data: dict[str, Any]) -> Reading:
    text = f"<div>{data['articleContent']}</div>"
    root = Selector(text=text, type="html").root
    files, body = attachments(root, page.url), whole_text(root, text, ("div",))
    if not body and not files:
        return Reading(PageState.EMPTY, reason="the article holds no text")
    when, _ = instant(str(data.get("publishDate") or ""))
    key = str(data.get("shortUrlKey") or submission_key(page.url))
    article = Article(
        url=joined(page.url, f"/sa.html#/{key}") if key else page.url,
        title=one_line(_BREAK.sub("", str(data.get("articleTitle") or page.listed_title))),
        account=NDRC.account,
        published_at=when or page.listed_at,
        precision=Precision.DAY,
        body=body,
        attachments=files,
        official=True,
    )
    return Reading(PageState.ARTICLE, article, reason="article of the submission service")

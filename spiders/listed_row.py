"""Articles known from an official list only: their page could not be read yet."""

import json
from datetime import datetime

from config.sources import Source
from notices.article import Article, Reading
from notices.identity import WECHAT_HOST, host_of
from notices.kinds import PageState, Precision
from notices.page import Page
from notices.target import Target
from spiders.archive import is_official
from spiders.blocks import one_line
from spiders.ndrc import SERVICE, shown_address
from spiders.sites import site_of

LISTED_ROW = "x-listed-row"  # the header that a list's row is kept with, so that it is read as such again


def is_official_row(url: str, source: Source) -> bool:
    """Whether a row stands in a regulator's own list, wherever it leads, or leads to a regulator from any list.

    Not to WeChat: which article an address there stands for is known when its page is read.
    """
    if host_of(url) == WECHAT_HOST:
        return False
    return any(is_official(_name(one)) for one in (url, *source.addresses))


def page_of_row(target: Target, source: Source, now: datetime) -> Page:
    """A list's row as a page under the address it names."""
    body = {"title": target.title, "account": target.account or source.account}
    return Page(
        url=target.url,
        body=json.dumps(body, ensure_ascii=False).encode("utf-8"),
        fetched_at=now,
        headers={"content-type": "application/json", LISTED_ROW: source.name},
        source=target.source,
        mode=target.mode,
        listed_title=target.title,
        listed_at=target.listed_at,
        listed_ends=target.ends_on,
    )


def read_listed_row(page: Page, text: str) -> Reading:
    """The article that a list's own fields make: title, day and deadline, without a text."""
    try:
        account = str(json.loads(text).get("account") or "")
    except (ValueError, AttributeError):
        account = ""
    host = _name(page.url)
    site = site_of(host)
    article = Article(
        url=shown_address(page.url) if SERVICE in page.url else page.url,
        title=one_line(page.listed_title),
        account=account or (site.account if site else host),
        published_at=page.listed_at,
        precision=Precision.DAY,
        truncated=True,
        official=is_official(host),
    )
    return Reading(PageState.LISTED, article, reason="known from an official list only")


def _name(url: str) -> str:
    return host_of(url).partition(":")[0]

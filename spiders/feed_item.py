"""Articles that a feed delivered whole, as `content:encoded`, `content_html` or a laid-out description."""

from urllib.parse import parse_qs

from parsel import Selector

from notices.addresses import parts_of
from notices.article import Article, Reading
from notices.identity import WECHAT_HOST, host_of
from notices.kinds import PageState, Precision
from notices.normal import normalise
from notices.page import Page
from spiders.archive import is_official
from spiders.blocks import one_line
from spiders.deep import whole_text
from spiders.files import attachments
from spiders.hrefs import links
from spiders.shells import tombstone


def read_feed_item(page: Page, text: str) -> Reading:
    """The article of a feed's item, unless the bridge met a verification page or a tombstone in its place."""
    item = f"<div>{text}</div>"
    root = Selector(text=item, type="html").root
    body = whole_text(root, item, ("div",))
    if not body:
        return Reading(PageState.EMPTY, reason="the feed's item holds no text")
    shell = tombstone(normalise(body).split("\n"))
    if shell is not None:
        return Reading(shell.state, reason=f"in the feed's item {shell.reason}")
    host = host_of(page.url).partition(":")[0]
    query = parse_qs(parts_of(page.url.replace("&amp;", "&")).query) if host == WECHAT_HOST else {}
    article = Article(
        url=page.url,
        title=one_line(page.listed_title or body)[:200],
        account=page.headers.get("x-feed-account", ""),
        published_at=page.listed_at,
        precision=Precision.SECOND if page.listed_at else Precision.DAY,
        biz=_first(query, "__biz"),
        mid=_first(query, "mid") or _first(query, "appmsgid"),
        idx=_first(query, "idx") or _first(query, "itemidx"),
        body=body,
        attachments=attachments(root, page.url),
        official=is_official(host),
        links=links(root, page.url),
    )
    return Reading(PageState.ARTICLE, article, reason="full text of a feed")


def _first(query: dict[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]

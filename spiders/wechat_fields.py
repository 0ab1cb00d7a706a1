"""What a WeChat page's scripts say of its article: title, account, time, identity, original."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from notices.addresses import parts_of
from notices.article import Article
from notices.kinds import Precision
from notices.page import Page
from spiders.wechat_tags import tag_with_id
from spiders.wechat_vars import cgi_data, member, neighbourhood, variable, xml_value

SHANGHAI = ZoneInfo("Asia/Shanghai")
ABOVE = 60_000  # characters above the text in which its original is named
TITLE_LIMIT = 64  # WeChat's own; a post without a title carries its whole text in that place

_ORIGIN = re.compile(r"original_primary_nickname[^>]*>([^<]+)")
_ORIGIN_TIP = re.compile(r"以下文章来源于\s*([^<，,]{1,40})")
_MINUTE = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?(?:\s+(\d{1,2}):(\d{2}))?")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Scripts:
    """A page and the parts of it where its variables stand; looked at in turn, so that 3 MB are searched rarely."""

    page: Page
    text: str
    near: str
    data: str

    @classmethod
    def of(cls, page: Page, text: str) -> "Scripts":
        """The scripts of a page's text."""
        return cls(page, text, neighbourhood(text), cgi_data(text))

    def value(self, *names: str, key: str = "") -> str:
        """The first string under one of the names: a variable, then `key` (or a name) in the page's data."""
        keys = (key,) if key else names
        return (
            next((found for name in names if (found := variable(self.near, name))), "")
            or next((found for name in keys if (found := html.unescape(member(self.data, name)))), "")
            or next((found for name in names if (found := variable(self.text, name))), "")
            or next((found for name in keys if (found := html.unescape(xml_value(self.text, name)))), "")
        )

    def kind(self) -> str:
        """The page's item_show_type; empty where no script says it."""
        return variable(self.near, "item_show_type") or self.value("item_show_type")

    def article(self, body: str, start: int = -1) -> Article:
        """The article with this body; `start` is where the text's element begins, above which its original stands."""
        biz, mid, idx = self._identity()
        when, precision = self._published()
        title = self.value("msg_title", key="title") or self._shown("activity-name") or self._meta("og:title")
        source = html.unescape(variable(self.near, "msg_source_url") or member(self.data, "source_url"))
        return Article(
            url=self.page.url,
            title=" ".join((title or self.page.listed_title or body).split())[:TITLE_LIMIT].rstrip(),
            account=" ".join(self._account().split()),
            published_at=when or self.page.listed_at,
            precision=precision,
            biz=biz,
            mid=mid,
            idx=idx,
            origin_account=self._origin(start),
            source_url=source if source.startswith(("http://", "https://")) else "",
            body=body,
        )

    def _account(self) -> str:
        named = self.value("nickname", key="nick_name") or self._shown("js_name") or self._shown("post-user")
        return named or self.page.headers.get("x-feed-account", "")

    def _identity(self) -> tuple[str, str, str]:
        """The account's id, the push and the place in it: the page's own, else of a link to itself or the address."""
        biz = self.value("biz", key="bizuin")
        mid = self.value("mid") or self.value("appmsgid")
        idx = self.value("idx")
        if biz and mid and idx:
            return biz, mid, idx
        for link in (self.value("msg_link", key="link"), self._meta("og:url"), self.page.url):
            given = parse_qs(parts_of(html.unescape(link)).query)
            if given.get("__biz") and given.get("mid"):
                return given["__biz"][0], given["mid"][0], given.get("idx", ["1"])[0]
        return biz, mid, idx

    def _published(self) -> tuple[datetime | None, Precision]:
        """The page's own time: seconds since 1970, else minutes or a day as it prints them."""
        for name in ("ct", "oriCreateTime", "ori_create_time", "create_timestamp"):
            seconds = self.value(name)
            if seconds.isdecimal() and len(seconds) == 10:
                return datetime.fromtimestamp(int(seconds), SHANGHAI), Precision.SECOND
        printed = (self.value("createTime", key="create_time"), self.value("publish_time"))
        for text in (*printed, self._shown("publish_time"), self._shown("post-date")):
            found = _MINUTE.search(text)
            if found:
                year, month, day, hour, minute = (int(part or 0) for part in found.groups())
                try:
                    when = datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
                except ValueError:
                    continue
                return when, Precision.SECOND if found[4] else Precision.DAY
        return None, Precision.DAY

    def _origin(self, start: int) -> str:
        """The account that the page itself, above its text, names as the original's."""
        above = self.text.rfind("original_area_primary", max(start - ABOVE, 0), max(start, 0))
        if above < 0:
            return ""
        block = self.text[above:start]
        named = _ORIGIN.search(block) or _ORIGIN_TIP.search(block)
        return " ".join(html.unescape(named[1]).split()) if named else ""

    def _shown(self, name: str) -> str:
        """The words of the short element with an id."""
        start, tag = tag_with_id(self.text, name)
        words = self.text[start + len(tag) :][:600].partition("</")[0] if tag else ""
        return " ".join(html.unescape(_TAG.sub("", words)).split())

    def _meta(self, name: str) -> str:
        found = re.search(rf"<meta\s+property=[\"']{name}[\"']\s+content=[\"']([^\"']*)", self.text[:60_000])
        return html.unescape(found[1]) if found else ""

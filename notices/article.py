"""An article: one outlet's copy of a text, and the reading of a page that may hold one."""

from dataclasses import dataclass
from datetime import date, datetime

from notices.kinds import Markup, PageState, Precision


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article offers; `text` is empty until it was fetched and read."""

    name: str
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One outlet's copy of a text, fields in the order they are filled.

    `published_at` is aware, Asia/Shanghai, None when the page does not say; `body` is paragraphs separated by newlines,
    table rows as `| a | b |`, list items as `- a`, written in `markup` until the clean stage made plain text of it;
    `biz`, `mid`, `idx` are WeChat's identity of an article, empty elsewhere; `origin_account` is the page's own
    "以下文章来源于"; `source_url` is the address the page itself names as its original; `listed_ends` is the last day
    for comments that the official list gave which named the page; `links` are the addresses that its text links to,
    where that is not written in the body's markup.
    """

    url: str
    title: str
    account: str = ""
    published_at: datetime | None = None
    precision: Precision = Precision.DAY
    biz: str = ""
    mid: str = ""
    idx: str = ""
    origin_account: str = ""
    source_url: str = ""
    body: str = ""
    markup: Markup = Markup.TEXT
    attachments: tuple[Attachment, ...] = ()
    truncated: bool = False
    official: bool = False
    listed_ends: date | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a spider's parser made of a page.

    `article` is set for the states that are extracted (`article`, `image` with a caption, `listed`), `moved_to` for
    `moved` and `share`; `reason` says in a few words what decided the state.
    """

    state: PageState
    article: Article | None = None
    moved_to: str = ""
    reason: str = ""

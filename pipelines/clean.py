"""Clean: an article's body and title as a reader would copy them, without what the outlet put around the text."""

import html
import re
from dataclasses import replace
from itertools import pairwise

from notices.article import Article, Attachment
from notices.identity import WECHAT_HOST, host_of
from notices.kinds import Markup
from pipelines.advertising import is_interface
from pipelines.endings import without_advertising
from pipelines.markdown import HOLE, Line, joined, read_markdown, without_cut
from pipelines.webpage import main_part, squeezed

LONGEST_TITLE = 1000  # characters; text posts have their whole text there
LONGEST = 2_000_000  # characters; beyond is a dump, and every later stage pays for it

_NO_WIDTH = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85]")
_SITE = re.compile(r"\s*(?:[-–—_|｜丨]+|\s-)\s*([^-–—_|｜丨]{2,40})$")
_TWICE = re.compile(r"^(\d{1,3}[.、] )(?:\1|#{1,6} )", re.MULTILINE)  # a list's number that its writer had typed too
_LETTERS = re.compile(r"^(?:[A-Za-z]\n){2,}[A-Za-z]{1,2}$", re.MULTILINE)  # a word with a letter on each line
_READ_ON = re.compile(r"[\[【（(“\"「『]+(?:点击)?阅读(?:原文|全文)[\]】）)”\"」』]+[。~！]?$", re.MULTILINE)


def clean(article: Article) -> Article:
    """The article with a plain-text body and title; files that the body links to are added to its attachments.

    A body longer than LONGEST characters is cut there and marked truncated.
    """
    body = _plain(article.body[:LONGEST])
    truncated = article.truncated or len(article.body) > LONGEST
    title = _title(article)
    files: tuple[Attachment, ...] = ()
    if article.markup is Markup.MARKDOWN:
        lines, files = read_markdown(without_cut(body) if truncated else body, article.url)
        if host_of(article.url) != WECHAT_HOST:
            lines = main_part(lines, title)
    else:
        lines = [Line(text) for raw in joined(body).split("\n") if (text := raw.strip())]
    body = _layout("\n".join(line.text for line in without_advertising(lines, title, article.account, not truncated)))
    known = {attachment.url for attachment in article.attachments}
    return replace(
        article,
        title=title,
        body=body,
        markup=Markup.TEXT,
        attachments=article.attachments + tuple(file for file in files if file.url not in known),
        truncated=truncated,
    )


def _plain(text: str) -> str:
    """A text whose control characters, lone surrogates and characters of no width are holes."""
    if "\r" in text or "\u2028" in text or "\u2029" in text or "\x85" in text:
        text = _LINE_ENDS.sub("\n", text)
    return _NO_WIDTH.sub(HOLE, text)


def _layout(body: str) -> str:
    """A text without numbers that stand twice and words that stand letter by letter, and without its "read on"."""
    body = _TWICE.sub(r"\1", body)
    if _LETTERS.search(body):
        words = _LETTERS.sub(lambda found: _word(found[0]), body)
        body = "\n".join(line for line in words.split("\n") if not is_interface(line))
    return _READ_ON.sub("", body) if "阅读" in body else body


def _word(column: str) -> str:
    """The word that a column of letters spells; the letters of a choice (A, B, C ...) stay below each other."""
    letters = column.split("\n")
    ascending = all(ord(after[0]) - ord(before) == 1 for before, after in pairwise(letters))
    return column if ascending or len(set(column)) <= 2 else "".join(letters)


def _title(article: Article) -> str:
    """The title without entities, odd spaces and the site's name behind a dash."""
    title = article.title[:LONGEST_TITLE]
    for _ in range(2):  # feeds escape what was escaped already
        title = html.unescape(title)
    title = " ".join(joined(_plain(title)).split())
    site = _SITE.search(title)
    if site and host_of(article.url) != WECHAT_HOST and _names_site(site[1], article) and title[: site.start()].strip():
        return title[: site.start()].strip()
    return title


def _names_site(text: str, article: Article) -> bool:
    name, account = squeezed(text).lower(), squeezed(article.account).lower()
    return (bool(account) and (name in account or account in name)) or name in host_of(article.url)

"""Where a notice ends and the text of its attachments begins, in a copy that carries both."""

import re

from notices.article import Article

LITTLE = 40  # characters: a page that says less offers its text as a file
SHORTEST = 80  # characters of a notice before its attachments
ROOM = 200  # characters that a heading needs after it: less is the list of the attachments' names

_HEADING = re.compile(r"^[（(【\[]?附(?:件|录|表|：|:)?\s?[0-9一二三四]?[)）】\]：:]?$", re.MULTILINE)
_CLAUSE = re.compile(r"^第[一1]\s?[条章]|^一、总体要求|^1[.、 ]?范围$", re.MULTILINE)
_TABLE = re.compile(r"^\|.*\|\n\|.*\|\n\|", re.MULTILINE)
_ANOTHER = re.compile(r"^(?:[0-9一二三四五]+[.、])?关于.{4,80}(?:通知|公告|通报|函|意见)$", re.MULTILINE)


def notice_part(body: str) -> str:
    """The part of a text before the attachments it carries; all of it when it carries none, or another notice too."""
    starts = [match.start() for match in _HEADING.finditer(body, SHORTEST) if len(body) - match.end() >= ROOM][:1]
    for pattern in (_CLAUSE, _TABLE):
        if match := pattern.search(body, SHORTEST):
            starts.append(match.start())
    if not starts or _ANOTHER.search(body, min(starts)):
        return body
    return body[: min(starts)]


def own_text(article: Article) -> str:
    """The text of a cleaned article; that of its attachments as well where the page itself says little."""
    if len(article.body) >= LITTLE:
        return article.body
    return "\n".join([article.body, *(attachment.text for attachment in article.attachments if attachment.text)])

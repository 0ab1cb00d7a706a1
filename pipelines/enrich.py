"""What the texts of attached files add to an article: words to search, and the fields that its page lacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from notices.article import Article, Attachment
from notices.fields import Fields
from notices.kinds import NoticeType
from notices.schema import files
from notices.store.chunks import rows_of
from notices.understood import Understood
from pipelines.attached import LITTLE, own_text
from pipelines.fields import NOTICES, read_fields
from pipelines.fingerprint import fingerprint
from pipelines.terms import find_terms

PERIOD = ("comment_start", "comment_end", "evidence")
FILLED = ("issuers", "doc_number", "emails", "phones")
FROM_FILE = "in the attached file"  # of a reason: whose the value is
FORM = (
    "反馈表",
    "意见表",
    "汇总表",
    "回执",
    "申请表",
    "登记表",
    "建议表",
)  # its contacts are the reader's own, to fill in


def with_files(connection: Connection, found: Sequence[Understood | None]) -> list[Understood | None]:
    """The articles with the texts of their attached files, where those were read."""
    urls = {one.url for each in found if each for one in each.article.attachments}
    texts = _texts(connection, urls)
    return [enriched(each, texts) if each and texts else each for each in found]


def enriched(one: Understood, texts: Mapping[str, str]) -> Understood:
    """An article with the texts of its attached files by address; its own words win over theirs."""
    attachments = tuple(replace(file, text=texts.get(file.url, file.text)) for file in one.article.attachments)
    if attachments == one.article.attachments:
        return one
    article = replace(one.article, attachments=attachments)
    fields = _fields(article, _own(one.fields))
    inside = (term for file in attachments for term in find_terms(file.text))
    terms = tuple(dict.fromkeys((*one.terms, *inside)))
    return Understood(one.key, article, fields, terms, one.words, fingerprint(article, fields))


def _own(fields: Fields) -> Fields:
    """The fields without what files gave before, so that it does not matter which of them was read first."""
    given = {reason.partition(": ")[0] for reason in fields.reasons if FROM_FILE in reason}
    names = given | (set(PERIOD) if "comment_end" in given else set())
    empty: dict[str, Any] = {name: getattr(Fields(), name) for name in names}
    return replace(fields, **empty, reasons=tuple(reason for reason in fields.reasons if FROM_FILE not in reason))


def _fields(article: Article, own: Fields) -> Fields:
    """The page's fields; of a page that says next to nothing, those of the text it offers as a file."""
    fields = own
    if len(article.body) < LITTLE:
        fields = read_fields(replace(article, body=own_text(article)))
        if own.comment_end and not fields.comment_end:  # the list named it
            fields = replace(fields, **{name: getattr(own, name) for name in PERIOD})
    if fields.notice_type not in NOTICES:
        return fields
    for file in article.attachments:
        if file.text:
            fields = _filled(fields, article, file)
    return fields


def _filled(fields: Fields, article: Article, file: Attachment) -> Fields:
    found = read_fields(replace(article, body=file.text, attachments=()))
    wanted = [] if any(word in file.name for word in FORM) else [name for name in FILLED if not getattr(fields, name)]
    changes: dict[str, Any] = {name: value for name in wanted if (value := getattr(found, name))}
    if fields.notice_type is NoticeType.CONSULTATION and not fields.comment_end and found.comment_end:
        changes |= {name: getattr(found, name) for name in PERIOD}
    named = [name for name in changes if name not in ("comment_start", "evidence")]
    reasons = tuple(f"{name}: {FROM_FILE} {file.name or file.url}" for name in named)
    return replace(fields, **changes, reasons=fields.reasons + reasons)


def _texts(connection: Connection, urls: Iterable[str]) -> dict[str, str]:
    query = select(files.c.url, files.c.text).where(files.c.text != "")
    return {row.url: row.text for row in rows_of(connection, query, files.c.url, urls)}

"""Fields: what a text says of itself, one part a file."""

from datetime import date

from notices.article import Article
from notices.fields import Fields
from notices.kinds import NoticeType
from pipelines.comment_period import Period, comment_period
from pipelines.contacts import emails, phones
from pipelines.credit import credit
from pipelines.doc_number import doc_number
from pipelines.documents import documents
from pipelines.issuers import issuers
from pipelines.notice_type import Typed, notice_type
from pipelines.sentences import only_sentence

NOTICES = frozenset({NoticeType.CONSULTATION, NoticeType.ISSUANCE, NoticeType.BULLETIN, NoticeType.CALL})


def read_fields(article: Article) -> Fields:
    """The fields of a cleaned article; contacts, issuers and number are read in notices and reports of them only."""
    typed = _typed(article)
    period = _period(article, typed.kind)
    ends, from_list = _end(article, period)
    notice = typed.kind in NOTICES
    digest = typed.kind is NoticeType.ROUNDUP  # each of its items may name a source, none of them is the text's
    credited = credit(article.origin_account, "" if digest else article.body)
    issued_by, where = issuers(article, credited) if notice else ((), "")
    reasons = [f"notice_type: {typed.reason}"] + ([f"issuers: {where}"] if where else []) + from_list
    return Fields(
        notice_type=typed.kind,
        comment_start=period.start if period else None,
        comment_end=ends,
        evidence=period.evidence if period else "",
        doc_number=doc_number(article.body) if notice else "",
        issuers=issued_by,
        documents=documents(article.title, article.body, typed.kind),
        emails=emails(article.body) if notice else (),
        phones=phones(article.body) if notice else (),
        credit=credited,
        reasons=tuple(reasons),
    )


def _typed(article: Article) -> Typed:
    """The type; what an official list gives a last day for comments is a consultation, whatever its title says."""
    typed = notice_type(article)
    if article.listed_ends is None or typed.kind in {NoticeType.CONSULTATION, NoticeType.INTERPRETATION}:
        return typed
    return Typed(NoticeType.CONSULTATION, "the list names a last day for comments")


def _end(article: Article, period: Period | None) -> tuple[date | None, list[str]]:
    """The last day for comments: the sentence's, else the list's; a disagreement is a reason of its own."""
    said, listed = period.end if period else None, article.listed_ends
    if listed is None:
        return said, []
    if said is None:
        return listed, ["comment_end: from the list, no sentence says it"]
    if said == listed:
        return said, ["comment_end: sentence and list agree"]
    return said, [f"comment_end?: the list says {listed.isoformat()}"]


def _period(article: Article, kind: NoticeType) -> Period | None:
    """The comment period where the text is a consultation or nothing but one sentence; others only quote one."""
    if kind is not NoticeType.CONSULTATION and not only_sentence(article.body) and "公示" not in article.title:
        return None
    published = article.published_at.date() if article.published_at else None
    return comment_period(article.title, article.body, published)

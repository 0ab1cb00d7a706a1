"""What the field stage reads in a text."""

from dataclasses import dataclass
from datetime import date

from notices.kinds import NoticeType


@dataclass(frozen=True, slots=True)
class Fields:
    """What a text says of itself; `evidence` is the sentence that proves the comment period, in the text's own words.

    `reasons` say in a few words why a field has its value, each written `field: reason`.
    """

    notice_type: NoticeType = NoticeType.OTHER
    comment_start: date | None = None
    comment_end: date | None = None
    evidence: str = ""
    doc_number: str = ""
    issuers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    credit: str = ""
    reasons: tuple[str, ...] = ()

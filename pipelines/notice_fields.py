"""The fields of a notice: the canonical article's, what it lacks from its carriers, and what people corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from notices.fields import Fields
from notices.kinds import NoticeType, Precision
from notices.understood import Understood

PERIOD = ("comment_start", "comment_end", "evidence")
FILLED = ("doc_number", "issuers", "documents", "emails", "phones", "credit")


@dataclass(frozen=True, slots=True)
class Said:
    """A notice's fields, when it was published, and the reason of every field: whose it is, who says otherwise."""

    fields: Fields
    published_at: datetime | None
    precision: Precision
    official: bool
    reasons: dict[str, str] = field(default_factory=dict)


def notice_fields(
    canonical: Understood, carriers: Sequence[Understood], corrections: Mapping[str, str] | None = None
) -> Said:
    """What a notice says, from its canonical article, its other carriers, and people's corrections."""
    others = sorted((one for one in carriers if one is not canonical), key=_timeline)
    reasons: dict[str, str] = {}
    fields = _filled(canonical, others, reasons)
    fields = _corrected(fields, corrections or {}, reasons)
    published, precision = _published(canonical, others)
    return Said(fields, published, precision, canonical.article.official, reasons)


def _filled(canonical: Understood, others: Sequence[Understood], reasons: dict[str, str]) -> Fields:
    fields = canonical.fields
    reasons["notice_type"] = _whose(canonical)
    for reason in fields.reasons:
        name, _, why = reason.partition(": ")
        reasons[name] = f"{_whose(canonical)}: {why}"
    for other in others:
        if not fields.comment_end and other.fields.comment_end and other.fields.notice_type is fields.notice_type:
            fields = replace(fields, **{name: getattr(other.fields, name) for name in PERIOD})
            reasons["comment_end"] = f"from the carrier {_whose(other)}"
        elif other.fields.comment_end and other.fields.comment_end != fields.comment_end:
            reasons["comment_end?"] = f"{_whose(other)} says {other.fields.comment_end}"
        for name in FILLED:
            if not getattr(fields, name) and getattr(other.fields, name):
                fields = replace(fields, **{name: getattr(other.fields, name)})
                reasons[name] = f"from the carrier {_whose(other)}"
    for name in ("comment_end", *FILLED):
        if getattr(fields, name):
            reasons.setdefault(name, _whose(canonical))
    return fields


def _corrected(fields: Fields, corrections: Mapping[str, str], reasons: dict[str, str]) -> Fields:
    changes: dict[str, Any] = {}
    if "type" in corrections:
        changes["notice_type"] = NoticeType(corrections["type"])
        reasons["notice_type"] = "corrected by a person"
    if "comment_end" in corrections:
        value = corrections["comment_end"]
        changes["comment_end"] = date.fromisoformat(value) if value else None
        reasons["comment_end"] = "corrected by a person"
    if "note" in corrections:
        reasons["note"] = corrections["note"]
    return replace(fields, **changes)


def _published(canonical: Understood, others: Sequence[Understood]) -> tuple[datetime | None, Precision]:
    """The official date where the canonical article is official, else the earliest carrier's."""
    own = canonical.article
    if own.official and own.published_at:
        return own.published_at, own.precision
    dated = [one.article for one in (canonical, *others) if one.article.published_at]
    if not dated:
        return None, Precision.DAY
    first = min(dated, key=lambda article: (article.published_at, article.precision))
    return first.published_at, first.precision


def _timeline(one: Understood) -> tuple[bool, str, str]:
    published = one.article.published_at
    return not one.article.official, published.isoformat() if published else "9999", one.key


def _whose(one: Understood) -> str:
    return one.article.account or one.article.url

"""Builds what a channel is told from notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.clean import line, web
from alerts.sending import Item, Link
from notices.notice import Notice
from notices.schema import SHANGHAI


def item(
    notice: Notice, event: str, attachments: Sequence[Link], happened: datetime, now: datetime, note: str = "",
    lender: Notice | None = None,
) -> Item:  # fmt: skip
    """What is told of a notice, official page first; `happened` is when the event was recorded.

    `lender` is the notice that names the end which this one takes from its matter.
    """
    deadline = notice.fields.comment_end
    today = now.astimezone(SHANGHAI).date()
    return Item(
        event=event,
        matter_id=notice.matter_id,
        notice_id=notice.notice_id,
        title=line(notice.titles[0]),
        notice_type=notice.fields.notice_type.value,
        issuers=tuple(line(one) for one in notice.fields.issuers),
        url=_address(notice),
        official=any(carrier.official for carrier in notice.carriers),
        published_at=notice.published_at,
        deadline=deadline,
        days_left=None if deadline is None else (deadline - today).days,
        evidence=line((lender or notice).fields.evidence),
        period_ended=deadline is not None and happened.astimezone(SHANGHAI).date() <= deadline < today,
        carriers=tuple(Link(line(one.account or one.url), web(one.url)) for one in notice.carriers),
        attachments=tuple(Link(line(one.name), web(one.url)) for one in attachments),
        note=line(note),
        deadline_from=_lent(lender) if notice.end_of_matter else None,
    )


def without_notice(event: str, matter_id: int, subject: Mapping[str, Any]) -> Item:
    """What is told where there is no notice: of a source in alarm, or of one that was taken down.

    `subject` has a `title`, and may have a `url` and a `note`.
    """
    return Item(
        event=event,
        matter_id=matter_id,
        notice_id=0,
        title=line(str(subject.get("title", ""))),
        notice_type="",
        issuers=(),
        url=web(str(subject.get("url", ""))),
        official=False,
        published_at=None,
        deadline=None,
        days_left=None,
        evidence="",
        period_ended=False,
        carriers=(),
        attachments=(),
        note=line(str(subject.get("note", ""))),
    )


def _address(notice: Notice) -> str:
    """The official page where there is one, else the fullest copy."""
    official = (carrier.url for carrier in notice.carriers if carrier.official)
    return web(next(official, notice.url))


def _lent(lender: Notice | None) -> Link:
    if lender is None:
        return Link("", "")
    issuers = "、".join(lender.fields.issuers)
    return Link(line(f"{lender.titles[0]} · {issuers}" if issuers else lender.titles[0]), _address(lender))

"""Builds what a channel is told from notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.sending import Item, Link
from alerts.words import WORDS
from notices.notice import Notice
from notices.schema import SHANGHAI

WHOLE = 5  # items that are told at length; more of them become a list of lines
SHOWN = 5  # carriers or attachments that a message names
LONGEST = 300  # characters of a title or a sentence


def item(notice: Notice, event: str, attachments: Sequence[Link], happened: datetime, now: datetime) -> Item:
    """What is told of a notice, official page first; `happened` is when the event was recorded."""
    deadline = notice.fields.comment_end
    today = now.astimezone(SHANGHAI).date()
    official = [carrier for carrier in notice.carriers if carrier.official]
    return Item(
        event=event,
        matter_id=notice.matter_id,
        notice_id=notice.notice_id,
        title=_line(notice.titles[0]),
        notice_type=notice.fields.notice_type.value,
        issuers=notice.fields.issuers,
        url=official[0].url if official else notice.url,
        official=bool(official),
        published_at=notice.published_at,
        deadline=deadline,
        days_left=None if deadline is None else (deadline - today).days,
        evidence=_line(notice.fields.evidence),
        period_ended=deadline is not None and happened.astimezone(SHANGHAI).date() <= deadline < today,
        carriers=tuple(Link(_line(one.account or one.url), one.url) for one in notice.carriers),
        attachments=tuple(attachments),
    )


def without_notice(event: str, matter_id: int, subject: Mapping[str, Any]) -> Item:
    """What is told where there is no notice, such as a sign of life; `subject` has a `title`."""
    return Item(
        event=event,
        matter_id=matter_id,
        notice_id=0,
        title=_line(str(subject.get("title", ""))),
        notice_type="",
        issuers=(),
        url="",
        official=False,
        published_at=None,
        deadline=None,
        days_left=None,
        evidence="",
        period_ended=False,
        carriers=(),
        attachments=(),
    )


def text(name: str, query: str, language: str, items: Sequence[Item], part: int = 1, parts: int = 1) -> str:
    """A message as text for people: a few items at length, many as a list with a line each."""
    words = WORDS[language]
    head = words["head"].format(subscription=name, number=len(items))
    head += words["part"].format(part=part, parts=parts) if parts > 1 else ""
    if len(items) <= WHOLE:
        blocks = ["\n".join(_whole(one, words)) for one in items]
    else:
        blocks = ["\n".join(f"{number}. {_short(one, words)}" for number, one in enumerate(items, 1))]
    foot = [words["why"].format(subscription=name, query=query), words["stop"].format(subscription=name)]
    return "\n\n".join([head, *blocks, "\n".join(foot)])


def _whole(one: Item, words: Mapping[str, str]) -> list[str]:
    lines = [f"{_event(one, words)}：{one.title}" if words is WORDS["zh"] else f"{_event(one, words)}: {one.title}"]
    if not one.notice_id:
        return lines
    kind = words.get(one.notice_type, one.notice_type)
    day = one.published_at.astimezone(SHANGHAI).date().isoformat() if one.published_at else words["unknown"]
    issuers = ", ".join(one.issuers) or words["unknown"]
    lines.append(f"{words['type']}: {kind} · {words['issuers']}: {issuers} · {words['published']}: {day}")
    if one.deadline is not None:
        lines.append(words["deadline_line"].format(date=one.deadline, left=_left(one, words)))
    if one.period_ended:
        lines.append(words["ended"])
    if one.evidence:
        lines.append(words["evidence"].format(evidence=one.evidence))
    lines.append(f"{words['official_link'] if one.official else words['link']}: {one.url}")
    lines += _links(words["carriers"], [link for link in one.carriers if link.url != one.url], words)
    return lines + _links(words["attachments"], one.attachments, words)


def _short(one: Item, words: Mapping[str, str]) -> str:
    until = f" · {words['deadline_line'].format(date=one.deadline, left=_left(one, words))}" if one.deadline else ""
    return f"{_event(one, words)} · {one.title}{until}\n   {one.url}"


def _event(one: Item, words: Mapping[str, str]) -> str:
    name, _, about = one.event.partition(":")
    return words.get(name, name).format(date=about.rpartition(":")[2], version=about)


def _left(one: Item, words: Mapping[str, str]) -> str:
    days = one.days_left or 0
    return words["over"] if days < 0 else words["today"] if days == 0 else words["left"].format(days=days)


def _links(label: str, links: Sequence[Link], words: Mapping[str, str]) -> list[str]:
    if not links:
        return []
    more = f" {words['more'].format(number=len(links) - SHOWN)}" if len(links) > SHOWN else ""
    return [f"{label}: " + "; ".join(f"{link.name} {link.url}".strip() for link in links[:SHOWN]) + more]


def _line(value: str) -> str:
    """One line of at most so many characters: line breaks and control characters of a page become spaces."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"

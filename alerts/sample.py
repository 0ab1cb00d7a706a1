"""A sample message, so that a person sees whether a channel works."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts import lines
from alerts.channels.rate import claim, limits
from alerts.channels.senders import SENDERS
from alerts.courier import deliver
from alerts.dispatcher import resolve
from alerts.sending import Item, Link, Message
from config.channels import Channel, shown
from notices.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose sample it is."""

    name: str
    query: str
    language: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a channel said to the sample."""

    channel: str
    accepted: bool
    answer: str


def try_out(
    store: Store, names: Sequence[str], channels: Mapping[str, Channel], now: datetime, asked: Asked
) -> list[Tried]:
    """Sends a sample, marked as one, to the channels; the ledger does not know of it, a robot's rate does."""
    tried = []
    for name in names:
        channel = resolve(name, channels)
        sender = SENDERS[channel.kind]
        with store.writing() as connection:
            turn = claim(connection, channel, limits(channel, sender.limits), now)
        if turn.wait:
            tried.append(Tried(shown(name), False, f"its rate is used up: try again in {turn.wait.seconds + 1} s"))
            continue
        answer = deliver(channel, sender, sample(asked, now), now)
        said = f"{answer.said}; NOT for {answer.missed}" if answer.missed else answer.said
        tried.append(Tried(shown(name), answer.accepted, said))
    return tried


def sample(asked: Asked, now: datetime) -> Message:
    """The message that a subscription's channels would get of an invented notice."""
    end = (now + timedelta(days=14)).date()
    item = Item(
        event="new",
        matter_id=0,
        notice_id=0,
        title="关于公开征求《示例数据管理办法（征求意见稿）》意见的通知",
        notice_type="consultation",
        issuers=("示例部",),
        url="https://www.example.org/notice.html",
        official=True,
        published_at=now,
        deadline=end,
        days_left=14,
        evidence=f"请于{end.year}年{end.month}月{end.day}日前反馈意见。",
        period_ended=False,
        carriers=(Link("示例部", "https://www.example.org/notice.html"),),
        attachments=(Link("征求意见稿.docx", "https://www.example.org/draft.docx"),),
    )
    key = f"{secrets.token_hex(16)}.1.1"
    made = Message(key, 1, 1, 1, asked.name, asked.query, asked.language, items=(item,), text="", test=True)
    return replace(made, text=lines.text(made))

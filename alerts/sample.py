"""A sample message, so that a person sees whether a channel works."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import message
from alerts.dispatcher import deliver, resolve
from alerts.sending import Item, Link, Message
from alerts.subscriptions import Subscription
from alerts.words import WORDS
from config.channels import Channel, shown


@dataclass(frozen=True, slots=True)
class Tried:
    """What a channel said to the sample."""

    channel: str
    accepted: bool
    answer: str


def try_out(subscription: Subscription, channels: Mapping[str, Channel], now: datetime) -> list[Tried]:
    """Sends a sample, marked as one, to every channel of a subscription; the ledger does not know of it."""
    tried = []
    for name in subscription.channels:
        answer = deliver(resolve(name, channels), sample(subscription, now), now)
        tried.append(Tried(shown(name), answer.accepted, answer.said))
    return tried


def sample(subscription: Subscription, now: datetime) -> Message:
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
    text = message.text(subscription.name, subscription.query, subscription.language, [item])
    text = f"{WORDS[subscription.language]['test']}\n\n{text}"
    key = f"{secrets.token_hex(16)}.1.1"
    return Message(key, 1, 1, 1, subscription.name, subscription.query, subscription.language, (item,), text, test=True)

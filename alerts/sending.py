"""What a message and a channel's answer are, whatever the channel."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from config.channels import Channel


@dataclass(frozen=True, slots=True)
class Link:
    """Something to open: a carrier's copy or an attachment."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told; `days_left` counts from today, 0 is the last day, None where there is no deadline.

    `period_ended` says that the comment period was open when it happened and has ended meanwhile.
    """

    event: str
    matter_id: int
    notice_id: int
    title: str
    notice_type: str
    issuers: tuple[str, ...]
    url: str
    official: bool
    published_at: datetime | None
    deadline: date | None
    days_left: int | None
    evidence: str
    period_ended: bool
    carriers: tuple[Link, ...]
    attachments: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A numbered part of what one channel is told for one subscription; `key` is the same on every retry."""

    key: str
    part: int
    parts: int
    attempt: int
    subscription: str
    query: str
    language: str
    items: tuple[Item, ...]
    text: str = field(repr=False)
    test: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel said: its own words, or why there are none; `retry_after` in seconds where it asked for a pause.

    `down` says that it would accept no other message either now.
    """

    accepted: bool
    said: str
    down: bool = False
    retry_after: float | None = None


Send = Callable[[Channel, Message, datetime], Answer]

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

    `period_ended` says that the comment period was open when it happened and has ended meanwhile; `note` is what else
    there is to say, such as why a source is in alarm; without a notice `notice_id` is 0 and `url` may be empty. Where
    the deadline and its evidence are another notice's of the matter, `deadline_from` is that one, unnamed if unknown.
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
    note: str = ""
    deadline_from: Link | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A numbered part of what one channel is told for one subscription; `key` is the same on every retry.

    `thread` is the same in every message to a subscription about one matter, empty in a message about several; `link`
    is where all of it can be read, empty where the operator serves nothing.
    """

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
    pace: str = "now"
    thread: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel said: its own words, or why there are none; `retry_after` in seconds where it asked for a pause.

    `down` says that it would accept no other message either now; `unsure` that the message left and no answer came, so
    that the channel may have it; `missed` names who did not get a message that was accepted for others.
    """

    accepted: bool
    said: str
    down: bool = False
    retry_after: float | None = None
    unsure: bool = False
    missed: str = ""


Send = Callable[[Channel, Message, datetime], Answer]
Roomy = Callable[[Channel, Message], bool]


@dataclass(frozen=True, slots=True)
class Sender:
    """How a kind of channel is spoken to.

    `limits` are the most posts in so many seconds; `roomy` says whether a message can be told without leaving any
    item out, None where any number of items can.
    """

    send: Send
    limits: tuple[tuple[int, float], ...] = ()
    roomy: Roomy | None = None

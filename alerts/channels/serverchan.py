"""ServerChan (Server酱): a title and Markdown of at most 32 KB, the address holding its key."""

from datetime import datetime

from alerts import lines
from alerts.channels.markdown import markdown
from alerts.channels.robots import Codes, encoded, tell
from alerts.lines import Layout
from alerts.sending import Answer, Message, Sender
from alerts.view import subject
from config.channels import Channel

LARGEST = 32_000  # bytes of `desp`
TITLE = 32  # characters
LIMITS = ((20, 60.0),)
CODES = Codes(names=("code", "errno"), busy={40001: 3_600.0, 1024: 60.0}, closed=frozenset({20001, 30001}))


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Sends a message; accepted only with `code` 0."""
    told = markdown(lines.fit(message, _fits).layout, "  \n")
    return tell(channel, encoded({"title": subject(message)[:TITLE], "desp": told}), CODES)


def roomy(channel: Channel, message: Message) -> bool:
    """Whether every item finds room."""
    return lines.roomy(message, _fits)


def _fits(layout: Layout) -> bool:
    return len(markdown(layout, "  \n").encode()) <= LARGEST


SENDER = Sender(send, LIMITS, roomy)

"""WeCom's group robot (企业微信群机器人): a Markdown message of at most 4,096 bytes, the address holding its key."""

from datetime import datetime

from alerts import lines
from alerts.channels.markdown import markdown
from alerts.channels.robots import Codes, encoded, tell
from alerts.lines import Layout
from alerts.sending import Answer, Message, Sender
from config.channels import Channel

LARGEST = 4_096  # bytes of `content`
LIMITS = ((20, 60.0),)
CODES = Codes(
    names=("errcode",),
    busy={-1: 15.0, 45009: 60.0, 45033: 15.0},
    closed=frozenset({40001, 40014, 93000, 93004, 93008, 301025}),
)


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Sends a message; accepted only with `errcode` 0."""
    content = markdown(lines.fit(message, _fits).layout)
    return tell(channel, encoded({"msgtype": "markdown", "markdown": {"content": content}}), CODES)


def roomy(channel: Channel, message: Message) -> bool:
    """Whether every item finds room."""
    return lines.roomy(message, _fits)


def _fits(layout: Layout) -> bool:
    return len(markdown(layout).encode()) <= LARGEST


SENDER = Sender(send, LIMITS, roomy)

"""DingTalk's group robot (钉钉群机器人): a Markdown message of at most 20,000 bytes, signed in the address."""

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote_plus

from alerts import lines
from alerts.channels.markdown import markdown
from alerts.channels.robots import Codes, encoded, tell
from alerts.lines import Layout
from alerts.sending import Answer, Message, Sender
from alerts.view import subject
from config.channels import Channel

LARGEST = 20_000  # bytes of the body
LIMITS = ((20, 60.0),)
PAUSE = 600.0  # seconds that the platform shuts a robot out for sending too fast
CODES = Codes(
    names=("errcode",),
    busy={-1: 15.0, 130101: PAUSE, 410100: PAUSE, 90030: PAUSE},
    closed=frozenset({300001, 310000, 400013, 400101, 400102, 400106}),
)


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Sends a message; accepted only with `errcode` 0."""
    url = signed(channel.url, channel.secret, now) if channel.secret else ""
    return tell(channel, _body(message, lines.fit(message, lambda told: _fits(message, told)).layout), CODES, url)


def signed(url: str, secret: str, now: datetime) -> str:
    """The address with a time in milliseconds and its signature: HMAC-SHA256 with the secret over both."""
    timestamp = str(int(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}timestamp={timestamp}&sign={quote_plus(base64.b64encode(digest))}"


def roomy(channel: Channel, message: Message) -> bool:
    """Whether every item finds room."""
    return lines.roomy(message, lambda told: _fits(message, told))


def _fits(message: Message, layout: Layout) -> bool:
    return len(_body(message, layout)) <= LARGEST


def _body(message: Message, layout: Layout) -> bytes:
    told = {"title": subject(message), "text": markdown(layout, "  \n")}
    return encoded({"msgtype": "markdown", "markdown": told, "at": {"isAtAll": False}})


SENDER = Sender(send, LIMITS, roomy)

"""Feishu's and Lark's group robot (飞书群机器人): rich text without any markup, at most 20 KB, signed."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from alerts import lines
from alerts.channels.robots import Codes, encoded, tell
from alerts.lines import Layout, Line
from alerts.sending import Answer, Message, Sender
from alerts.view import subject
from config.channels import Channel

LARGEST = 20_000  # bytes of the body, below the platform's 20 KB
LIMITS = ((5, 1.0), (100, 60.0))
CODES = Codes(
    names=("code", "StatusCode"),
    busy={11232: 60.0, 11247: 15.0},
    closed=frozenset({19001, 19021, 19022, 19024}),
)


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Sends a message; accepted only with `code` 0."""
    layout = lines.fit(message, lambda told: _fits(channel, message, told, now)).layout
    return tell(channel, _body(channel, message, layout, now), CODES)


def signature(secret: str, now: datetime) -> dict[str, str]:
    """A time in seconds and its signature: HMAC-SHA256 over nothing, with both of them as the key."""
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


def roomy(channel: Channel, message: Message) -> bool:
    """Whether every item finds room."""
    never = datetime.fromtimestamp(0).astimezone()
    return lines.roomy(message, lambda told: _fits(channel, message, told, never))


def _fits(channel: Channel, message: Message, layout: Layout, now: datetime) -> bool:
    return len(_body(channel, message, layout, now)) <= LARGEST


def _body(channel: Channel, message: Message, layout: Layout, now: datetime) -> bytes:
    said = {"title": subject(message), "content": [_line(line) for block in layout for line in (*block, ())]}
    language = "zh_cn" if message.language == "zh" else "en_us"
    proof = signature(channel.secret, now) if channel.secret else {}
    return encoded({**proof, "msg_type": "post", "content": {"post": {language: said}}})


def _line(line: Line) -> list[dict[str, Any]]:
    told = [
        {"tag": "a", "text": span.text.strip() or span.url, "href": span.url}
        if span.url
        else {"tag": "text", "text": span.text}
        for span in line
    ]
    return told or [{"tag": "text", "text": ""}]


SENDER = Sender(send, LIMITS, roomy)

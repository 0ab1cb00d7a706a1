"""The webhook: a signed JSON POST; `docs/webhook.md` describes it for whoever receives it."""

import hashlib
import hmac
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

import orjson

from alerts.channels.post import post
from alerts.sending import Answer, Message
from config.channels import Channel

VERSION = 1
_OURS = {"thread"}  # fields of a message that mean nothing to a receiver


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Posts a message; accepted only when the receiver answers 2xx. Raises nothing for a receiver that fails."""
    body = payload(message, now)
    reply = post(channel, body, headers(channel, message, body, now))
    return reply if isinstance(reply, Answer) else Answer(reply.ok, reply.said, reply.down, reply.retry_after)


def headers(channel: Channel, message: Message, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a request; the signature only where the channel has a secret."""
    timestamp = str(int(now.timestamp()))
    made = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "policywatch",
        "Idempotency-Key": message.key,
        "X-Policywatch-Attempt": str(message.attempt),
        "X-Policywatch-Timestamp": timestamp,
    }
    if channel.secret:
        made["X-Policywatch-Signature"] = signature(channel.secret, timestamp, body)
    return made


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a request: HMAC-SHA256 over the timestamp, a full stop and the body, in hex."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def payload(message: Message, now: datetime) -> bytes:
    """The body of a request."""
    value = {"version": VERSION, "sent_at": now.isoformat(), **_plain(message)}
    return orjson.dumps({name: one for name, one in value.items() if name not in _OURS})


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    # lone surrogates, which JSON cannot hold, can stand in the text of a broken page
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value

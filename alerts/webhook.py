"""The webhook: a signed JSON POST; `docs/webhook.md` describes it for whoever receives it."""

import hashlib
import hmac
import ssl
import time
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import httpx
import orjson

from alerts.sending import Answer, Message
from config.channels import Channel, shown

VERSION = 1
BUSY = {408, 425, 429}  # answers that mean "later" and are no server error
LONGEST_ANSWER = 2_000  # bytes of an answer that are read


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Posts a message; accepted only when the receiver answers 2xx. Raises nothing for a receiver that fails."""
    body = payload(message, now)
    limits = httpx.Timeout(channel.timeout)
    try:
        with (
            httpx.Client(timeout=limits, follow_redirects=False, trust_env=False, verify=_trusted()) as client,
            client.stream("POST", channel.url, content=body, headers=headers(channel, message, body, now)) as response,
        ):
            said = _said(response, time.monotonic() + channel.timeout)
    except httpx.TimeoutException:
        return Answer(False, f"no answer from {shown(channel.url)} within {channel.timeout:g} s", down=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(False, f"{shown(channel.url)}: {type(error).__name__}", down=True)
    words = f"{response.status_code} {said}".strip()
    down = response.status_code in BUSY or response.is_server_error
    return Answer(response.is_success, words, down, _retry_after(response))


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted; reading them takes longer than a message does."""
    return httpx.create_ssl_context(trust_env=False)


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
    return orjson.dumps(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    # lone surrogates, which JSON cannot hold, can stand in the text of a broken page
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _said(response: httpx.Response, until: float) -> str:
    read = b""
    for some in response.iter_bytes():
        read += some
        if len(read) > LONGEST_ANSWER or time.monotonic() > until:
            break
    return " ".join(read[:LONGEST_ANSWER].decode("utf-8", "replace").split())[:200]


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() and len(value) < 6 else None

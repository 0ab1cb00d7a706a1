"""What the chat robots have in common: a JSON POST, and an answer whose code says whether it was accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from alerts.channels.post import Reply, post
from alerts.sending import Answer
from config.channels import Channel


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a platform's answers.

    `names` are the fields that may hold the code, 0 for accepted; `busy` are codes that ask for a pause, in seconds;
    `closed` are codes after which no other message would be accepted either.
    """

    names: tuple[str, ...]
    busy: Mapping[int, float]
    closed: frozenset[int]


def encoded(body: Mapping[str, Any]) -> bytes:
    """A JSON body, Chinese written as itself: the platforms count its bytes."""
    return orjson.dumps(body)


def tell(channel: Channel, body: bytes, codes: Codes, url: str = "") -> Answer:
    """Posts a JSON body and reads the answer's code; a 200 without a code of success is no acceptance."""
    reply = post(channel, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "policywatch"}, url)
    return reply if isinstance(reply, Answer) else judged(reply, codes)


def judged(reply: Reply, codes: Codes) -> Answer:
    """What an answer of a robot means."""
    code = _code(reply.body, codes.names)
    if not reply.ok:
        return Answer(False, reply.said, reply.down or code in codes.closed, reply.retry_after)
    if code is None:
        without = f"{reply.said}: an answer without {' or '.join(codes.names)}"
        return Answer(False, without, down=True, unsure=reply.cut)
    if code == 0:
        return Answer(True, reply.said)
    pause = codes.busy.get(code)
    return Answer(False, reply.said, pause is not None or code in codes.closed, reply.retry_after or pause)


def _code(body: bytes, names: tuple[str, ...]) -> int | None:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    found = [value.get(name) for name in names] if isinstance(value, dict) else []
    return next((one for one in found if type(one) is int), None)

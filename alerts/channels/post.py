"""A POST to a channel's address, and what came of it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic

import httpcore

from alerts.channels.guard import Guard, Late, Refused, limit
from alerts.sending import Answer
from config.channels import Channel, shown

BUSY = {408, 425, 429}  # answers that mean "later" and are no server error
LONGEST_ANSWER = 64_000  # bytes of an answer that are read
SHOWN = 200  # characters of an answer that are kept
CONNECTIONS = 1_000
IDLE = 5.0  # seconds that a connection is kept for the next message
NEVER_LEFT = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout, httpcore.WriteTimeout)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered; `cut` says that the rest of the body did not come in time."""

    status: int
    body: bytes
    retry_after: float | None
    cut: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status says that the request was accepted."""
        return 200 <= self.status < 300

    @property
    def down(self) -> bool:
        """Whether the status says that no other request would be accepted now."""
        return self.status in BUSY or self.status >= 500

    @property
    def said(self) -> str:
        """The answer on one line: status and the beginning of the body."""
        words = " ".join(self.body[:2_000].decode("utf-8", "replace").split())
        return f"{self.status} {words[:SHOWN]}".strip()


def post(channel: Channel, body: bytes, headers: Mapping[str, str], url: str = "") -> Reply | Answer:
    """Posts to the channel's address, or to `url`; an Answer where none came from there. Redirects are not followed."""
    pool = _pool(channel.private)
    limit(channel.timeout)
    waits = dict.fromkeys(("connect", "read", "write", "pool"), channel.timeout)
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    began = monotonic()
    try:
        request = pool.stream("POST", url or channel.url, headers=sent, content=body, extensions={"timeout": waits})
        with request as response:
            read, cut = _read(response)
            return Reply(response.status, read, _retry_after(response.headers), cut)
    except Refused as refused:
        return Answer(False, str(refused), down=True)
    except (httpcore.TimeoutException, Late) as error:
        waited = f"no answer from {shown(channel.url)} within {min(channel.timeout, monotonic() - began):.3g} s"
        return Answer(False, waited, down=True, unsure=not isinstance(error, NEVER_LEFT))
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        why = f"{shown(channel.url)}: {type(error).__name__}"
        return Answer(False, why, down=True, unsure=not isinstance(error, NEVER_LEFT))
    except (httpcore.UnsupportedProtocol, ValueError, UnicodeError):
        return Answer(False, f"{shown(channel.url)} is no address that can be posted to: mend it", down=True)


def _read(response: httpcore.Response) -> tuple[bytes, bool]:
    read = b""
    try:
        for some in response.iter_stream():
            read += some
            if len(read) > LONGEST_ANSWER:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return read, True
    return read, False


@cache
def _pool(private: bool) -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context=_trusted(),
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS,
        keepalive_expiry=IDLE,
        network_backend=Guard(private),
    )


def _trusted() -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _retry_after(headers: list[tuple[bytes, bytes]]) -> float | None:
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) < 6:
            return float(value)
    return None

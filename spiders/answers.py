"""What a site answered: as a page, as a reason why there is none, as a wish to be left alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlunsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionLost

from config.sources import Source
from notices.addresses import joined, parts_of
from notices.identity import host_of
from notices.page import Page
from notices.target import Target
from spiders.guard import Refused

FAILURES = (
    *(CannotResolveHostError, DownloadCancelledError, DownloadConnectionRefusedError, DownloadFailedError),
    *(DownloadTimeoutError, IgnoreRequest, ResponseDataLossError, ConnectError, ConnectionLost, Refused, OSError),
)  # what a request is known to end with when it has no answer

_REDIRECTS = {301, 302, 303, 307, 308}


def instead(url: str, bases: Mapping[str, str]) -> str:
    """The address that is really asked: the same, unless there is a base for its host."""
    base = bases.get(host_of(url))
    if not base:
        return url
    parts, other = parts_of(url), parts_of(base)
    return urlunsplit((other.scheme, other.netloc, other.path.rstrip("/") + parts.path, parts.query, ""))


def page_of(response: Response, target: Target, source: Source) -> Page:
    """The answer as a page under the address the list named; `x-location` is where a redirect led to."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    if response.url != instead(target.url, source.bases).partition("#")[0]:
        headers["x-location"] = response.url
    return Page(
        url=target.url,
        body=response.body,
        fetched_at=datetime.now(timezone.utc),
        status=response.status,
        headers=headers,
        source=source.name,
        mode=target.mode,
        listed_title=target.title,
        listed_at=target.listed_at,
        listed_ends=target.ends_on,
    )


def validators(response: Response) -> tuple[str, str]:
    """An answer's ETag and Last-Modified, empty where there is none."""
    etag, modified = (response.headers.get(name) or b"" for name in ("ETag", "Last-Modified"))
    return etag.decode("latin-1"), modified.decode("latin-1")


def asked_pause(response: Response) -> timedelta | None:
    """How long a wall asks to be left alone, by Retry-After in seconds or as a date; None where it does not say."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdecimal() and len(value) < 10:
        return timedelta(seconds=int(value))
    try:
        wait = parsedate_to_datetime(value) - datetime.now(timezone.utc)
    except (ValueError, TypeError):
        return None
    return max(wait, timedelta())


def redirect_of(response: Response) -> str:
    """Where an answer sends us, as a whole address; empty for one that does not."""
    place = response.headers.get("Location") or b""
    if response.status not in _REDIRECTS or not place:
        return ""
    return joined(response.url, place.decode("utf-8", errors="replace").strip()) or "invalid:"


def loss(error: BaseException) -> tuple[str, str]:
    """The outcome of a request without an answer, and what happened in a few words."""
    said = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, Refused):
        return "refused", said
    if isinstance(error, DownloadTimeoutError):
        return "slow", said
    if isinstance(error, DownloadCancelledError) or "during decompression" in said:
        return "too_large", said
    return ("certificate" if _is_certificate(error) else "unreachable"), said


def _is_certificate(error: BaseException) -> bool:
    """Whether a connection failed because of who the other side said it is."""
    words = f"{error!r} {error.__cause__!r} {getattr(error.__cause__, 'reasons', '')}".lower()
    return "certificate" in words or "verificationerror" in words

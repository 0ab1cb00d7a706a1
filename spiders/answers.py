"""What a site answered: as a page, as a reason why there is none, as a wish to be left alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from config.sources import Source
from notices.identity import host_of
from notices.kinds import Mode
from notices.page import Page

PAUSE = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Target:
    """An address to fetch, with what the list said of it; `hops` counts the pages that led from one to the next."""

    url: str
    title: str = ""
    listed_at: datetime | None = None
    ends_on: date | None = None
    mode: Mode = Mode.LIVE
    hops: int = 0


def instead(url: str, bases: Mapping[str, str]) -> str:
    """The address that is really asked: the same, unless there is a base for its host."""
    base = bases.get(host_of(url))
    if not base:
        return url
    parts, other = urlsplit(url), urlsplit(base)
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


def asked_pause(response: Response) -> timedelta:
    """How long a wall asks to be left alone: Retry-After in seconds or as a date, at most a day; else half an hour."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdecimal() and len(value) < 10:
        return min(timedelta(seconds=int(value)), LONGEST_PAUSE)
    try:
        wait = parsedate_to_datetime(value) - datetime.now(timezone.utc)
    except (ValueError, TypeError):
        return PAUSE
    return min(max(wait, timedelta()), LONGEST_PAUSE)


def loss(failure: Failure) -> str:
    """The outcome of a request without an answer."""
    if isinstance(failure.value, IgnoreRequest):
        return "disallowed"
    cancelled = "Cancelled" in str(
        getattr(failure.type, "__name__", "")
    )  # only DOWNLOAD_MAXSIZE cancels; the class moved between versions
    return "too_large" if cancelled else "unreachable"

"""The page of an archived file: what its front matter says of its address and of the time it was fetched."""

import re
from datetime import datetime

from notices.kinds import Mode
from notices.page import Page
from notices.schema import SHANGHAI
from scheduler.inputs import Found

HEAD = 20_000  # bytes in which the front matter ends; only damaged files have more

_FENCE = re.compile(rb"^---[ \t]*\r?$", re.MULTILINE)
_URL = re.compile(rb"^url:[ \t]*(.+?)[ \t]*\r?$", re.MULTILINE)
_SOURCE = re.compile(rb"^source:[ \t]*(.+?)[ \t]*\r?$", re.MULTILINE)
_FETCHED = re.compile(rb"^(?:fetch_)?date:[ \t]*(\S.*?)[ \t]*\r?$", re.MULTILINE)
_UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def archived_page(found: Found, mode: Mode, now: datetime) -> Page:
    """The page of an archived file; one that does not say when it was fetched counts as fetched now."""
    head = _front(found.body)
    fetched = max(filter(None, map(_instant, _FETCHED.findall(head))), default=now)
    return Page(
        url=_first(_URL, head).strip("'\""),
        body=found.body,
        fetched_at=fetched,
        source=_first(_SOURCE, head),
        path=found.path,
        mode=mode,
    )


def _front(body: bytes) -> bytes:
    fences = _FENCE.finditer(body, 0, HEAD)
    opening, closing = next(fences, None), next(fences, None)
    return body[opening.end() : closing.start()] if opening and closing else b""


def _first(pattern: re.Pattern[bytes], head: bytes) -> str:
    found = pattern.search(head)
    return _UNWRITABLE.sub("", found[1].decode("utf-8", "replace")) if found else ""


def _instant(text: bytes) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.decode("ascii").strip("'\""))
    except ValueError:  # no date of the calendar, or not ASCII: UnicodeDecodeError is one too
        return None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)

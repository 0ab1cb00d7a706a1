"""Serves the files of feeds to whoever has an address; everything else is not found, in the same words."""

import hashlib
import hmac
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from alerts.feeds.addresses import FORMATS, ROOM
from notices.schema import subscriptions
from notices.store import Store

FILES = dict(FORMATS.values())
NOBODY = "x" * 32  # compared where there is no such subscription, so that the time says nothing
LARGEST = 2**62  # of a subscription's number
FRESH = 300  # seconds that a reader may keep a feed

HEADERS = {
    "Cache-Control": f"private, max-age={FRESH}",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
}


def application(store: Store, data: Path) -> Starlette:
    """An application that serves the feeds of a data folder."""

    def answer(request: Request) -> Response:
        found = _path(store, data / ROOM, request)
        return _not_found() if found is None else _file(request, found)

    route = Route(f"/{ROOM}/{{number:int}}/{{secret}}/{{file}}", answer, methods=["GET"])
    return Starlette(routes=[route], exception_handlers={404: lambda request, error: _not_found()})


def _path(store: Store, folder: Path, request: Request) -> Path | None:
    """The file that a request may read; None for a wrong address, whatever is wrong in it."""
    number, secret, file = (request.path_params[name] for name in ("number", "secret", "file"))
    if file not in FILES or number > LARGEST:
        return None
    with store.reading() as connection:
        mine = select(subscriptions.c.secret).where(subscriptions.c.id == number)
        held = connection.execute(mine).scalar() or ""
    right = hmac.compare_digest(secret.encode("utf-8", "replace"), (held or NOBODY).encode())
    path = folder / str(number) / file
    return path if held and right and path.is_file() else None


def _file(request: Request, path: Path) -> Response:
    try:
        content, changed = path.read_bytes(), int(path.stat().st_mtime)
    except OSError:
        return _not_found()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    at = format_datetime(datetime.fromtimestamp(changed, timezone.utc), usegmt=True)
    headers = {**HEADERS, "ETag": tag, "Last-Modified": at}
    if _is_known(request, tag, changed):
        return Response(status_code=304, headers=headers)
    return Response(content, headers={**headers, "Content-Type": FILES[path.name]})


def _is_known(request: Request, tag: str, changed: int) -> bool:
    """Whether the reader has this file; a tag says more than a date."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return any(one.strip().removeprefix("W/") in (tag, "*") for one in tags.split(","))
    since = request.headers.get("if-modified-since", "")
    try:
        return changed <= parsedate_to_datetime(since).timestamp()
    except (ValueError, TypeError, OverflowError):
        return False


def _not_found() -> Response:
    return PlainTextResponse("not found\n", 404, headers=HEADERS)

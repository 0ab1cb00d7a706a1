"""Attached files on their way: which are fetched, what became of the fetch, and which wait to be read."""

from datetime import datetime

from sqlalchemy import Connection, select

from notices.page import Page
from notices.pagefile import body_hash
from notices.schema import article_files, articles, files
from notices.store.chunks import rows_of
from notices.store.engine import upsert
from notices.store.queue import put, put_back, remove
from notices.target import Kind, Target
from scheduler.runs import count

MOST_FILES = 50  # of one article
TRIES = 6
FINAL = {"too_large", "refused", "gone", "disallowed"}  # asked again, they would be the same


def queue_files(connection: Connection, target: Target, article_id: int, now: datetime) -> None:
    """Queues the files that an official article offers and nobody has fetched; inside the caller's transaction."""
    query = select(articles.c.attachments, articles.c.official, articles.c.mode).where(articles.c.id == article_id)
    row = connection.execute(query).first()
    if row is None or not row.official or not row.attachments:
        return
    offered = {url: name for name, url, _ in row.attachments[:MOST_FILES] if url.startswith(("http://", "https://"))}
    upsert(connection, article_files, [{"url": url, "article_id": article_id} for url in offered])
    there = {row.url for row in rows_of(connection, select(files.c.url), files.c.url, offered)}
    fresh = [
        Target(url, name, kind=Kind.ATTACHMENT, mode=target.mode, source=target.source, article_id=article_id)
        for url, name in offered.items()
        if url not in there
    ]
    put(connection, fresh, now)


def filed(connection: Connection, target: Target, page: Page, now: datetime) -> None:
    """Remembers a fetched file, which then waits to be read, and takes its address out of the queue."""
    row = _row(target, now) | {"body_hash": body_hash(page.body), "size": len(page.body)}
    upsert(connection, files, [row], tuple(name for name in row if name != "url"))
    count(connection, target.source, {"attachment": 1}, now)
    remove(connection, target.id)


def file_lost(connection: Connection, target: Target, outcome: str, said: str, wait: datetime, now: datetime) -> None:
    """Counts a file that could not be fetched; it is tried again until that is of no use, and then says why."""
    count(connection, target.source, {outcome: 1}, now)
    if outcome not in FINAL and target.attempts < TRIES:
        put_back(connection, target.id, wait)
        return
    row = _row(target, now) | {"outcome": outcome, "reason": said[:300], "read_at": now}
    upsert(connection, files, [row], ("outcome", "reason", "read_at"))
    remove(connection, target.id)


def _row(target: Target, now: datetime) -> dict[str, object]:
    empty = {"kind": "", "outcome": "", "reason": "", "text": "", "rules": 0, "size": 0, "body_hash": None}
    return {"url": target.url, "name": target.title, **empty, "fetched_at": now, "read_at": None}

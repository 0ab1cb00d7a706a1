"""The notices that feeds are made of, each read once for all subscriptions that show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from alerts.sending import Link
from notices.notice import Notice
from notices.schema import articles, notices
from notices.store.chunks import chunks
from notices.store.notice_rows import load_notices


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice and the attachments of its canonical article."""

    notice: Notice
    attachments: Sequence[Link]


class Shelf:
    """What was read of the store during one refresh."""

    def __init__(self) -> None:
        self._held: dict[int, Shown | None] = {}

    def get(self, connection: Connection, notice_ids: Iterable[int]) -> dict[int, Shown]:
        """The notices of these ids; ids that are none any more are left out."""
        wanted = set(notice_ids)
        missing = sorted(wanted - self._held.keys())
        if missing:
            files = _attachments(connection, missing)
            found = {one.notice_id: one for one in load_notices(connection, missing)}
            for one in missing:
                notice = found.get(one)
                self._held[one] = None if notice is None else Shown(notice, files.get(one, ()))
        return {one: shown for one in wanted if (shown := self._held[one]) is not None}


def _attachments(connection: Connection, notice_ids: Sequence[int]) -> dict[int, Sequence[Link]]:
    files: dict[int, Sequence[Link]] = {}
    for some in chunks(notice_ids):
        query = select(notices.c.id, articles.c.attachments).join(articles, articles.c.id == notices.c.canonical_id)
        for notice_id, held in connection.execute(query.where(notices.c.id.in_(some))):
            files[notice_id] = [Link(name, url) for name, url, _ in held or ()]
    return files

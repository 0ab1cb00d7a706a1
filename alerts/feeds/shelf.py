"""The notices that feeds are made of, each read once for all subscriptions that show it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerts import message
from alerts.canonical import attachments
from alerts.ends import Ending, endings_of
from alerts.kinds import NEW
from alerts.lent import lenders
from alerts.sending import Item, Link
from alerts.view import view
from alerts.words import WORDS
from notices.store.notice_rows import load_notices

NAMED = 20  # carriers and attachments that an entry names


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as an item of a message that says it is new, and in lines that stay true."""

    item: Item
    lines: tuple[str, ...]


class Shelf:
    """What was read of the store during one refresh, at its `now`."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._items: dict[int, Item | None] = {}
        self._shown: dict[tuple[int, str], Shown] = {}
        self._ends: dict[int, Ending | None] = {}

    def get(self, connection: Connection, notice_ids: Iterable[int], language: str) -> dict[int, Shown]:
        """The notices of these ids; ids that are none any more are left out."""
        wanted = set(notice_ids)
        self._read(connection, sorted(wanted - self._items.keys()))
        found: dict[int, Shown] = {}
        for one in wanted:
            item = self._items[one]
            if item is not None:
                if (one, language) not in self._shown:
                    self._shown[one, language] = shown_of(item, language)
                found[one] = self._shown[one, language]
        return found

    def endings(self, connection: Connection, matters: Collection[int]) -> list[Ending]:
        """When the comment periods of these matters end; those that have none are left out."""
        if missing := [one for one in matters if one not in self._ends]:
            self._ends |= dict.fromkeys(missing) | endings_of(connection, missing)
        return [end for one in matters if (end := self._ends[one]) is not None]

    def _read(self, connection: Connection, missing: Sequence[int]) -> None:
        if not missing:
            return
        files = attachments(connection, missing)
        self._items |= dict.fromkeys(missing)
        found = load_notices(connection, missing)
        lent = lenders(connection, found)
        for notice in found:
            links, lender = files.get(notice.notice_id, ()), lent.get(notice.notice_id)
            made = message.item(notice, NEW, links, self._now, self._now, lender=lender)
            self._items[notice.notice_id] = made


def shown_of(item: Item, language: str) -> Shown:
    """An item in the words of a language, without the days that are left."""
    words = WORDS[language]
    shown = view(item, words, NAMED)
    lines = [f"{name}: {fact}" for name, fact in shown.facts]
    if item.deadline is not None:
        lines.append(words["until"].format(date=item.deadline))
    lines += [line for line in (_said(shown.lent), shown.evidence, shown.note) if line]
    for named in shown.named:
        links = "; ".join(_said(link) for link in named.links)
        lines.append(f"{named.label}: {links} {named.more}".rstrip())
    return Shown(item, tuple(lines))


def _said(link: Link) -> str:
    return f"{link.name} {link.url}".strip()

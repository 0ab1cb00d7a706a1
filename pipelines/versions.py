"""Articles and their versions: which of the texts met under one identity is the one that counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, bindparam, delete, select, update

from notices.kinds import Mode, PageState
from notices.schema import article_keys, article_versions, articles
from notices.store.article_rows import article_values, understood_of
from notices.store.chunks import chunks
from notices.store.engine import insert_numbered, insert_rows, upsert
from notices.understood import Understood


@dataclass(slots=True)
class Copy:
    """The text that counts of one article, and the versions it had; `article_id` is 0 until it is stored."""

    understood: Understood
    page_id: int
    fetched_at: datetime
    mode: Mode
    state: PageState
    stored_at: datetime
    article_id: int = 0
    version: int = 1
    changed: bool = False
    touched: bool = False
    replaced: bool = False
    old_keys: tuple[int, ...] = ()
    met: set[tuple[int, str]] = field(default_factory=set)


class Shelf:
    """The articles that a batch touches, by key: what is stored of them, and what the batch makes of it."""

    def __init__(self, copies: dict[str, Copy]) -> None:
        self._copies = copies
        self._versions: list[tuple[str, dict[str, Any]]] = []

    @classmethod
    def load(cls, connection: Connection, keys: Iterable[str]) -> Self:
        """The stored articles of these keys."""
        copies: dict[str, Copy] = {}
        for some in chunks(keys):
            for row in connection.execute(select(articles).where(articles.c.key.in_(some))):
                found = understood_of(row)
                copies[row.key] = Copy(
                    found, row.page_id, row.fetched_at, Mode(row.mode), PageState(row.state), row.stored_at,
                    row.id, row.version, old_keys=found.fingerprint.keys, met={_text(found)},
                )  # fmt: skip
        by_id = {copy.article_id: copy for copy in copies.values()}
        texts = article_versions.c.article_id, article_versions.c.exact, article_versions.c.title
        for some_ids in chunks(by_id):
            for row in connection.execute(select(*texts).where(article_versions.c.article_id.in_(some_ids))):
                by_id[row.article_id].met.add((row.exact, row.title))
        return cls(copies)

    def place(
        self, one: Understood, page_id: int, fetched_at: datetime, mode: Mode, state: PageState, now: datetime
    ) -> str:
        """Takes a text that was met under its key and says what it is: new, duplicate, fuller, version or older.

        What counts is a whole text before a cut one, then what was fetched last: in any order of arrival the same.
        """
        held = self._copies.get(one.key)
        if held is None:
            met = {_text(one)}
            self._copies[one.key] = Copy(one, page_id, fetched_at, mode, state, now, changed=True, met=met)
            return "new"
        heavier = _weight(one, fetched_at) > _weight(held.understood, held.fetched_at)
        if _text(one) == _text(held.understood):
            held.touched = held.touched or fetched_at > held.fetched_at
            held.fetched_at = max(held.fetched_at, fetched_at)
            return "duplicate"
        cut = _continues(one, held.understood) or _continues(held.understood, one)
        cut = cut or PageState.LISTED in (state, held.state)  # what a list says of a page is replaced by the page
        if heavier and not cut:
            held.replaced = True
            self._set_aside(held, held.understood, held.page_id, now)
        elif not cut and _text(one) not in held.met:
            self._set_aside(held, one, page_id, now)
        held.met.add(_text(one))
        if heavier:
            held.understood, held.page_id, held.fetched_at, held.state = one, page_id, fetched_at, state
            held.changed = True
        return ("fuller" if cut else "version") if heavier else ("shorter" if cut else "older")

    def _set_aside(self, held: Copy, one: Understood, page_id: int, now: datetime) -> None:
        """Keeps a text that is not the one that counts; the article's version is one more than there are of these."""
        self._versions.append((one.key, _version(held.version, one, page_id, now)))
        held.version += 1

    def succeed(self, held: Mapping[str, Copy]) -> None:
        """Keeps what was placed here in the stead of stored copies: under their ids, and only where it differs."""
        for key, copy in list(self._copies.items()):
            old = held.get(key)
            if old is None or copy is old:
                continue
            copy.article_id, copy.old_keys = old.article_id, old.understood.fingerprint.keys
            copy.mode, copy.stored_at = old.mode, old.stored_at
            if copy.understood == old.understood and (copy.state, copy.version) == (old.state, old.version):
                copy.changed = False
                self._versions = [(other, row) for other, row in self._versions if other != key]

    def held(self) -> dict[str, Copy]:
        """What stands on the shelf, by key."""
        return dict(self._copies)

    def changed(self) -> dict[int, Understood]:
        """The articles whose text the batch made or replaced, by id; ids are there after `write`."""
        return {copy.article_id: copy.understood for copy in self._copies.values() if copy.changed}

    def replaced(self) -> dict[int, int]:
        """The articles whose whole text the batch replaced by another one, and the number of the new version."""
        return {copy.article_id: copy.version for copy in self._copies.values() if copy.replaced}

    def write(self, connection: Connection) -> dict[str, int]:
        """Stores what changed and returns the id of every article of the batch, by key."""
        fresh = [copy for copy in self._copies.values() if not copy.article_id]
        for copy, made in zip(fresh, insert_numbered(connection, articles, [_row(c) for c in fresh]), strict=True):
            copy.article_id = made
        replaced = [copy for copy in self._copies.values() if copy.changed and copy.old_keys]
        made_now = {copy.article_id for copy in fresh}
        versioned = {key for key, _ in self._versions}
        for key, copy in self._copies.items():
            if copy.article_id not in made_now and (copy.changed or copy.touched or key in versioned):
                seen = {"version": copy.version, "fetched_at": copy.fetched_at}
                match = articles.c.id == copy.article_id
                connection.execute(update(articles).where(match).values(_row(copy) if copy.changed else seen))
        self._write_keys(connection, fresh, replaced)
        ids = {key: copy.article_id for key, copy in self._copies.items()}
        rows = [{"article_id": ids[key], **values} for key, values in self._versions]
        upsert(connection, article_versions, rows, ("title", "body", "fields", "exact", "page_id"))
        return ids

    def _write_keys(self, connection: Connection, fresh: list[Copy], replaced: list[Copy]) -> None:
        gone = [{"old": key, "id": copy.article_id} for copy in replaced for key in copy.old_keys]
        if gone:
            match = (article_keys.c.key == bindparam("old")) & (article_keys.c.article_id == bindparam("id"))
            connection.execute(delete(article_keys).where(match), gone)
        rows = [(key, copy.article_id) for copy in [*fresh, *replaced] for key in copy.understood.fingerprint.keys]
        insert_rows(connection, article_keys, ("key", "article_id"), rows)


def _row(copy: Copy) -> dict[str, Any]:
    return {
        **article_values(copy.understood),
        "state": copy.state.value,
        "version": copy.version,
        "page_id": copy.page_id,
        "fetched_at": copy.fetched_at,
        "mode": copy.mode.value,
        "stored_at": copy.stored_at,
    }


def _version(number: int, one: Understood, page_id: int, now: datetime) -> dict[str, Any]:
    values = article_values(one)
    kept = {name: values[name] for name in ("title", "body", "fields", "exact")}
    return {"version": number, **kept, "page_id": page_id, "stored_at": now}


def _text(one: Understood) -> tuple[int, str]:
    return one.fingerprint.exact, one.article.title


def _continues(short: Understood, long: Understood) -> bool:
    """Whether one text is the other's beginning, cut by whoever archived it."""
    head = short.article.body.rstrip(".… \n")
    return short.article.truncated and long.article.body.startswith(head[: max(len(head) - 20, 0)])


def _weight(one: Understood, fetched_at: datetime) -> tuple[bool, datetime, int, int]:
    return not one.article.truncated, fetched_at, len(one.article.body), one.fingerprint.exact

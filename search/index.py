"""The embedded index: one SQLite file with FTS5, made from the store and replaceable at any time."""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from notices.notice import Notice
from notices.problem import Problem
from search.fts import holds
from search.keys import keywords
from search.moments import deadline, instant
from search.tokenizer import BETWEEN, VERSION

FORMAT = f"8.{VERSION}"  # of the tables and of the tokens in them; another one is rebuilt
TEXTS = ("title", "body", "attachments")  # searched when no field is named
PAGE_SIZE = 16_384  # bytes: texts in one piece instead of chains of pages, a fifth less to write
LEAD = 250  # first tokens of a body, where a notice says what it is about
REMEMBERED = 50_000  # tokens whose notices were counted, of which an index at rest remembers the counts
VALUES = "\x1f"  # between the values of one text field; a phrase never reaches over it

_NAME = re.compile(r"index-(\d{4,})\.db")
_TABLES = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS docs (
  id INTEGER PRIMARY KEY, matter_id INTEGER NOT NULL, type TEXT NOT NULL, published INTEGER, deadline INTEGER,
  official INTEGER NOT NULL, changed INTEGER NOT NULL, carriers INTEGER NOT NULL,
  size INTEGER NOT NULL,
  spaced TEXT NOT NULL, named TEXT NOT NULL, issuers TEXT NOT NULL, lead TEXT NOT NULL, hit TEXT NOT NULL,
  title TEXT NOT NULL, body TEXT NOT NULL, attachments TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS docs_type ON docs (type);
CREATE INDEX IF NOT EXISTS docs_published ON docs (published);
CREATE INDEX IF NOT EXISTS docs_deadline ON docs (deadline) WHERE deadline IS NOT NULL;
CREATE TABLE IF NOT EXISTS keywords (
  field TEXT, value TEXT, shown TEXT NOT NULL, id INTEGER, PRIMARY KEY (field, value, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS keywords_id ON keywords (id);
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (
  title, body, attachments, content='', tokenize='ascii');
INSERT INTO texts (texts, rank) VALUES ('hashsize', 100000000);
"""  # a large hash keeps a whole transaction's words in memory: one sorted segment instead of hundreds
_DROPPED = "".join(f"DROP TABLE IF EXISTS {name};" for name in ("docs", "keywords", "texts", "chars"))


@dataclass(frozen=True, slots=True)
class Extent:
    """How many notices an index holds at a position, its highest id, and in how many notices a token stands.

    `documents` has the tokens that were asked for since.
    """

    position: int
    size: int
    newest: int
    documents: dict[str, int] = field(default_factory=dict)


class Index:
    """The newest index of a data folder, or a new one beside it; `database` is an open SQLite connection."""

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = path or newest(folder) or folder / "index-0001.db"
        self._extent: Extent | None = None
        try:
            self.database = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            self.database.execute(f"PRAGMA page_size={PAGE_SIZE}")
            self.database.execute("PRAGMA journal_mode=WAL")
            self.database.execute("PRAGMA synchronous=NORMAL")
            self.database.execute("PRAGMA cache_size=-65536")
            self.database.create_function("holds", -1, holds, deterministic=True)
            if not self.database.execute("SELECT 1 FROM sqlite_master WHERE name = 'texts'").fetchone():
                self.database.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT")
        except sqlite3.DatabaseError as error:
            raise Problem(
                f"the index {self.path} cannot be used ({error}): delete it, then `policywatch reindex`"
            ) from None

    def state(self, name: str) -> str:
        """A value of the index's own state, empty when it was never set."""
        row = self.database.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])

    def __len__(self) -> int:
        """How many notices are in the index."""
        return int(self.database.execute("SELECT count(*) FROM docs").fetchone()[0])

    def extent(self) -> Extent:
        """What the index holds at its position; looked up once for each."""
        position = self.position
        if self._extent is None or self._extent.position != position or len(self._extent.documents) > REMEMBERED:
            size, newest = self.database.execute("SELECT count(*), max(id) FROM docs").fetchone()
            self._extent = Extent(position, size, newest or 0)
        return self._extent

    @property
    def position(self) -> int:
        """The number of the last event that is in the index."""
        return int(self.state("position") or 0)

    @property
    def outdated(self) -> bool:
        """Whether another version made its tables or tokens, so that a search cannot read them."""
        return self.state("format") not in ("", FORMAT)

    def fits(self, store_id: str, last_event: int) -> bool:
        """Whether it was made from this store, by this tokenizer, and is not ahead of it."""
        same = self.state("store_id") == store_id and self.state("format") == FORMAT
        return same and self.position <= last_event

    def clear(self, store_id: str) -> None:
        """Empties the index for a store, its tables as this version has them."""
        try:
            self.database.executescript(f"BEGIN IMMEDIATE; {_DROPPED} {_TABLES}")
            self._set(store_id=store_id, format=FORMAT, position=0)
            self.database.execute("COMMIT")
        finally:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")

    def replace(self, ids: Iterable[int], notices: Sequence[Notice], after: int, position: int) -> bool:
        """Puts the current notices in place of these ids and moves the position, in one transaction.

        Does nothing and answers False when another process moved the position away from `after` meanwhile.
        """
        made = [(notice, _texts(notice)) for notice in notices]
        self.database.execute("BEGIN IMMEDIATE")
        try:
            if self.position != after:
                return False
            for one in ids:
                self._remove(one)
            for notice, texts in made:
                self._add(notice, texts)
            self._set(position=position)
            self.database.execute("COMMIT")
        finally:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
        return True

    def optimize(self) -> None:
        """Merges the words of all transactions into one run."""
        self.database.execute("INSERT INTO texts (texts) VALUES ('optimize')")

    def close(self) -> None:
        """Lets go of the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _set(self, **values: str | int) -> None:
        rows = [(name, str(value)) for name, value in values.items()]
        self.database.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", rows)

    def _remove(self, one: int) -> None:
        row = self.database.execute("SELECT title, body, attachments FROM docs WHERE id = ?", (one,)).fetchone()
        if row is None:
            return
        self.database.execute(
            "INSERT INTO texts (texts, rowid, title, body, attachments) VALUES ('delete', ?, ?, ?, ?)",
            (one, *_tokens(row)),
        )
        self.database.execute("DELETE FROM docs WHERE id = ?", (one,))
        self.database.execute("DELETE FROM keywords WHERE id = ?", (one,))

    def _add(self, notice: Notice, texts: tuple[str, str, str]) -> None:
        made = _tokens(texts)
        row = (
            notice.notice_id, notice.matter_id, notice.fields.notice_type.value, instant(notice.published_at),
            deadline(notice.fields.comment_end), notice.official, notice.changed, len(notice.carriers),
            len(notice.body), made[0], _spaced(notice.fields.documents), _spaced(notice.fields.issuers),
            " ".join(made[1].split(" ", LEAD)[:LEAD]), json.dumps(_hit(notice), ensure_ascii=False), *texts,
        )  # fmt: skip
        self.database.execute(f"INSERT INTO docs VALUES ({', '.join('?' * len(row))})", row)
        self.database.execute(
            "INSERT INTO texts (rowid, title, body, attachments) VALUES (?, ?, ?, ?)", (notice.notice_id, *made)
        )
        self.database.executemany(
            "INSERT OR IGNORE INTO keywords VALUES (?, ?, ?, ?)",
            [(*keyword, notice.notice_id) for keyword in keywords(notice)],
        )


def newest(folder: Path) -> Path | None:
    """The index that is read: of several generations, while an older one is still open somewhere, the last."""
    found = [path for path in folder.glob("index-*.db") if _NAME.fullmatch(path.name)]
    return max(found, key=lambda path: int(path.stem.split("-")[1]), default=None)


def _texts(notice: Notice) -> tuple[str, str, str]:
    return VALUES.join(notice.titles), notice.body, VALUES.join(notice.attachments)


def _tokens(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(_spaced(text.split(VALUES)) for text in texts)


def _spaced(values: Iterable[str]) -> str:
    from search.bulk import spaced_tokens  # numpy, which a search does not need

    return f" {BETWEEN} ".join(map(spaced_tokens, values))


def _hit(notice: Notice) -> dict[str, Any]:
    end, published = notice.fields.comment_end, notice.published_at
    return {
        "title": notice.titles[0],
        "issuers": list(notice.fields.issuers),
        "published_at": published.isoformat() if published else None,
        "comment_end": end.isoformat() if end else None,
        "comment_end_of": "matter" if notice.end_of_matter else "",
        "url": notice.url,
        "carriers": [
            {
                "path": one.path,
                "url": one.url,
                "account": one.account,
                "published_at": one.published_at.isoformat() if one.published_at else None,
            }
            for one in notice.carriers
        ],
        "removed": [{"url": url, "removed_at": at.isoformat()} for url, at in notice.removed.items()],
    }

"""The bytes of every page, each distinct body once, in a database file of their own.

A page of a kind is mostly its site's template, so it is kept as its difference from an earlier page of that kind, its
reference. A large page that differs much from all recent references becomes the next reference itself. Finding the
difference takes ten times as long as writing the page down, so it is found later: when many wait, or at the end.
"""

import hashlib
import sqlite3
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import zstandard
from zstandard import DICT_TYPE_RAWCONTENT, ZstdCompressionDict, ZstdCompressionParameters

from notices.problem import Problem

NAME = "pages.db"
TABLES = """
CREATE TABLE IF NOT EXISTS bodies (hash BLOB PRIMARY KEY, reference BLOB, size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS bodies_reference ON bodies (reference) WHERE reference IS NOT NULL;
CREATE TABLE IF NOT EXISTS page_references (
  kind TEXT, version INTEGER, hash BLOB NOT NULL, PRIMARY KEY (kind, version));
CREATE TABLE IF NOT EXISTS unpacked (hash BLOB PRIMARY KEY, kind TEXT NOT NULL);
"""
LARGE = 30_000  # bytes; smaller pages have no template worth the search
LEVEL = 9  # finds a 3 MB template in its reference: 3 kB of difference, 237 kB at level 3
RECENT = 4  # references that are tried: a site serves a few templates side by side
ALIKE = 0.007  # of the page's size: a difference as small as this ends the search
FOREIGN = 0.02  # of the page's size: a difference larger than this is another template
WAITING = 64  # pages that a process lets wait for their difference
STEP = 2  # pages packed at a time beyond that: 0.1 s, so that a crawl is not held up
DEPTH = 16  # references that stand on references; the next one is kept whole

_SMALL = zstandard.ZstdCompressor(level=1)


class PageMissing(Problem):
    """A page's bytes are not in the file, or do not read back as they were."""


def body_hash(body: bytes) -> bytes:
    """The name of a body: 20 bytes that no other body has."""
    return hashlib.blake2b(body, digest_size=20).digest()


class PageFile:
    """The page bytes of a data folder; every process opens its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        folder.mkdir(parents=True, exist_ok=True)
        self._references: dict[bytes, ZstdCompressionDict] = {}
        self._blocks: dict[bytes, Counter[int]] = {}
        self._hashed: deque[tuple[bytes, bytes]] = deque(maxlen=8)
        self._waiting = 0
        with self._advised():
            self._database = sqlite3.connect(self.path, timeout=60, isolation_level=None)
            self._database.execute("PRAGMA auto_vacuum=INCREMENTAL")  # of a new file only
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.executescript(TABLES)

    def put(self, body: bytes, kind: str = "") -> bytes:
        """Keeps one body and returns its hash; see `put_many`."""
        return self.put_many([(body, kind)])[0]

    def put_many(self, bodies: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """Keeps bodies, each with the kind of page whose template it shares (empty for none), and returns their hashes.

        A body that is there already is not stored again. Raises Problem when there is no room.
        """
        keys = []
        with self._advised(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            for body, kind in bodies:
                keys.append(self._name(body))
                if not self._has(keys[-1]):
                    self._write(keys[-1], None, len(body), _SMALL.compress(body))
                    if kind and len(body) >= LARGE:
                        self._database.execute("INSERT OR IGNORE INTO unpacked VALUES (?, ?)", (keys[-1], kind))
                        self._waiting += 1
        if self._waiting >= WAITING:
            self.pack(STEP)
        return keys

    def pack(self, most: int = -1) -> int:
        """Keeps pages that wait, all of them by default, as differences from their references; returns how many."""
        with self._advised():
            query = "SELECT hash, kind FROM unpacked ORDER BY rowid LIMIT ?"
            waiting = self._database.execute(query, (most,)).fetchall()
            for key, kind in waiting:
                with self._database:
                    self._database.execute("BEGIN IMMEDIATE")
                    if self._database.execute("DELETE FROM unpacked WHERE hash = ?", (key,)).rowcount:
                        self._store(key, self.get(key), kind)
            if waiting:
                self._database.executescript("PRAGMA incremental_vacuum")
        self._waiting = 0 if len(waiting) != most else max(self._waiting - most, 0)
        return len(waiting)

    def get(self, key: bytes) -> bytes:
        """The body of that hash; raises PageMissing when it is not there or damaged."""
        query = "SELECT reference, size, data FROM bodies WHERE hash = ?"
        with self._advised():
            row = self._database.execute(query, (key,)).fetchone()
        if row is None:
            raise PageMissing(f"page {key.hex()} is not in {self.path}: `policywatch restore` a backup that has it")
        reference, size, data = row
        dictionary = None if reference is None else self._dictionary(reference)
        try:
            opener = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=1 << 31)
            body: bytes = opener.decompress(data, max_output_size=size)
        except zstandard.ZstdError:
            body = b""
        if body_hash(body) != key:
            raise PageMissing(f"page {key.hex()} in {self.path} is damaged: `policywatch restore` a backup")
        return body

    def delete(self, keys: Iterable[bytes]) -> int:
        """Removes bodies for good and returns how many there were; pages that stood on them are kept whole first."""
        gone = 0
        with self._advised(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            for key in keys:
                for (other,) in self._database.execute(
                    "SELECT hash FROM bodies WHERE reference = ?", (key,)
                ).fetchall():
                    whole = self.get(other)
                    self._write(other, None, len(whole), _compress(whole, None))
                self._database.execute("DELETE FROM page_references WHERE hash = ?", (key,))
                self._database.execute("DELETE FROM unpacked WHERE hash = ?", (key,))
                gone += self._database.execute("DELETE FROM bodies WHERE hash = ?", (key,)).rowcount
                self._references.pop(key, None)
        return gone

    def close(self) -> None:
        """Packs what this process left waiting and lets go of the file."""
        try:
            if self._waiting:
                self.pack()
        finally:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _advised(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            full = "full" in str(error) or "disk I/O" in str(error)
            advice = "free some disk space" if full else "wait for the other process, or check the file"
            raise Problem(f"the kept pages {self.path} cannot be used ({error}): {advice}") from error

    def _name(self, body: bytes) -> bytes:
        """A body's hash; a crawl asks twice for the same object, before it parses and when it stores."""
        for known, key in self._hashed:
            if known is body:
                return key
        self._hashed.append((body, body_hash(body)))
        return self._hashed[-1][1]

    def _has(self, key: bytes) -> bool:
        return self._database.execute("SELECT 1 FROM bodies WHERE hash = ?", (key,)).fetchone() is not None

    def _store(self, key: bytes, body: bytes, kind: str) -> None:
        """Writes a body as the smallest difference from the references that look most like it."""
        best: tuple[bytes, bytes] | None = None
        for reference in self._likely(kind, body):
            difference = _compress(body, self._dictionary(reference))
            if best is None or len(difference) < len(best[0]):
                best = difference, reference
            if len(difference) <= ALIKE * len(body):
                break
        number = self._versions(kind)
        foreign = best is None or len(best[0]) > FOREIGN * len(body)
        if best is None or (foreign and number % DEPTH == 0):
            self._write(key, None, len(body), _compress(body, None))
        else:
            self._write(key, best[1], len(body), best[0])
        if foreign:
            self._database.execute("INSERT INTO page_references VALUES (?, ?, ?)", (kind, number + 1, key))

    def _likely(self, kind: str, body: bytes) -> list[bytes]:
        """The references to try: those that share most of the page's scripts, all of them where it has hardly any."""
        recent, own = self._recent(kind), _blocks(body)
        shared = {key: sum((own & self._blocks_of(key)).elements()) for key in recent}
        recent.sort(key=lambda key: -shared[key])
        return recent[:2] if recent and shared[recent[0]] * 2 > len(body) else recent

    def _blocks_of(self, key: bytes) -> "Counter[int]":
        if key not in self._blocks:
            self._blocks[key] = _blocks(self._dictionary(key).as_bytes())
        return self._blocks[key]

    def _write(self, key: bytes, reference: bytes | None, size: int, data: bytes) -> None:
        self._database.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)", (key, reference, size, data))

    def _recent(self, kind: str) -> list[bytes]:
        query = "SELECT hash FROM page_references WHERE kind = ? ORDER BY version DESC LIMIT ?"
        return [row[0] for row in self._database.execute(query, (kind, RECENT))]

    def _versions(self, kind: str) -> int:
        query = "SELECT coalesce(max(version), 0) FROM page_references WHERE kind = ?"
        return int(self._database.execute(query, (kind,)).fetchone()[0])

    def _dictionary(self, key: bytes) -> ZstdCompressionDict:
        if key not in self._references:
            while len(self._references) >= 2 * RECENT:
                dropped = next(iter(self._references))
                self._references.pop(dropped)
                self._blocks.pop(dropped, None)
            body = self.get(key)
            self._references[key] = ZstdCompressionDict(body, dict_type=DICT_TYPE_RAWCONTENT)
            self._references[key].precompute_compress(compression_params=_parameters(2 * len(body)))
        return self._references[key]


def _blocks(body: bytes) -> "Counter[int]":
    """The lengths of a page's parts between its scripts: pages of one template share most of them."""
    return Counter(map(len, body.split(b"</script>")))


def _compress(body: bytes, dictionary: ZstdCompressionDict | None) -> bytes:
    parameters = _parameters(len(body) if dictionary is None else 2 * max(len(dictionary.as_bytes()), len(body)))
    packed: bytes = zstandard.ZstdCompressor(dict_data=dictionary, compression_params=parameters).compress(body)
    return packed


def _parameters(reach: int) -> ZstdCompressionParameters:
    return ZstdCompressionParameters.from_level(LEVEL, window_log=min(max(reach.bit_length(), 17), 30))

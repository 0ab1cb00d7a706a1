"""SQLite stores of tests: copies of one that was made once, and none of them has to survive a power failure."""

import functools
import secrets
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from notices.store import Store


def store_at(path: Path) -> str:
    """The address of the store in a file, where there is none of a copy of an empty one: quicker than making it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty())
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("PRAGMA synchronous=OFF")
            database.execute("UPDATE meta SET value = ? WHERE name = 'store_id'", (secrets.token_hex(8),))
    return f"sqlite:///{path}"


@functools.cache
def _empty() -> bytes:
    """The file of a store that was just made."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policywatch.db"
        Store.open(f"sqlite:///{path}", path.parent).close()
        return path.read_bytes()

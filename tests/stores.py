"""SQLite stores of tests: copies of one that was made once, and none of them has to survive a power failure."""

import functools
import secrets
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from notices.store import Store


def new_store(path: Path) -> str:
    """The address of a new store with nothing in it; its tables are copied, which is quicker than making them."""
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

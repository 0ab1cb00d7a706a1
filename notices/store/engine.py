"""The database under the store: everything that differs between SQLite and PostgreSQL stands in this file."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Table,
    cast,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from notices.problem import Problem

WRITER_LOCK = 7_266_518  # any number: every writer of one database takes the same
BUSY_SECONDS = 60
# Texts are longer than SQLite's usual page of 4 kB: rows in one piece instead of chains of pages cost a tenth less.
PAGE_SIZE = 16_384
PRAGMAS = (
    *(f"page_size={PAGE_SIZE}", "journal_mode=WAL", "synchronous=FULL"),
    *("foreign_keys=ON", "cache_size=-65536", "temp_store=MEMORY"),
)


class StoreLocked(Problem):
    """Another process held the writer's lock for too long."""


class StoreFull(Problem):
    """The disk has no room for what was to be written."""


class StoreBroken(Problem):
    """The database cannot be read or reached."""


def connect(url: str, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine whose transactions begin when told and, for a writer, with the writer's lock."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            engine = create_engine(parsed, pool_pre_ping=True)
        else:
            if parsed.database:
                Path(parsed.database).absolute().parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(parsed, poolclass=NullPool, connect_args={"timeout": busy_seconds})
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreBroken(
            f"{error}: set POLICYWATCH_DATABASE_URL to sqlite:///FILE or postgresql+psycopg://..."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def advised(engine: Engine) -> Iterator[None]:
    """Turns the database's own errors into problems that say what to do."""
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        problem = _problem(engine, error)
        if problem is None:
            raise
        raise problem from error


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], update: Sequence[str] = ()) -> None:
    """Inserts rows; where the primary key is there already, updates the named columns, or nothing."""
    if not rows:
        return
    insert = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    keys = list(table.primary_key.columns)
    changed = {name: insert.excluded[name] for name in update}
    statement = (
        insert.on_conflict_do_update(index_elements=keys, set_=changed)
        if changed
        else insert.on_conflict_do_nothing(index_elements=keys)
    )
    connection.execute(statement, list(rows))


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts plain rows in bulk, values as the driver takes them: ten times cheaper than through bound parameters."""
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        quote = connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in columns)
        marks = ", ".join(mark for _ in columns)
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", list(rows))


def among(connection: Connection, column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column of whole numbers holds one of many: as one parameter, thousands of them cost nothing to bind."""
    values = sorted(set(numbers))
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(json.dumps(values)).table_valued("value").c.value))
    return column == func.any(cast(values, postgresql.ARRAY(BigInteger)))


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of an SQLite file, taken while others write to it."""
    with sqlite3.connect(source, timeout=BUSY_SECONDS) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # Python's own mode begins transactions too late for the writer's lock
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


def _problem(engine: Engine, error: DatabaseError) -> Problem | None:
    said = str(error.orig).strip()
    where = engine.url.database if engine.dialect.name == "sqlite" else engine.url.render_as_string()
    if "locked" in said or "busy" in said:
        return StoreLocked(f"the store {where} is locked by another process: wait for it to end, then start again")
    if "full" in said or "disk I/O" in said:
        return StoreFull(f"no room to write the store {where} ({said}): free some disk space, then start again")
    if "not a database" in said or "malformed" in said or "unable to open" in said or "readonly" in said:
        return StoreBroken(
            f"the store {where} cannot be used ({said}): check the file, or `policywatch restore` a backup"
        )
    if engine.dialect.name != "sqlite" and isinstance(error, OperationalError):
        first = said.splitlines()[0] if said else "no answer"
        return StoreBroken(f"the database {where} cannot be reached ({first}): check POLICYWATCH_DATABASE_URL")
    return None

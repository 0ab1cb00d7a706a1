"""The database under the store: what differs between SQLite and PostgreSQL stands here and in postgres.py."""

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
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from notices.problem import Problem
from notices.store.faults import StoreBroken, StoreFull, StoreLocked, shown
from notices.store.postgres import (
    begin_reading,
    begin_writing,
    copy_rows,
    count_on,
    counted,
    next_numbers,
    postgres_engine,
    postgres_problem,
)

BUSY_SECONDS = 60
# Texts are longer than SQLite's usual page of 4 kB: rows in one piece instead of chains of pages cost a tenth less.
PAGE_SIZE = 16_384
PRAGMAS = (
    *(f"page_size={PAGE_SIZE}", "journal_mode=WAL", "synchronous=FULL"),
    *("foreign_keys=ON", "cache_size=-65536", "temp_store=MEMORY"),
)


def connect(url: str, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """An engine whose transactions begin when told and, for a writer, with the writer's lock."""
    try:
        parsed = make_url(url)
        sqlite_file = parsed.get_backend_name() == "sqlite"
        engine = (_sqlite_engine if sqlite_file else postgres_engine)(parsed, busy_seconds)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreBroken(
            f"{error}: set POLICYWATCH_DATABASE_URL to sqlite:///FILE or postgresql+psycopg://..."
        ) from None
    event.listen(engine, "begin", _begin)
    return engine


def absent(url: str) -> bool:
    """Whether an address names an SQLite file that is not there, so that nothing has to be opened to know."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False
    return parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).exists())


@contextmanager
def advised(engine: Engine) -> Iterator[None]:
    """Turns the database's own errors into problems that say what to do."""
    try:
        yield
    except DatabaseError as error:
        problem = _problem(engine, error)
        if problem is None:
            raise
        raise problem from error


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], update: Sequence[str] = ()) -> None:
    """Inserts rows; where the primary key is there already, updates the named columns, or nothing."""
    if not rows:
        return
    made = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    keys = list(table.primary_key.columns)
    changed = {name: made.excluded[name] for name in update}
    statement = (
        made.on_conflict_do_update(index_elements=keys, set_=changed)
        if changed
        else made.on_conflict_do_nothing(index_elements=keys)
    )
    connection.execute(statement, list(rows))


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts plain rows in bulk, values as the driver takes them: ten times cheaper than through bound parameters."""
    if rows and connection.dialect.name == "sqlite":
        quote = connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in columns)
        marks = ", ".join("?" for _ in columns)
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", list(rows))
    elif rows:
        copy_rows(connection, table, columns, rows)


def insert_numbered(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Inserts rows that all name the same columns, and returns the numbers they got as their key, in their order."""
    key = table.primary_key.columns.values()[0]
    if connection.dialect.name == "sqlite":
        statement = insert(table).returning(key, sort_by_parameter_order=True)
        return list(connection.execute(statement, list(rows)).scalars()) if rows else []
    numbers: list[int] = next_numbers(connection, table.name, key.name, len(rows))
    columns = list(rows[0]) if rows else []
    kinds = [table.c[name].type.dialect_impl(connection.dialect) for name in columns]
    ready = [kind.bind_processor(connection.dialect) or _same for kind in kinds]
    copied = [
        (number, *(make(row[name]) for make, name in zip(ready, columns, strict=True)))
        for number, row in zip(numbers, rows, strict=True)
    ]
    insert_rows(connection, table, [key.name, *columns], copied)
    return numbers


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


def last_number(connection: Connection, table: Table) -> int:
    """The highest number that a table's counter gave, of rows that are gone too; 0 where nothing counts."""
    key = table.primary_key.columns.values()[0]
    if connection.dialect.name != "sqlite":
        return counted(connection, table.name, key.name) or 0
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
    return int(connection.exec_driver_sql(query, (table.name,)).scalar() or 0)


def number_on(connection: Connection, table: Table, last: int) -> None:
    """Makes a table count on after a number, and after every number that is in it."""
    key = table.primary_key.columns.values()[0]
    if connection.dialect.name != "sqlite":
        if counted(connection, table.name, key.name) is not None:
            highest = connection.execute(select(func.max(key))).scalar() or 0
            count_on(connection, table.name, key.name, max(last, highest))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (table.name, last))


def _sqlite_engine(url: URL, busy_seconds: float) -> Engine:
    if url.database:
        Path(url.database).absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": busy_seconds})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # Python's own mode begins transactions too late for the writer's lock
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _same(value: Any) -> Any:
    return value


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
    elif options.get("writes"):
        begin_writing(connection)
    elif options.get("reads"):
        begin_reading(connection)


def _problem(engine: Engine, error: DatabaseError) -> Problem | None:
    if engine.dialect.name != "sqlite":
        return postgres_problem(engine, error)
    said, where = str(error.orig).strip(), shown(engine.url)
    if "locked" in said or "busy" in said:
        return StoreLocked(f"the store {where} is locked by another process: wait for it to end, then start again")
    if "full" in said or "disk I/O" in said:
        return StoreFull(f"no room to write the store {where} ({said}): free some disk space, then start again")
    if "not a database" in said or "malformed" in said or "unable to open" in said or "readonly" in said:
        return StoreBroken(
            f"the store {where} cannot be used ({said}): check the file, or `policywatch restore` a backup"
        )
    return None

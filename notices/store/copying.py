"""A whole store copied from one database into another one, whichever they are."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy import Boolean, Connection, Table, select

from notices.schema import metadata
from notices.store.engine import insert_rows, last_number, number_on

ROWS = 1_000  # at a time, so that the memory does not grow with the store


def written(connection: Connection) -> str:
    """The name of a table that has rows; empty for a store into which nothing was written since it was made."""
    tables = (table for table in metadata.sorted_tables if table.name not in ("meta", "cursors"))
    return next((t.name for t in tables if connection.execute(select(t).limit(1)).first() is not None), "")


def copy_store(source: Connection, target: Connection) -> None:
    """Puts the rows of a store in place of another one's, with its counters, inside both callers' transactions.

    Both have this version's tables. Values go as the drivers hand them over, unread.
    """
    for table in reversed(metadata.sorted_tables):
        target.execute(table.delete())
    for table in metadata.sorted_tables:
        columns = [column.name for column in table.columns]
        rows = _rows(source, table, columns)
        while some := list(islice(rows, ROWS)):
            insert_rows(target, table, columns, some)
        number_on(target, table, last_number(source, table))


def _rows(source: Connection, table: Table, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    quote = source.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    found = source.execution_options(stream_results=True).exec_driver_sql(f"SELECT {names} FROM {quote(table.name)}")
    flags = [place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    rows = chain.from_iterable(found.partitions(ROWS))
    return (_with_flags(row, flags) for row in rows)


def _with_flags(row: Any, flags: Sequence[int]) -> tuple[Any, ...]:
    """The row with truth values for what SQLite keeps as 0 and 1."""
    values = list(row)
    for place in flags:
        values[place] = None if values[place] is None else bool(values[place])
    return tuple(values)

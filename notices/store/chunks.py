"""Long lists of values in pieces that one statement can carry."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select

Value = TypeVar("Value")
CHUNK = 5_000  # parameters of one statement; the lower limit of the databases we use is 32,766


def chunks(values: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """The values in lists of at most `size`, without empty ones."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


def rows_of(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], values: Iterable[object]
) -> Iterator[Row[Any]]:
    """The rows of a query in which a column has one of the values, however many these are."""
    for some in chunks(values):
        yield from connection.execute(query.where(column.in_(some)))

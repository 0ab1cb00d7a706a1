"""How results reach standard output: lines for people, one JSON value for scripts."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def say(text: str = "") -> None:
    """Prints a line of the result."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Prints a line that is not part of the result to standard error."""
    sys.stderr.write(text + "\n")


def as_json(value: Any) -> None:
    """Prints a value as one JSON document; dataclasses become objects, dates ISO text."""
    import orjson

    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, default=_plain, option=options))
    sys.stdout.buffer.flush()


def table(rows: Iterable[Sequence[object]], heads: Sequence[str]) -> None:
    """Prints rows in columns as wide as their widest cell, a Chinese character two places wide, times to the minute."""
    cells = [list(heads), *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        padded = (cell + " " * (widths[column] - width(cell)) for column, cell in enumerate(row))
        say("  ".join(padded).rstrip())


def typed(text: str) -> str:
    """What somebody typed, as text that a database takes: a terminal can hand over bytes that are none."""
    return text.encode("utf-8", "replace").decode()


def width(text: str) -> int:
    """How many places of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def counts(outcomes: dict[str, int]) -> str:
    """Outcomes and their numbers in one phrase, most frequent first."""
    ordered = sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number} {name}" for name, number in ordered) or "none"


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")

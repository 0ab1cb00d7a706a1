"""Excel's files, old and new: every row that says something, as `| a | b |`."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from pipelines.filetext.result import FileOutcome, Unreadable


def read_sheets(body: bytes) -> str:
    """The text of a workbook, sheet after sheet under their names; raises Unreadable."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        return "\n".join(line for name in book.sheet_names for line in _lines(book, name))
    except PasswordError:
        raise Unreadable(FileOutcome.PROTECTED, "the file asks for a password") from None
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(FileOutcome.UNREADABLE, f"no workbook can be read from it ({error})") from None


def _lines(book: Any, name: str) -> Iterator[str]:
    rows = [row for row in book.get_sheet_by_name(name).to_python(skip_empty_area=True) if any(map(_shown, row))]
    if not rows:
        return
    if len(book.sheet_names) > 1:
        yield name
    for row in rows:
        yield f"| {' | '.join(map(_shown, row))} |"


def _shown(value: Any) -> str:
    """A cell as a person reads it: no .0 behind whole numbers, no midnight behind days."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return " ".join(str(value).split())

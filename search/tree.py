"""The syntax tree of a query: what is asked for, without a word of how an engine answers it."""

from dataclasses import dataclass
from enum import StrEnum


class Comparison(StrEnum):
    """How an instant is compared; `IN` is from the first instant to before the second."""

    BEFORE = "<"
    UNTIL = "<="
    AFTER = ">"
    FROM = ">="
    IN = "="


@dataclass(frozen=True, slots=True)
class Everything:
    """All notices: the empty query."""


@dataclass(frozen=True, slots=True)
class Text:
    """Tokens in a row within one value of `field`, or of any text field when it is empty.

    With `open_end` the last token stands for all that begin with it; `shown` is what was typed.
    """

    tokens: tuple[str, ...]
    open_end: bool
    shown: str
    field: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword field that holds one of these values, in normal form."""

    field: str
    values: tuple[str, ...]
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """One of `open`, `official`, `changed`.

    What `open` counts from, in microseconds since 1970: a period that ends at `now` (the day's start) or later is open,
    without an end what was published at `since` or later.
    """

    name: str
    now: int = 0
    since: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """An instant field compared, in microseconds since 1970; a notice without the value is not in the answer.

    `typed` is the value as it was written where it moves with time (now-7d), `closed` whether its last instant counts.
    """

    field: str
    comparison: Comparison
    start: int
    end: int = 0
    typed: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Every notice that the part does not have in its answer."""

    part: "Node"


Node = Everything | Text | Keyword | Flag | Range | And | Or | Not


def both(parts: list[Node]) -> Node:
    """All of the parts, without a needless level."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    wanted = [part for part in flat if not isinstance(part, Everything)]
    if not wanted:
        return Everything()
    return wanted[0] if len(wanted) == 1 else And(tuple(wanted))


def either(parts: list[Node]) -> Node:
    """At least one of the parts, without a needless level."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(dict.fromkeys(flat)))

"""The parts of a tree that depend on the time: made for one `now`, and made anew for another."""

from dataclasses import replace
from datetime import datetime, timedelta

from search.moments import SHANGHAI, micros, moment, moves
from search.tree import And, Comparison, Flag, Node, Not, Or, Range

OPEN_WITHOUT_DEADLINE = timedelta(days=30)


def opened(name: str, now: datetime) -> Flag:
    """A flag as it is at a time."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return Flag(name, micros(today), micros(now - OPEN_WITHOUT_DEADLINE)) if name == "open" else Flag(name)


def instants(field: str, operator: str, text: str, now: datetime) -> Range | None:
    """A field compared with what a text means at a time; None for a text that is no date."""
    found = moment(text, now)
    if found is None:
        return None
    start, after = found
    typed = text if moves(text) else ""
    comparison = Comparison.IN if operator == ":" else Comparison(operator)
    if comparison is Comparison.IN:
        return Range(field, comparison, start, after, typed)
    if comparison in (Comparison.AFTER, Comparison.UNTIL):  # after a day means after its end
        other = Comparison.FROM if comparison is Comparison.AFTER else Comparison.BEFORE
        return Range(field, other, after, typed=typed, closed=True)
    return Range(field, comparison, start, typed=typed)


def depends(node: Node) -> bool:
    """Whether the answer changes with time alone."""
    match node:
        case And() | Or():
            return any(map(depends, node.parts))
        case Not():
            return depends(node.part)
        case Flag():
            return node.name == "open"
        case Range():
            return bool(node.typed)
        case _:
            return False


def dated(node: Node, now: datetime) -> Node:
    """The tree as the same query would give it at another time."""
    match node:
        case And() | Or():
            return replace(node, parts=tuple(dated(part, now) for part in node.parts))
        case Not():
            return Not(dated(node.part, now))
        case Flag():
            return opened(node.name, now)
        case Range() if node.typed:
            start, after = moment(node.typed, now) or (node.start, node.end)
            if node.comparison is Comparison.IN:
                return replace(node, start=start, end=after)
            return replace(node, start=after if node.closed else start)
        case _:
            return node

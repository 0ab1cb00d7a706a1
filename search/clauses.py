"""A tree as alternatives: clauses of parts that must hold and parts that must not, as a watchlist files them."""

from dataclasses import dataclass
from itertools import product

from search.tree import And, Everything, Flag, Keyword, Node, Not, Or, Range, Text

MOST = 32  # clauses of one tree; a tree of more is tried as it is

Part = Text | Keyword | Flag | Range  # a keyword of one value


@dataclass(frozen=True, slots=True)
class Clause:
    """One alternative: a notice that has all of the first and none of the second is in the answer."""

    wanted: frozenset[Part] = frozenset()
    unwanted: frozenset[Part] = frozenset()


def clauses(node: Node) -> list[Clause] | None:
    """Clauses of which a notice fulfils at least one exactly when it is in the node's answer; None for too many."""
    return _clauses(node, wanted=True)


def _clauses(node: Node, *, wanted: bool) -> list[Clause] | None:
    match node:
        case Everything():
            return [Clause()] if wanted else []
        case Not():
            return _clauses(node.part, wanted=not wanted)
        case And() | Or():
            parts = [_clauses(part, wanted=wanted) for part in node.parts]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts):
                return None
            return (
                _every(known) if isinstance(node, And) is wanted else _limited([one for part in known for one in part])
            )
        case Keyword():
            single = [Keyword(node.field, (value,)) for value in node.values]
            return [_of(one) for one in single] if wanted else [Clause(unwanted=frozenset(single))]
        case _:
            return [_of(node)] if wanted else [Clause(unwanted=frozenset([node]))]


def _of(part: Part) -> Clause:
    return Clause(frozenset([part]))


def _every(parts: list[list[Clause]]) -> list[Clause] | None:
    """One clause for each choice of an alternative from every part, without those that contradict themselves."""
    found = [Clause()]
    for part in parts:
        pairs = product(found, part)
        joined = (Clause(a.wanted | b.wanted, a.unwanted | b.unwanted) for a, b in pairs)
        some = _limited([one for one in joined if one.wanted.isdisjoint(one.unwanted)])
        if some is None:
            return None
        found = some
    return found


def _limited(found: list[Clause]) -> list[Clause] | None:
    distinct = list(dict.fromkeys(found))
    return distinct if len(distinct) <= MOST else None

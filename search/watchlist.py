"""Many queries against one notice: each is tried only where the notice has something that the query cannot do without.

A query is filed as clauses, under the rarest part of each that must hold. What of all these parts holds is found once a
notice, texts only where their rarest token stands; a clause is then a comparison of two sets.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from search.clauses import Part, clauses
from search.dated import dated
from search.memory import Held, Key, holds, holds_text, needle
from search.tree import Flag, Keyword, Node, Range, Text

# How many notices of a hundred have it, about: what decides under which part a clause is filed.
OFTEN = {"number": 0.1, "document": 0.2, "account": 2.0, "terms": 5.0, "issuer": 8.0, "is": 12.0, "type": 15.0}
PHRASE, WORD, CHARACTER, DATE = 0.5, 1.0, 20.0, 50.0


@dataclass(frozen=True, slots=True)
class Filed:
    """A clause by the numbers of its parts, and the queries that it answers."""

    wanted: frozenset[int]
    unwanted: frozenset[int]
    queries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """A text to look for: the tokens that must stand somewhere, and what must then stand in a field.

    There is no needle where one token may stand in any field.
    """

    part: int
    tokens: frozenset[str]
    needle: str
    field: str


class Watchlist:
    """Queries by a number of the caller's, ready for any notice; equal ones are tried once.

    Trees that depend on the time are sooner equal when they were read with the same `now`.
    """

    def __init__(self, queries: Mapping[int, Node]) -> None:
        self._parts: dict[Part, int] = {}
        self._filed: dict[int, list[Filed]] = defaultdict(list)
        self._always: list[Filed] = []
        self._whole: list[tuple[Node, tuple[int, ...]]] = []
        self._keys, self._dated = dict[Key, int](), list[tuple[Node, int]]()
        self._tokens, self._characters = defaultdict[str, list[Sought]](list), defaultdict[str, list[Sought]](list)
        self._asked = Counter[str]()
        self.add(queries)

    def add(self, queries: Mapping[int, Node]) -> None:
        """Takes in more queries, under numbers that were never used in it."""
        known = len(self._parts)
        same: dict[Node, list[int]] = defaultdict(list)
        for number, node in queries.items():
            same[node].append(number)
        for node, numbers in same.items():
            self._file(node, tuple(numbers))
        fresh = list(islice(self._parts.items(), known, None))
        self._asked.update(token for part, _ in fresh if isinstance(part, Text) for token in part.tokens)
        for part, number in fresh:
            self._seek(part, number)

    def matching(self, held: Held, now: datetime) -> set[int]:
        """The numbers of the queries that the notice matches exactly when `now` is the time."""
        there = self._there(held, now)
        found: set[int] = set()
        for part in there & self._filed.keys():
            for one in self._filed[part]:
                if one.wanted <= there and one.unwanted.isdisjoint(there):
                    found.update(one.queries)
        for one in self._always:
            if one.unwanted.isdisjoint(there):
                found.update(one.queries)
        for node, numbers in self._whole:
            if holds(dated(node, now), held):
                found.update(numbers)
        return found

    def _there(self, held: Held, now: datetime) -> set[int]:
        """The parts that hold."""
        found = {self._keys[key] for key in self._keys.keys() & held.keys}
        found.update(number for node, number in self._dated if holds(dated(node, now), held))
        tokens = held.tokens()
        for one in self._sought(tokens):
            if one.tokens <= tokens and (not one.needle or holds_text(held, one.needle, one.field)):
                found.add(one.part)
        return found

    def _sought(self, tokens: frozenset[str]) -> Iterator[Sought]:
        for token in self._tokens.keys() & tokens:
            yield from self._tokens[token]
        if self._characters:
            for char in self._characters.keys() & {token[0] for token in tokens}:
                yield from self._characters[char]

    def _file(self, node: Node, numbers: tuple[int, ...]) -> None:
        found = clauses(node)
        if found is None:
            self._whole.append((node, numbers))
            return
        for one in found:
            wanted, unwanted = map(self._numbered, (one.wanted, one.unwanted))
            filed = Filed(frozenset(wanted.values()), frozenset(unwanted.values()), numbers)
            if wanted:
                self._filed[wanted[min(wanted, key=_often)]].append(filed)
            else:
                self._always.append(filed)

    def _numbered(self, parts: frozenset[Part]) -> dict[Part, int]:
        plain = (replace(part, shown="") if isinstance(part, Text) else part for part in parts)
        return {part: self._parts.setdefault(part, len(self._parts)) for part in plain}

    def _seek(self, part: Part, number: int) -> None:
        """Says where a part is looked for; a text under the token that the fewest texts name, so a rare one."""
        match part:
            case Keyword():
                self._keys[part.field, part.values[0]] = number
            case Flag() if part.name != "open":
                self._keys["is", part.name] = number
            case Text():
                whole = frozenset(part.tokens[:-1] if part.open_end else part.tokens)
                lone = len(part.tokens) == 1 and not part.field
                sought = Sought(number, whole, "" if lone else needle(part), part.field)
                if whole:
                    self._tokens[min(whole, key=lambda token: (self._asked[token], token))].append(sought)
                else:
                    self._characters[part.tokens[-1]].append(sought)
            case _:
                self._dated.append((part, number))


def _often(part: Part) -> float:
    match part:
        case Keyword():
            return OFTEN[part.field]
        case Text():
            return CHARACTER if part.open_end and len(part.tokens) == 1 else PHRASE if len(part.tokens) > 1 else WORD
        case Flag():
            return OFTEN["type" if part.name == "open" else "is"]
        case Range():
            return DATE

"""The query language: text in, syntax tree out."""

from dataclasses import dataclass
from datetime import datetime

from search.dated import instants, opened
from search.expand import all_words, phrase
from search.fields import FLAGS, INSTANTS, TEXT, TYPES
from search.keys import keys_of
from search.lexer import Lexeme, Lexer, QueryError
from search.tokenizer import words
from search.tree import Keyword, Node, Not, both, either

DEPTH = 50  # of brackets within brackets
LONGEST = 2_000  # characters of a query; the longest titles have a tenth


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read: its text, its tree, and what was let pass while reading it."""

    text: str
    tree: Node
    warnings: tuple[str, ...]


def parse(text: str, now: datetime) -> Query:
    """The tree of a query; `now` is what relative dates and `is:open` count from. Raises QueryError with the column."""
    if len(text) > LONGEST:
        raise QueryError(LONGEST + 1, f"a query has at most {LONGEST} characters, this one {len(text)}: shorten it")
    lexer = Lexer(text)
    reader = _Reader(lexer.read(), lexer.warnings, now)
    return Query(text, reader.read(), tuple(dict.fromkeys(lexer.warnings)))


class _Reader:
    """A descent over lexemes: or, and, not, then words, phrases, fields and groups."""

    def __init__(self, lexemes: list[Lexeme], warnings: list[str], now: datetime) -> None:
        self.lexemes = lexemes
        self.warnings = warnings
        self.now = now
        self.place = 0
        self.depth = 0
        self.field: Lexeme | None = None  # of the group that is read, in field:(a or b)

    def read(self) -> Node:
        found = [self._or()]
        while self.place < len(self.lexemes):  # a bracket that closes nothing: what follows must match too
            self.place += 1
            found.append(self._or())
        return both([part for part in found if part is not None])

    def _kind(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.lexemes[place].kind if place < len(self.lexemes) else "end"

    def _or(self) -> Node | None:
        found = [self._and()]
        while self._kind() == "or":
            self.place += 1
            found.append(self._and())
        parts = [part for part in found if part is not None]
        return either(parts) if parts else None

    def _and(self) -> Node | None:
        parts: list[Node] = []
        while self._kind() not in ("or", "close", "end"):
            if self._kind() == "and":
                self.place += 1
                continue
            if (part := self._not()) is not None:
                parts.append(part)
        return both(parts) if parts else None

    def _not(self) -> Node | None:
        negated = False
        while self._kind() == "not":
            self.place += 1
            negated = not negated
        if self._kind() in ("end", "close", "and", "or"):
            return None
        part = self._leaf()
        return Not(part) if negated and part is not None else part

    def _leaf(self) -> Node | None:
        lexeme = self.lexemes[self.place]
        self.place += 1
        if lexeme.kind == "open":
            return self._group(lexeme, self.field)
        if lexeme.kind == "field":
            return self._field(lexeme)
        if self.field is not None:
            return self._value(self.field, lexeme)
        return _words(lexeme)

    def _group(self, lexeme: Lexeme, field: Lexeme | None) -> Node | None:
        self.depth += 1
        if self.depth > DEPTH:
            raise QueryError(lexeme.column, f"more than {DEPTH} brackets within each other: write it flatter")
        outer, self.field = self.field, field
        found = self._or()
        self.field = outer
        if self._kind() == "close":
            self.place += 1
        self.depth -= 1
        return found

    def _field(self, field: Lexeme) -> Node | None:
        if self._kind() not in ("word", "phrase", "and", "or", "not", "open"):
            raise QueryError(field.column, f"{field.text} needs a value: for example {_example(field.text)}")
        value = self.lexemes[self.place]
        self.place += 1
        if value.kind == "open":
            return self._group(value, field)
        return self._value(field, value)

    def _value(self, field: Lexeme, value: Lexeme) -> Node | None:
        if field.text in INSTANTS:
            return self._instant(field, value)
        if field.operator not in (":", "="):
            raise QueryError(
                field.column, f"{field.text} cannot be compared with {field.operator}: write {field.text}:"
            )
        if field.text in TEXT:
            exact = value.kind == "phrase"
            return phrase(value.text, field.text, exact=True) if exact else all_words(words(value.text), field.text)
        return self._closed(field, value)

    def _closed(self, field: Lexeme, value: Lexeme) -> Node | None:
        text = value.text.strip()
        if field.text == "type":
            kind = TYPES.get(text.lower())
            if kind is None:
                return self._pasted(field, value, f"{text} is no type: {_listed(TYPES)}")
            return Keyword("type", (kind.value,), text)
        if field.text == "is":
            if text.lower() not in FLAGS:
                raise QueryError(value.column, f"is:{text} is unknown: {_listed(FLAGS)}")
            return opened(text.lower(), self.now)
        return Keyword(field.text, keys_of(field.text, text), text)

    def _instant(self, field: Lexeme, value: Lexeme) -> Node | None:
        found = instants(field.text, field.operator, value.text, self.now)
        if found is None:
            return self._pasted(field, value, f"{value.text} is no date: write {_example(field.text)}")
        return found

    def _pasted(self, field: Lexeme, value: Lexeme, problem: str) -> Node | None:
        """Text for a Chinese heading such as 发布：…, which titles begin with; QueryError for what meant a field."""
        if field.operator != ":" or field.name.isascii():
            raise QueryError(value.column, problem)
        self.warnings.append(f"column {field.column}: {problem}; searched as text")
        return all_words([*words(field.name), *words(value.text)])


def _words(lexeme: Lexeme) -> Node | None:
    return phrase(lexeme.text, exact=True) if lexeme.kind == "phrase" else all_words(words(lexeme.text))


def _listed(values: object) -> str:
    assert isinstance(values, dict | tuple)
    return "one of " + ", ".join(str(value) for value in values)


def _example(field: str) -> str:
    given = {"type": "type:consultation", "is": "is:open"}
    return given.get(field) or (f"{field} >= 2026-11-23" if field in INSTANTS else f'{field}:"..."')

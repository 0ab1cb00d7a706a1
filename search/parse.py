"""The query language: text in, syntax tree out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notices.normal import normalise
from search.expand import all_words, phrase
from search.fields import FLAGS, INSTANTS, KEYWORDS, TEXT, TYPES
from search.issuers import issuer_values
from search.lexer import Lexeme, Lexer, QueryError
from search.moments import SHANGHAI, micros, moment
from search.tokenizer import words
from search.tree import And, Comparison, Everything, Flag, Keyword, Node, Not, Or, Range, both, either

OPEN_WITHOUT_DEADLINE = timedelta(days=30)
DEPTH = 50  # of brackets within brackets


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read: its text, its tree, and what was let pass while reading it."""

    text: str
    tree: Node
    warnings: tuple[str, ...]


def parse(text: str, now: datetime) -> Query:
    """The tree of a query; `now` is what relative dates and `is:open` count from. Raises QueryError with the column."""
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

    def read(self) -> Node:
        if not self.lexemes:
            return Everything()
        found = self._or()
        while self.place < len(self.lexemes):  # a bracket that closes nothing: what follows must match too
            self.place += 1
            found = both([found, self._or()]) if self.place < len(self.lexemes) else found
        return found

    def _kind(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.lexemes[place].kind if place < len(self.lexemes) else "end"

    def _or(self) -> Node:
        parts = [self._and()]
        while self._kind() == "or":
            self.place += 1
            parts.append(self._and())
        return either(parts) if len(parts) > 1 else parts[0]

    def _and(self) -> Node:
        parts: list[Node] = []
        while self._kind() not in ("or", "close", "end"):
            if self._kind() == "and":
                self.place += 1
                continue
            if (part := self._not()) is not None:
                parts.append(part)
        return both(parts)

    def _not(self) -> Node | None:
        if self._kind() != "not":
            return self._leaf()
        self.place += 1
        if self._kind() in ("end", "close", "and", "or"):
            return None
        part = self._not()
        return None if part is None else Not(part)

    def _leaf(self) -> Node | None:
        lexeme = self.lexemes[self.place]
        self.place += 1
        if lexeme.kind == "open":
            return self._group(lexeme)
        if lexeme.kind == "field":
            return self._field(lexeme)
        found = phrase(lexeme.text, exact=True) if lexeme.kind == "phrase" else all_words(words(lexeme.text))
        if found is None and lexeme.text.strip():
            self.warnings.append(f"column {lexeme.column}: nothing in {lexeme.text!r} can be searched for")
        return found

    def _group(self, lexeme: Lexeme, field: str = "") -> Node:
        self.depth += 1
        if self.depth > DEPTH:
            raise QueryError(lexeme.column, f"more than {DEPTH} brackets within each other: write it flatter")
        found = self._or()
        if self._kind() == "close":
            self.place += 1
        self.depth -= 1
        return found

    def _field(self, field: Lexeme) -> Node | None:
        if self._kind() not in ("word", "phrase", "and", "or", "not"):
            raise QueryError(field.column, f"{field.text} needs a value: for example {_example(field.text)}")
        value = self.lexemes[self.place]
        self.place += 1
        if value.kind == "not" and self._kind() == "word":
            value = self.lexemes[self.place]
            self.place += 1
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

    def _closed(self, field: Lexeme, value: Lexeme) -> Node:
        text = value.text.strip()
        if field.text == "type":
            kind = TYPES.get(text.lower()) or TYPES.get(text)
            if kind is None:
                raise QueryError(value.column, f"{text} is no type: {_listed(TYPES)}")
            return Keyword("type", (kind.value,), text)
        if field.text == "is":
            if text.lower() not in FLAGS:
                raise QueryError(value.column, f"is:{text} is unknown: {_listed(FLAGS)}")
            today = self.now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
            return Flag(text.lower(), micros(today), micros(self.now - OPEN_WITHOUT_DEADLINE))
        assert field.text in KEYWORDS
        values = issuer_values(text) if field.text == "issuer" else (normalise(text),)
        return Keyword(field.text, values, text)

    def _instant(self, field: Lexeme, value: Lexeme) -> Node:
        found = moment(value.text, self.now)
        if found is None:
            raise QueryError(value.column, f"{value.text} is no date: write {_example(field.text)}")
        start, after = found
        operator = Comparison.IN if field.operator == ":" else Comparison(field.operator)
        if operator is Comparison.IN:
            return Range(field.text, operator, start, after)
        if operator in (Comparison.AFTER, Comparison.UNTIL):  # after a day means after its end
            return Range(field.text, Comparison.FROM if operator is Comparison.AFTER else Comparison.BEFORE, after)
        return Range(field.text, operator, start)


def _listed(values: object) -> str:
    assert isinstance(values, dict | tuple)
    return "one of " + ", ".join(str(value) for value in values)


def _example(field: str) -> str:
    given = {"type": "type:consultation", "is": "is:open"}
    return given.get(field) or (f"{field} >= 2026-11-23" if field in INSTANTS else f'{field}:"..."')


__all__ = ["And", "Or", "Query", "QueryError", "parse"]

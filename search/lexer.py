"""A query as a row of lexemes, each with the column it begins in."""

import re
from dataclasses import dataclass

from notices.problem import Problem
from search.fields import field_name

QUOTES = '"“”„‟＂「」『』'
_COLONS = ":："
_SPACE = " \t\r\n\u3000\xa0"
_OPEN, _CLOSE = "(（", ")）"
_ASCII = str.maketrans("＜＞＝－：（）＂", '<>=-:()"')
_OPERATOR = re.compile(r"[ \t\u3000]*(<=|>=|<|>|=|＜=|＞=|≤|≥|＜＝|＞＝|＜|＞|＝)[ \t\u3000]*")
_NAME = re.compile(r"\w+")
LONGEST_NAME = 12  # characters before a colon that look as if a field was meant
_WORDS = {"and": "and", "or": "or", "not": "not", "AND": "and", "OR": "or", "NOT": "not"}
_PLAIN = {"≤": "<=", "≥": ">="}


class QueryError(Problem):
    """A query that cannot be read; `column` is where, counted from 1."""

    status = 2

    def __init__(self, column: int, message: str) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a query; `kind` is word, phrase, field, open, close, and, or, not.

    A field has its name in English as `text`, as it was written as `name`, and the operator after it.
    """

    kind: str
    text: str
    column: int
    operator: str = ""
    name: str = ""


class Lexer:
    """Reads a query from its start to its end, into `lexemes`; what it let pass is in `warnings`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.lexemes: list[Lexeme] = []
        self.warnings: list[str] = []
        self._groups = 0

    def read(self) -> list[Lexeme]:
        """The lexemes; raises QueryError for a phrase that nothing closes."""
        while self.place < len(self.text):
            char = self.text[self.place]
            if char in _SPACE:
                self.place += 1
            elif not (self._bracket(char) or self._quote(char) or self._minus() or self._field()):
                self._word()
        return self.lexemes

    def _add(self, kind: str, text: str, length: int, operator: str = "", name: str = "") -> bool:
        self.lexemes.append(Lexeme(kind, text, self.place + 1, operator, name))
        self.place += length
        return True

    def _starts_word(self) -> bool:
        return self.place == 0 or self.text[self.place - 1] in _SPACE + _OPEN + "-" or self._after_field()

    def _after_field(self) -> bool:
        return bool(self.lexemes) and self.lexemes[-1].kind == "field" and self.text[self.place - 1] in _COLONS + "<>="

    def _bracket(self, char: str) -> bool:
        """A bracket groups where a word could begin, if its partner closes where a word ends; else it is text."""
        if char in _OPEN and self._starts_word() and self._partner():
            self._groups += 1
            return self._add("open", char, 1)
        if char in _CLOSE and self._groups and self._ends_word(self.place + 1):
            self._groups -= 1
            return self._add("close", char, 1)
        return False

    def _partner(self) -> bool:
        """Whether the bracket here has a partner behind which a word ends; brackets in quotes do not count."""
        depth, place = 0, self.place
        while place < len(self.text):
            char = self.text[place]
            if char in QUOTES:
                place = max(place, self._closing(place))
            depth += (char in _OPEN) - (char in _CLOSE)
            if depth == 0:
                return self._ends_word(place + 1) and bool(self.text[self.place + 1 : place].strip(_SPACE))
            place += 1
        return False

    def _closing(self, opening: int) -> int:
        """Where the quote that opens here closes, -1 for nowhere."""
        return next((place for place in range(opening + 1, len(self.text)) if self.text[place] in QUOTES), -1)

    def _ends_word(self, place: int) -> bool:
        return place >= len(self.text) or self.text[place] in _SPACE + _CLOSE

    def _quote(self, char: str) -> bool:
        if char not in QUOTES:
            return False
        end = self._closing(self.place)
        if end >= 0:
            return self._add("phrase", self.text[self.place + 1 : end], end + 1 - self.place)
        if char == '"' and self._starts_word():
            raise QueryError(self.place + 1, 'this quote is never closed: add a " where the phrase ends')
        self.warnings.append(f"column {self.place + 1}: {char} opens nothing and is passed over")
        self.place += 1
        return True

    def _minus(self) -> bool:
        """`-` negates only before a word, phrase or group, and only where a word begins: CVE-2024 -1 is text."""
        following = self.text[self.place + 1 : self.place + 2]
        wanted = following and (following.isalpha() or following in QUOTES + _OPEN)
        if self.text[self.place] in "-－" and self._starts_word() and wanted:
            return self._add("not", "-", 1)
        return False

    def _field(self) -> bool:
        """A known name before a colon or a comparison; another name before a colon is text, with a warning."""
        match = _NAME.match(self.text, self.place) if self._starts_word() else None
        if match is None:
            return False
        written = match.group()
        name, end = field_name(written), match.end()
        if self.text[end : end + 1] in (*_COLONS,) and self.text[end + 1 : end + 2].strip(_SPACE + "/"):
            if name:
                return self._add("field", name, len(written) + 1, ":", written)
            if not written.isdigit() and len(written) <= LONGEST_NAME:
                self.warnings.append(f"column {self.place + 1}: {written} is no field, searched as text")
        compared = _OPERATOR.match(self.text, end)
        if name and compared:
            operator = compared.group(1).translate(_ASCII)
            return self._add("field", name, compared.end() - self.place, _PLAIN.get(operator, operator), written)
        return False

    def _word(self) -> None:
        end = self.place + 1
        while end < len(self.text) and self.text[end] not in _SPACE + QUOTES:
            if self.text[end] in _CLOSE and self._groups and self._ends_word(end + 1):
                break
            end += 1
        word = self.text[self.place : end]
        self._add(_WORDS.get(word, "word"), word, len(word))

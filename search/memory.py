"""The in-memory reader of the syntax tree: whether one notice is in a query's answer, with no index and no store."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from notices.notice import Notice
from search.bulk import spaced_tokens
from search.keys import keywords
from search.moments import deadline, instant
from search.tokenizer import BETWEEN, HAN
from search.tree import And, Comparison, Everything, Flag, Keyword, Node, Not, Or, Range, Text

FIRST_HAN = chr(HAN[0][0])
Key = tuple[str, str]  # a keyword field or `type` and a value in normal form, or `is` and a flag's name


@dataclass(frozen=True, slots=True)
class Held:
    """A notice taken apart once, for any number of queries.

    Texts are tokens with a space before and after each; instants are microseconds since 1970.
    """

    notice_id: int
    title: str
    body: str
    attachments: str
    keys: frozenset[Key]
    published: int | None
    deadline: int | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """The notice as the index would hold it."""
        texts = [_spaced(values) for values in (notice.titles, (notice.body,), notice.attachments)]
        keys = {("type", notice.fields.notice_type.value)}
        keys |= {(field, value) for field, value, _ in keywords(notice)}
        keys |= {("is", name) for name, is_so in _flags(notice) if is_so}
        published, end = instant(notice.published_at), deadline(notice.fields.comment_end)
        return cls(notice.notice_id, texts[0], texts[1], texts[2], frozenset(keys), published, end)

    def tokens(self) -> frozenset[str]:
        """The tokens of all texts: made when they are asked for, since they take ten times the room of the texts."""
        return frozenset(f"{self.title}{self.body}{self.attachments}".split())


def holds(node: Node, held: Held) -> bool:
    """Whether the notice is in the node's exact answer."""
    match node:
        case Everything():
            return True
        case Text():
            return holds_text(held, needle(node), node.field)
        case Keyword():
            return any((node.field, value) in held.keys for value in node.values)
        case Flag():
            return holds_flag(node, held)
        case Range():
            return holds_range(node, held)
        case Not():
            return not holds(node.part, held)
        case And():
            return all(holds(part, held) for part in node.parts)
        case Or():
            return any(holds(part, held) for part in node.parts)


def needle(text: Text) -> str:
    """What stands in a text of `Held` exactly where the tokens stand in a row.

    A pair of Han is never part of a longer token, so it needs no space around it, and is found in a third of the time.
    """
    first, last = text.tokens[0], text.tokens[-1]
    start = "" if _is_pair(first) else " "
    end = "" if text.open_end or _is_pair(last) else " "
    return f"{start}{' '.join(text.tokens)}{end}"


def _is_pair(token: str) -> bool:
    return len(token) == 2 and token[0] >= FIRST_HAN


def holds_text(held: Held, wanted: str, field: str) -> bool:
    """Whether a needle stands in a text field, or in any of them when none is named."""
    if field:
        return wanted in (held.title if field == "title" else held.body if field == "body" else held.attachments)
    return wanted in held.title or wanted in held.body or wanted in held.attachments


def holds_flag(flag: Flag, held: Held) -> bool:
    """Whether the notice has the flag, at the time that the flag was made for."""
    if flag.name != "open":
        return ("is", flag.name) in held.keys
    if ("type", "consultation") not in held.keys:
        return False
    if held.deadline is not None:
        return held.deadline >= flag.now
    return held.published is not None and held.published >= flag.since


def holds_range(wanted: Range, held: Held) -> bool:
    """Whether the notice has the value and it lies in the range."""
    value = held.published if wanted.field == "published" else held.deadline
    if value is None:
        return False
    match wanted.comparison:
        case Comparison.BEFORE:
            return value < wanted.start
        case Comparison.UNTIL:
            return value <= wanted.start
        case Comparison.AFTER:
            return value > wanted.start
        case Comparison.FROM:
            return value >= wanted.start
        case Comparison.IN:
            return wanted.start <= value < wanted.end


def _spaced(values: Iterable[str]) -> str:
    return f" {f' {BETWEEN} '.join(map(spaced_tokens, values))} "


def _flags(notice: Notice) -> Iterable[tuple[str, bool]]:
    return ("official", notice.official), ("changed", notice.changed)

"""The SQLite reader of the syntax tree: conditions on the documents of the embedded index."""

from dataclasses import dataclass

from notices.normal import origins_of
from search.fields import TEXT
from search.tree import And, Comparison, Everything, Flag, Keyword, Node, Not, Or, Range, Text

MATCH = "d.id IN (SELECT rowid FROM texts WHERE texts MATCH ?)"


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition on the table `docs AS d`, and its parameters; never NULL, so that NOT is the complement."""

    sql: str
    parameters: tuple[str | int, ...] = ()


def condition(node: Node) -> Condition:
    """The condition that holds for exactly the documents of the node's answer."""
    match node:
        case Everything():
            return Condition("1")
        case Text():
            return Condition(MATCH, (phrase(node),))
        case Keyword():
            return _keyword(node)
        case Flag():
            return _flag(node)
        case Range():
            return _range(node)
        case Not():
            inner = condition(node.part)
            return Condition(f"NOT ({inner.sql})", inner.parameters)
        case And():
            return _joined(node.parts, "AND")
        case Or():
            return _joined(node.parts, "OR")


def phrase(text: Text) -> str:
    """A text node as FTS5 writes it; tokens hold letters and digits only, so that nothing needs escaping."""
    field = f"{{{text.field}}} : " if text.field else ""
    return f'{field}"{" ".join(text.tokens)}"{" *" if text.open_end else ""}'


def is_character(text: Text) -> bool:
    """Whether a single character is asked for: it begins too many tokens to be looked up or scored at no cost."""
    return text.open_end and len(text.tokens) == 1


def holds(char: str, *texts: str) -> bool:
    """Whether one of the texts holds a character of normal form; an SQL function of the index."""
    return any(origin in text for origin in origins_of(char) for text in texts)


def _joined(parts: tuple[Node, ...], word: str) -> Condition:
    """Parts that are text become one look-up, the others one condition each.

    A single character beside other texts is looked for in what they leave: it begins hundreds of tokens, and the index
    would put together all their places first, which takes ten times as long as the rest.
    """
    texts = [part for part in parts if isinstance(part, Text)]
    found = [condition(part) for part in parts if not isinstance(part, Text)]
    if word == "AND" and not all(map(is_character, texts)):
        found += [_held(text) for text in texts if is_character(text)]
        texts = [text for text in texts if not is_character(text)]
    if texts:
        found.insert(0, Condition(MATCH, (f" {word} ".join(f"({phrase(part)})" for part in texts),)))
    sql = f" {word} ".join(f"({one.sql})" for one in found)
    return Condition(sql, tuple(value for one in found for value in one.parameters))


def _held(text: Text) -> Condition:
    columns = ", ".join(f"d.{name}" for name in ((text.field,) if text.field else TEXT))
    return Condition(f"holds(?, {columns})", text.tokens)


def _keyword(node: Keyword) -> Condition:
    marks = ", ".join("?" * len(node.values))
    if node.field == "type":
        return Condition(f"d.type IN ({marks})", node.values)
    sql = f"d.id IN (SELECT id FROM keywords WHERE field = ? AND value IN ({marks}))"
    return Condition(sql, (node.field, *node.values))


def _flag(node: Flag) -> Condition:
    if node.name != "open":
        return Condition(f"d.{'official' if node.name == 'official' else 'changed'}")
    ends = "ifnull(d.deadline >= ?, ifnull(d.published >= ?, 0))"
    return Condition(f"d.type = 'consultation' AND {ends}", (node.now, node.since))


def _range(node: Range) -> Condition:
    column = "d.published" if node.field == "published" else "d.deadline"
    if node.comparison is Comparison.IN:
        return Condition(f"ifnull({column} >= ? AND {column} < ?, 0)", (node.start, node.end))
    return Condition(f"ifnull({column} {node.comparison.value} ?, 0)", (node.start,))

"""The SQLite reader of the syntax tree: conditions on the documents of the embedded index."""

from dataclasses import dataclass

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
    """Whether a single character is asked for, which has an index of its own: in `texts` it begins too many tokens."""
    return text.open_end and len(text.tokens) == 1


def _joined(parts: tuple[Node, ...], word: str) -> Condition:
    """Parts that are text become one look-up, the others one condition each."""
    texts = [part for part in parts if isinstance(part, Text)]
    found = [condition(part) for part in parts if not isinstance(part, Text)]
    if texts:
        found.insert(0, Condition(MATCH, (f" {word} ".join(f"({phrase(part)})" for part in texts),)))
    sql = f" {word} ".join(f"({one.sql})" for one in found)
    return Condition(sql, tuple(value for one in found for value in one.parameters))


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

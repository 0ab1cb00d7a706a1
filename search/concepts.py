"""What of a query ranks and loosens: its positive words, apart from what only filters."""

from collections.abc import Iterator
from dataclasses import dataclass

from notices.normal import normalise
from pipelines.terms import names
from search.expand import phrase
from search.tree import And, Everything, Keyword, Node, Or, Text, both


@dataclass(frozen=True, slots=True)
class Concept:
    """One word or phrase that was asked for, as the texts it may be written in."""

    texts: tuple[Text, ...]
    exact: bool

    @property
    def shown(self) -> str:
        """What was typed."""
        return self.texts[0].shown


def concepts(node: Node) -> list[Concept]:
    """The words and phrases that a match should have, in their order; what is negated is not among them."""
    return list(_concepts(node))


def filters(node: Node) -> Node:
    """The node without its positive words: what a looser match must still fulfil."""
    parts = node.parts if isinstance(node, And) else (node,)
    return both([part for part in parts if not _is_words(part)] or [Everything()])


def _concepts(node: Node) -> Iterator[Concept]:
    match node:
        case And():
            for part in node.parts:
                yield from _concepts(part)
        case Or() if _is_words(node):
            texts = [text for part in node.parts for text in _texts(part)]
            yield Concept(tuple(texts), exact=False)
        case Or():
            for part in node.parts:
                yield from _concepts(part)
        case Text() | Keyword() if _is_words(node):
            texts = list(_texts(node))
            if texts:
                yield Concept(tuple(texts), isinstance(node, Text) and node.exact)
        case _:
            return


def _is_words(node: Node) -> bool:
    match node:
        case Text():
            return True
        case Keyword():
            return node.field == "terms"
        case Or():
            return all(_is_words(part) for part in node.parts)
        case _:
            return False


def _texts(node: Node) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    elif isinstance(node, Keyword):
        for name in dict.fromkeys((normalise(node.shown), *_names(node.values[0]))):
            found = phrase(name)
            if isinstance(found, Text):
                yield found
    elif isinstance(node, Or):
        for part in node.parts:
            yield from _texts(part)


def _names(entry: str) -> tuple[str, ...]:
    found = names().get(entry)
    return found.names if found else ()

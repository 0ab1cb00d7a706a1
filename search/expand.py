"""Words become what they may stand for: synonyms are put into the tree once, for every reader alike."""

from collections.abc import Iterator
from functools import cache

from config.synonyms import Synonym, synonyms
from notices.normal import normalise
from search.tokenizer import terms
from search.tree import Keyword, Node, Text, both, either

OTHER_WORDS = 6  # names of an entry inside a longer word that are tried in its place


def word(text: str, field: str = "") -> Node | None:
    """What a word of a query asks for; None when nothing in it can be looked for.

    A word that is an entry's name matches where the entry truly stands, and in a named field under each of its names.
    A longer word that holds a name matches under the entry's other names too, the longest name first.
    """
    normal = normalise(text)
    entry = _names().get(normal)
    if entry is not None and not field:
        return Keyword("terms", (normalise(entry.name),), text)
    if entry is not None:
        found = [one for name in entry.names if (one := phrase(name, field))]
        return either(found) if found else None
    plain = phrase(text, field)
    if plain is None:
        return None
    others = [one for other in _rewritten(normal) if (one := phrase(other, field))]
    return either([plain, *others])


def phrase(text: str, field: str = "", *, exact: bool = False) -> Node | None:
    """Tokens in a row; None when there is none."""
    found = terms(text)
    return Text(found.tokens, found.open_end, text, field, exact) if found.tokens else None


def all_words(parts: list[str], field: str = "") -> Node | None:
    """All of the words that can be looked for; None when none can."""
    found = [node for part in parts if (node := word(part, field))]
    return both(list(found)) if found else None


def _rewritten(normal: str) -> Iterator[str]:
    for name, entry in _names().items():  # longest first
        if name in normal and len(name) > 1 and not _spoiled(normal, entry):
            others = [other for other in map(normalise, entry.names) if other != name]
            yield from (normal.replace(name, other) for other in others[:OTHER_WORDS])
            return


def _spoiled(normal: str, entry: Synonym) -> bool:
    return any(normalise(context) in normal for context in entry.not_in)


@cache
def _names() -> dict[str, Synonym]:
    found = {normalise(name): entry for entry in reversed(synonyms()) for name in entry.names}
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))

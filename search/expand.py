"""Words become what they may stand for: synonyms are put into the tree once, for every reader alike."""

from collections.abc import Iterator

from notices.normal import normalise
from pipelines.terms import Entry, names, stands
from search.tokenizer import terms
from search.tree import Keyword, Node, Text, both, either

OTHER_WORDS = 6  # names of an entry inside a longer word that are tried in its place


def word(text: str, field: str = "") -> Node | None:
    """What a word of a query asks for; None when nothing in it can be looked for.

    A word that is an entry's name matches where the entry truly stands, and in a named field under each of its names.
    A longer word that holds a name matches under the entry's other names too, the longest name first.
    """
    normal = normalise(text)
    entry = names().get(normal)
    if entry is not None and not field:
        return Keyword("terms", (normalise(entry.name),), text)
    if entry is not None:
        found = [one for name in (normal, *entry.names) if (one := phrase(name, field))]
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
    found = _held(normal)
    if found:
        at, name, entry = found
        for other in [other for other in entry.names if other != name][:OTHER_WORDS]:
            yield normal[:at] + other + normal[at + len(name) :]


def _held(normal: str) -> tuple[int, str, Entry] | None:
    """The longest name that stands in a word, where it stands first."""
    for name, entry in names().items():
        at = normal.find(name)
        while at >= 0:
            if stands(normal, at, name):
                return at, name, entry
            at = normal.find(name, at + 1)
    return None

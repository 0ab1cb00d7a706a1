"""Terms: the entries of the synonym file that truly stand in a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from config.synonyms import synonyms
from notices.normal import normalise

_LATIN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the synonym file with everything normalised."""

    name: str
    names: tuple[str, ...]
    not_in: tuple[str, ...]


def find_terms(text: str) -> tuple[str, ...]:
    """The full names of the entries found in a text, in the file's order; a name inside a context does not count."""
    from notices.normal_codes import normalise_whole  # numpy: a search looks at the names alone

    plain = normalise_whole(text)
    known = names()
    found = {known[word].name for word in known.keys() & set(_LATIN.findall(plain))}
    for start, name in _candidates(plain):
        for inner in _prefixes()[name]:
            entry = known[inner]
            if entry.name not in found and stands(plain, start, inner):
                found.add(entry.name)
    return tuple(entry.name for entry in entries() if entry.name in found)


@cache
def entries() -> tuple[Entry, ...]:
    """The entries of the synonym file."""
    return tuple(Entry(row.name, *(tuple(map(normalise, x)) for x in (row.names, row.not_in))) for row in synonyms())


@cache
def names() -> dict[str, Entry]:
    """Every name with its entry, longest first; of two entries with one name the first has it."""
    found: dict[str, Entry] = {}
    for entry in entries():
        for name in entry.names:
            found.setdefault(name, entry)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def stands(plain: str, start: int, name: str) -> bool:
    """Whether the name at this place of a normalised text counts: a whole word if Latin, in none of its contexts."""
    end = start + len(name)
    if _inside_word(plain, start) or _inside_word(plain, end):
        return False
    for context in names()[name].not_in:
        offset = context.find(name)
        while offset >= 0:
            if start >= offset and plain.startswith(context, start - offset):
                return False
            offset = context.find(name, offset + 1)
    return True


def _inside_word(plain: str, at: int) -> bool:
    return 0 < at < len(plain) and bool(_LATIN.match(plain[at - 1])) and bool(_LATIN.match(plain[at]))


def _candidates(plain: str) -> Iterator[tuple[int, str]]:
    """Where the longest name with Han in it begins, overlapping ones too."""
    search = _pattern().search
    match = search(plain)
    while match:
        yield match.start(), match.group()
        match = search(plain, match.start() + 1)


@cache
def _pattern() -> re.Pattern[str]:
    tree: dict[str, Any] = {}
    for name in names():
        if not _LATIN.fullmatch(name):
            branch = tree
            for char in name:
                branch = branch.setdefault(char, {})
            branch[""] = {}
    return re.compile(_alternatives(tree))


def _alternatives(tree: dict[str, Any]) -> str:
    """A tree of characters as a pattern: one step a character instead of one try a name, 20 times faster."""
    parts = [re.escape(char) + _alternatives(branch) for char, branch in sorted(tree.items()) if char]
    if not parts:
        return ""
    return f"(?:{'|'.join(parts)})" + ("?" if "" in tree else "")


@cache
def _prefixes() -> dict[str, tuple[str, ...]]:
    """Every name with the names it begins with, itself among them."""
    return {name: tuple(_begun(name, names())) for name in names()}


def _begun(name: str, known: Iterable[str]) -> Iterator[str]:
    return (other for other in known if name.startswith(other))

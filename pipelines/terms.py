"""Terms: the entries of the synonym file that truly stand in a text."""

import re
from dataclasses import dataclass
from functools import cache

from config.synonyms import synonyms
from notices.normal import normalise

_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry ready to be looked for in normalised text; `whole` finds its Latin names as whole words."""

    name: str
    names: tuple[str, ...]
    latin: tuple[str, ...]
    whole: re.Pattern[str] | None
    not_in: tuple[str, ...]


def find_terms(text: str) -> tuple[str, ...]:
    """The full names of the entries found in a text, in the file's order; a name inside a context does not count."""
    plain = normalise(text)
    return tuple(entry.name for entry in entries() if _stands(entry, plain))


@cache
def entries() -> tuple[Entry, ...]:
    """The entries of the synonym file, their names normalised."""
    return tuple(_entry(one.name, one.names, one.not_in) for one in synonyms())


@cache
def names() -> dict[str, Entry]:
    """Every normalised name with its entry, longest first; of two entries with one name the first has it."""
    found: dict[str, Entry] = {}
    for entry in entries():
        for name in (*entry.names, *entry.latin):
            found.setdefault(name, entry)
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def cleared(entry: Entry, plain: str) -> str:
    """Normalised text with the contexts in which the entry's names do not count taken out, lengths kept."""
    for context in entry.not_in:
        if context in plain:
            plain = plain.replace(context, "\0" * len(context))
    return plain


def _stands(entry: Entry, plain: str) -> bool:
    for name in entry.names:
        if name in plain:
            return not entry.not_in or any(name in cleared(entry, plain) for name in entry.names)
    return any(name in plain for name in entry.latin) and entry.whole is not None and bool(entry.whole.search(plain))


def _entry(name: str, names: tuple[str, ...], not_in: tuple[str, ...]) -> Entry:
    plain = dict.fromkeys(map(normalise, names))
    latin = tuple(one for one in plain if _LATIN.match(one) or _LATIN.match(one[-1]))
    han = tuple(one for one in plain if one not in latin)
    whole = re.compile("|".join(map(_whole, latin))) if latin else None
    contexts = sorted(map(normalise, not_in), key=len, reverse=True)
    return Entry(name, han, latin, whole, tuple(contexts))


def _whole(name: str) -> str:
    before = "(?<![a-z0-9])" if _LATIN.match(name[0]) else ""
    return before + re.escape(name) + ("(?![a-z0-9])" if _LATIN.match(name[-1]) else "")

"""Entries of the synonym file that a text truly holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from config.synonyms import Entry, load_synonyms
from notices.normal import normalise

_LATIN = "0-9a-z"


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an entry in normal form; `sure` finds it outside the texts that spoil it, None where none do."""

    text: str
    entry: str
    sure: re.Pattern[str] | None


def find_terms(text: str) -> tuple[str, ...]:
    """The own names of the entries that stand in a text, in the file's order.

    A name does not count inside a longer name of another entry, inside a text its entry excludes, or, in Latin letters,
    inside a longer word.
    """
    normal = normalise(text)
    found: dict[str, None] = {}
    for name in names():
        if name.entry not in found and name.text in normal and (name.sure is None or _stands(name.sure, normal)):
            found[name.entry] = None
    return tuple(found)


@cache
def names() -> tuple[Name, ...]:
    """Every name of every entry, in the file's order."""
    entries = load_synonyms()
    owner = {normalise(name): entry.name for entry in reversed(entries) for name in reversed(entry.names)}
    return tuple(
        Name(name, entry.name, _sure(name, list(_spoilers(name, entry, owner))))
        for entry in entries
        for name in dict.fromkeys(map(normalise, entry.names))
        if owner[name] == entry.name
    )


def _spoilers(name: str, entry: Entry, owner: dict[str, str]) -> Iterator[str]:
    for context in map(normalise, entry.not_in):
        if name in context:
            yield context
    for other, whose in owner.items():
        if name in other and name != other and whose != entry.name:
            yield other


def _sure(name: str, spoilers: list[str]) -> re.Pattern[str] | None:
    before = f"(?<![{_LATIN}])" if re.match(f"[{_LATIN}]", name) else ""
    after = f"(?![{_LATIN}])" if re.search(f"[{_LATIN}]$", name) else ""
    if not (before or after or spoilers):
        return None
    passed = [re.escape(spoiler) for spoiler in sorted(spoilers, key=lambda one: (-len(one), one))]
    return re.compile("|".join([*passed, f"({before}{re.escape(name)}{after})"]))


def _stands(sure: re.Pattern[str], text: str) -> bool:
    return any(match.group(1) for match in sure.finditer(text))

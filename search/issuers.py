"""The values an issuer may be stored under, from any of its names."""

from functools import cache

from config.synonyms import synonyms
from notices.normal import normalise


def issuer_values(text: str) -> tuple[str, ...]:
    """The normal forms of every name of the issuer that a text names, the text's own first."""
    own = normalise(text)
    return tuple(dict.fromkeys((own, *_names().get(own, ()))))


@cache
def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in synonyms():
        names = tuple(map(normalise, entry.names))
        found |= dict.fromkeys(names, names)
    return found

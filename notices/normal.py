"""The one normalisation of text: forms, scripts and cases that mean the same become the same."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

FEW = 64  # more distinct characters than this are not worth a pass each


@cache
def table() -> dict[int, str]:
    """The table: code point -> the text that stands for it, empty for characters that leave no gap.

    Each entry is one code point, so that Elasticsearch's `mapping` char filter can hold the same table.
    """
    pairs: dict[str, str] = json.loads(files("config").joinpath("normal.json").read_text(encoding="utf-8"))
    return {ord(key): value for key, value in pairs.items()}


def normalise(text: str) -> str:
    """The text with every code point replaced by its normal form; applying it twice changes nothing more."""
    forms = _forms()
    return _replaced(text, forms, forms.keys() & set(text))


def origins_of(char: str) -> frozenset[str]:
    """The characters whose normal form holds a character of normal form, itself among them."""
    return _origins().get(char, frozenset()) | {char}


def forms_of(words: Iterable[str]) -> dict[str, str]:
    """The part of the table that words in normal form depend on: a text is searched for them with it alone."""
    return _gaps() | {origin: _forms()[origin] for char in set("".join(words)) for origin in _origins().get(char, ())}


def aligned(text: str, forms: Mapping[str, str] | None = None) -> tuple[str, Sequence[int]]:
    """The normalised text and, for each of its characters, the offset of the original character it came from.

    The offsets have one number more than the text: the length of the original. Only `forms` are replaced where given.
    """
    forms = _forms() if forms is None else forms
    found = forms.keys() & set(text)
    moving = {char for char in found if len(forms[char]) != 1}
    normal = _replaced(text, forms, found)
    if not moving:
        return normal, range(len(text) + 1)
    offsets: list[int] = []
    start = 0
    for match in re.finditer(f"[{re.escape(''.join(moving))}]", text):
        offsets.extend(range(start, match.start()))
        offsets.extend([match.start()] * len(forms[match[0]]))
        start = match.end()
    offsets.extend(range(start, len(text) + 1))
    return normal, offsets


def _replaced(text: str, forms: Mapping[str, str], found: Collection[str]) -> str:
    if len(found) > FEW:
        return text.translate({ord(char): forms[char] for char in found})
    for char in found:  # half the time of `translate`, and no form holds a character that has one
        text = text.replace(char, forms[char])
    return text


@cache
def _forms() -> dict[str, str]:
    return {chr(code): form for code, form in table().items()}


@cache
def _origins() -> dict[str, frozenset[str]]:
    """For each character of a form the characters that have such a form."""
    origins: dict[str, set[str]] = defaultdict(set)
    for char, form in _forms().items():
        for part in form:
            origins[part].add(char)
    return {part: frozenset(chars) for part, chars in origins.items()}


@cache
def _gaps() -> dict[str, str]:
    """The characters that leave nothing, not even a gap."""
    return {char: form for char, form in _forms().items() if not form}

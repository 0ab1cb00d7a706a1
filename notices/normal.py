"""The one normalisation of text: forms, scripts and cases that mean the same become the same."""

import json
import re
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
    found = forms.keys() & set(text)
    if len(found) > FEW:
        return text.translate(table())
    for char in found:  # half the time of `translate`, and no form holds a character that has one
        text = text.replace(char, forms[char])
    return text


def aligned(text: str) -> tuple[str, list[int]]:
    """The normalised text and, for each of its characters, the offset of the original character it came from.

    The list has one number more than the text: the length of the original.
    """
    forms = _forms()
    found = {char for char in forms.keys() & set(text) if len(forms[char]) != 1}
    offsets: list[int] = []
    start = 0
    for offset in (
        sorted(match.start() for match in re.finditer(f"[{re.escape(''.join(found))}]", text)) if found else ()
    ):
        offsets.extend(range(start, offset))
        offsets.extend([offset] * len(forms[text[offset]]))
        start = offset + 1
    offsets.extend(range(start, len(text) + 1))
    return normalise(text), offsets


@cache
def _forms() -> dict[str, str]:
    return {chr(code): form for code, form in table().items()}

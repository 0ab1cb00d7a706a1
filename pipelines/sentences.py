"""Sentences of a text, found around the places that matter instead of by cutting all of it."""

import re
from collections.abc import Iterator

LONGEST = 400  # characters looked at on each side of a place; text without stops is not read further

_STOP = "\n。！？；"  # not the ASCII ones: they stand in addresses


def sentences_with(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """The distinct sentences in which the pattern occurs, in their order, each an exact part of the text."""
    reached = 0
    for match in pattern.finditer(text):
        if match.start() < reached:
            continue
        begin, reached = bounds(text, match.start())
        yield text[begin:reached].strip()


def bounds(text: str, at: int) -> tuple[int, int]:
    """Offsets of the sentence around a place, its stop included."""
    low, high = max(0, at - LONGEST), min(len(text), at + LONGEST)
    before = text[low:at]
    begin = low + max((before.rfind(stop) + 1 for stop in _STOP), default=0)
    ends = [found for stop in _STOP if (found := text.find(stop, at, high)) >= 0]
    end = min(ends, default=high)
    return begin, end if end < len(text) and text[end] == "\n" else min(end + 1, len(text))


def only_sentence(text: str) -> bool:
    """Whether the text is one sentence and nothing else."""
    bare = text.strip()
    return len(bare) <= 2 * LONGEST and not any(0 <= bare.find(stop) < len(bare) - 1 for stop in "\n。！？")

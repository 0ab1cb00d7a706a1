"""Highlights: the places of a text that a query found, in the text's own characters between 【 and 】."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from notices.normal import aligned, normalise
from search.concepts import Concept

START, END = "【", "】"
LEAD = 2_000  # characters of a text that are looked at first
MOST = 60  # places of a text that are looked at
AROUND = 40  # characters of the text on each side of the best place


def highlight(text: str, wanted: Sequence[Concept]) -> str:
    """The best passage of a text with what was found in it marked; empty when nothing was.

    The beginning of a long text is looked at first: there it says what it is about.
    """
    words = tuple(dict.fromkeys(word for one in wanted for text in one.texts if (word := _normal(text.shown))))
    return _marked(text[:LEAD], words) or (_marked(text, words) if len(text) > LEAD else "")


def _marked(text: str, words: Sequence[str]) -> str:
    normal: str = normalise(text)
    offsets: Sequence[int] = range(len(text) + 1)
    if len(normal) != len(text):  # rare, and a walk over every character
        normal, offsets = aligned(text)
    found = sorted(set(islice(_places(normal, words), MOST)))
    if not found:
        return ""
    best = max(found, key=lambda place: sum(place[0] <= other[0] < place[0] + 2 * AROUND for other in found))
    first, last = max(best[0] - AROUND, 0), min(best[0] + 2 * AROUND, len(normal))
    inside = _merged(place for place in found if first <= place[0] and place[1] <= last)
    parts, at = [], offsets[first]
    for start, end in inside:
        parts += [text[at : offsets[start]], START, text[offsets[start] : offsets[end]], END]
        at = offsets[end]
    parts.append(text[at : offsets[last]])
    shown = " ".join("".join(parts).split())
    return f"{'…' if first else ''}{shown}{'…' if last < len(normal) else ''}"


def _places(normal: str, words: Sequence[str]) -> Iterable[tuple[int, int]]:
    for word in words:
        at = normal.find(word)
        while at >= 0:
            yield at, at + len(word)
            at = normal.find(word, at + len(word))


@lru_cache(maxsize=1024)
def _normal(word: str) -> str:
    """The same words are looked for in every hit."""
    return normalise(word)


def _merged(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged

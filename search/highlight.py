"""Highlights: the places of a text that a query found, in the text's own characters between 【 and 】."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice

from notices.normal import aligned, forms_of, normalise
from search.concepts import Concept
from search.index import VALUES

START, END = "【", "】"
LEAD = 1_000  # characters of a text that are looked at first
MOST = 60  # places of a text that are looked at
AROUND = 40  # characters of the text on each side of the best place


class Highlighter:
    """Marks in texts what one query asks for."""

    def __init__(self, wanted: Iterable[Concept]) -> None:
        shown = (normalise(text.shown) for one in wanted for text in one.texts)
        self._words = tuple(word for word in dict.fromkeys(shown) if word)
        self._forms = forms_of(self._words)

    def lights(self, title: str, body: str, attachments: str) -> tuple[dict[str, str], ...]:
        """The best passage of each text of a notice that holds something, as `field` and `text`."""
        texts = {"title": title, "body": body, "attachments": attachments}
        found = ((field, self.passage(text.replace(VALUES, "\n"))) for field, text in texts.items())
        return tuple({"field": field, "text": passage} for field, passage in found if passage)

    def passage(self, text: str) -> str:
        """The best passage of a text with what was found in it marked; empty when nothing was.

        The beginning of a long text is looked at first: there it says what it is about.
        """
        return self._marked(text[:LEAD]) or (self._marked(text) if len(text) > LEAD else "")

    def _marked(self, text: str) -> str:
        normal, offsets = aligned(text, self._forms)
        found = sorted(set(islice(_places(normal, self._words), MOST)))
        if not found:
            return ""
        best = _densest([start for start, _ in found])
        first, last = max(best - AROUND, 0), min(best + 2 * AROUND, len(normal))
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


def _densest(starts: Sequence[int]) -> int:
    """The first start with the most starts in the passage after it."""
    counts = [bisect_left(starts, start + 2 * AROUND) - bisect_left(starts, start) for start in starts]
    return starts[counts.index(max(counts))]


def _merged(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged

"""How much of two texts is the same, and which numbers differ where they should not."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy

from pipelines.shingles import Codes, Hashes, comparable, distinct, members, shingles, spelled

LONGEST = 60_000  # characters of a text that are compared
SHORT, LONG = 5, 12  # characters of a shingle: what any wording shares, and what only a copied one does

_NUMBER = re.compile("第[一二三四五六七八九十百零〇]+|[0-9]+")
_DIGITS = re.compile("[0-9]")
_COUNTED = frozenset("批期轮届周款项号起")


class Text:
    """A text's comparable code points, and what is counted in them, each at most once."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes[:LONGEST]

    def __len__(self) -> int:
        return len(self.codes)

    def cut(self, size: int) -> "Text":
        """The first part of the text, `size` characters long."""
        return Text(self.codes[:size])

    @cached_property
    def short(self) -> Hashes:
        """Its distinct short shingles."""
        return distinct(shingles(self.codes, SHORT))

    @cached_property
    def runs(self) -> Hashes:
        """Its long shingles in their order."""
        return shingles(self.codes, LONG)

    @cached_property
    def long(self) -> Hashes:
        """Its distinct long shingles."""
        return distinct(self.runs)

    @cached_property
    def numbers(self) -> dict[tuple[str, str], set[str]]:
        """Its numbers, by the characters before and after them."""
        text = spelled(self.codes)
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for match in _NUMBER.finditer(text):
            before = _DIGITS.sub("#", text[max(0, match.start() - 4) : match.start()])
            found[before, _DIGITS.sub("#", text[match.end() : match.end() + 2])].add(match[0].lstrip("0"))
        return found


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share, as shares from 0 to 1.

    `alike` of all their short shingles, `inside` of the shorter text's, `copied` of the shorter text's long shingles;
    `start` is where in the longer text the first shared passage begins, `end` where the last one ends, `spread` which
    share of the passage between them is shared; `sizes` are their lengths in characters, the shorter first.
    """

    alike: float
    inside: float
    copied: float = 0.0
    start: float = 1.0
    end: float = 1.0
    spread: float = 0.0
    sizes: tuple[int, int] = (0, 0)


@lru_cache(maxsize=256)
def text_of(body: str) -> Text:
    """The text of a body."""
    return Text(comparable(body))


def overlap(one: Text, two: Text, least: float) -> Overlap:
    """What two texts share; where neither share reaches `least`, the passages are not looked for."""
    small, large = sorted((one, two), key=lambda text: (len(text), text.codes.tobytes()))
    shared = int(numpy.count_nonzero(members(small.short, large.short)))
    alike = shared / max(len(small.short) + len(large.short) - shared, 1)
    inside = shared / max(min(len(small.short), len(large.short)), 1)
    sizes = len(small), len(large)
    if alike < least and inside < 2 * least:
        return Overlap(alike, inside, sizes=sizes)
    places = numpy.flatnonzero(members(large.runs, small.long))
    if not len(places):
        return Overlap(alike, inside, sizes=sizes)
    copied = len(distinct(large.runs[places])) / len(small.long)
    first, last = int(places[0]), int(places[-1]) + LONG
    spread = len(places) / max(last - first - LONG + 1, 1)
    return Overlap(alike, inside, copied, first / len(large), last / len(large), spread, sizes)


def odds(one: Text, two: Text) -> tuple[float, float, str]:
    """How many numbers stand in the same words but differ, how many agree, and the first that differs.

    A number that is counted out (第7批, 12款) and a year are worth two.
    """
    differ = agree = 0.0
    example = ""
    for place in one.numbers.keys() & two.numbers.keys():
        left, right = one.numbers[place], two.numbers[place]
        if left & right:
            agree += 1
            continue
        differ += 2 if len(left) == len(right) == 1 and (place[1][:1] in _COUNTED or _years(left | right)) else 1
        said = f"{place[0]}{'/'.join(sorted((min(left), min(right))))}{place[1]}"
        example = min(example, said) if example else said
    return differ, agree, example


def _years(numbers: set[str]) -> bool:
    return all(len(number) == 4 and number.startswith("20") for number in numbers)

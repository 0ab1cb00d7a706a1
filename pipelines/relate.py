"""What two articles are to each other: carriers of one notice, texts to keep apart, or strangers."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy

from notices.understood import Fingerprint, Understood
from pipelines.fingerprint import BINS, SIZE
from pipelines.shingles import Hashes, comparable, shingles

NEAR = 0.08  # of the sketches' places equal: below this nothing but a passage can be shared
SAME = 0.6
INSIDE = 0.85


class Kind(StrEnum):
    """What two articles are to each other."""

    SAME = "same"
    DIFFERENT = "different"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Relation:
    """A decision on two articles; `strength` from 0 to 1000, above that a person's; `why` in a few words."""

    kind: Kind
    strength: int
    why: str


def likeness(a: Fingerprint, b: Fingerprint) -> float:
    """The estimated share of shingles that two texts have in common, from their sketches."""
    left, right = numpy.frombuffer(a.signature, "<u4"), numpy.frombuffer(b.signature, "<u4")
    return float(numpy.count_nonzero(left == right)) / BINS


def relate(a: Understood, b: Understood) -> Relation:
    """The relation of two articles, the same for (a, b) and (b, a)."""
    if a.fingerprint.exact == b.fingerprint.exact and a.article.body:
        return Relation(Kind.SAME, 1000, "the same text")
    shared, left, right = overlap(a, b)
    alike = shared / max(left + right - shared, 1)
    inside = shared / max(min(left, right), 1)
    if alike < 0.3 and inside < INSIDE:
        return Relation(Kind.UNRELATED, int(1000 * alike), "little in common")
    if guard := apart(a.fingerprint, b.fingerprint):
        return Relation(Kind.DIFFERENT, int(1000 * max(alike, inside)), guard)
    if alike >= SAME or (inside >= 0.95 and alike >= 0.35):
        return Relation(Kind.SAME, int(1000 * alike), f"{alike:.0%} of the text in common")
    return Relation(Kind.UNRELATED, int(1000 * alike), "only part of the text in common")


def apart(a: Fingerprint, b: Fingerprint) -> str:
    """Why two similar texts are kept apart by their guard words; empty when they are not."""
    kinds = {mark.split(":", 1)[0] for mark in a.marks} & {mark.split(":", 1)[0] for mark in b.marks}
    for kind in sorted(kinds):
        left = {mark for mark in a.marks if mark.startswith(kind + ":")}
        right = {mark for mark in b.marks if mark.startswith(kind + ":")}
        if not left & right:
            return f"{' '.join(sorted(left))} against {' '.join(sorted(right))}"
    return ""


def overlap(a: Understood, b: Understood) -> tuple[int, int, int]:
    """How many distinct shingles two texts share, and have each; a cut text is compared with as much of the other."""
    left, right = _ordered(a.article.body), _ordered(b.article.body)
    if a.article.truncated and len(right) > len(left):
        right = right[: len(left)]
    if b.article.truncated and len(left) > len(right):
        left = left[: len(right)]
    one, two = numpy.unique(left), numpy.unique(right)
    return len(numpy.intersect1d(one, two, assume_unique=True)), len(one), len(two)


@lru_cache(maxsize=512)
def _ordered(body: str) -> Hashes:
    return shingles(comparable(body), SIZE)

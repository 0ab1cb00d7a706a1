"""What two articles are to each other: carriers of one notice, texts to keep apart, or strangers."""

from dataclasses import dataclass
from enum import StrEnum

import numpy

from notices.identity import identity
from notices.understood import Fingerprint, Understood
from pipelines.attached import LITTLE, own_text
from pipelines.carried import SOME, carried
from pipelines.fingerprint import BINS, TITLE
from pipelines.guards import apart, of_kind, shared_document, wording
from pipelines.overlap import Text, overlap, text_of
from pipelines.shingles import comparable

FEW = 12  # keys: so short a text shares two of them, hardly more, with a long one that carries it
NONE = 4  # keys: all of them are names
PASSAGE = 0.3  # of the shorter text's keys shared, or
SEEN = 0.2  # of the sketches' places equal: less is not worth reading
FRAME, LINKS = 600, 2500  # characters that may be an outlet's frame, with its lists of links


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


def near(a: Fingerprint, b: Fingerprint, shared: int) -> bool:
    """Whether `relate` could find two articles to be more than strangers, given how many keys they share."""
    fewer = min(len(a.keys), len(b.keys))
    needed = 1 if fewer <= NONE else 2 if fewer <= FEW else PASSAGE * fewer
    return shared >= needed or a.exact == b.exact or likeness(a, b) >= SEEN


def relate(a: Understood, b: Understood) -> Relation:
    """The relation of two articles, the same for (a, b) and (b, a)."""
    one, two = text_of(own_text(a.article)), text_of(own_text(b.article))
    if len(one) < LITTLE or len(two) < LITTLE:
        why = _by_title(a, b, one, two)
        return Relation(Kind.SAME if why else Kind.UNRELATED, 900 if why else 0, why or "too little text")
    if _frames(a, b, one, two):
        return Relation(Kind.UNRELATED, 0, "two titles of one outlet above little text")
    if a.fingerprint.exact == b.fingerprint.exact:
        return Relation(Kind.SAME, 1000, "the same text")
    found = overlap(*_evened(a, b, one, two), SOME)
    strength = min(round(1000 * max(found.alike, 0.9 * found.inside)), 999)
    if _named_as_origin(a, b) and found.inside >= SOME:
        return Relation(Kind.SAME, 999, "the page names the other as its original")
    if found.alike < SOME and found.inside < 2 * SOME:
        return Relation(Kind.UNRELATED, strength, "little in common")
    if guard := apart(a, b, one, two, found):
        return Relation(Kind.DIFFERENT, strength, guard)
    why = carried(a, b, found)
    return Relation(Kind.SAME if why else Kind.UNRELATED, strength, why or "only part of the text in common")


def _named_as_origin(a: Understood, b: Understood) -> bool:
    return any(one.article.source_url and identity(one.article.source_url) == two.key for one, two in ((a, b), (b, a)))


def _by_title(a: Understood, b: Understood, one: Text, two: Text) -> str:
    """Why two articles are one notice although one says little: its text is a picture, or a file it offers."""
    if of_kind(a, "digest") or of_kind(b, "digest") or min(len(comparable(x.article.title)) for x in (a, b)) < TITLE:
        return ""
    if a.fingerprint.exact == b.fingerprint.exact:
        return "the same title" if a.article.title == b.article.title else ""
    page, copy = (a, two) if len(one) < len(two) else (b, one)
    if not page.article.official or len(copy) < LITTLE or of_kind(a, "stage") != of_kind(b, "stage"):
        return ""
    return "the official page of that name" if wording(a, b) >= 0.9 or shared_document(a, b) else ""


def _frames(a: Understood, b: Understood, one: Text, two: Text) -> bool:
    """Whether all that was read of two texts of one outlet may be its frame: their pictures or links differ.

    A cut text that is short nevertheless was mostly addresses.
    """
    if a.article.account != b.article.account or wording(a, b) >= 0.25:
        return False
    size = min(len(one), len(two))
    return size < FRAME or (size < LINKS and a.article.truncated and b.article.truncated)


def _evened(a: Understood, b: Understood, one: Text, two: Text) -> tuple[Text, Text]:
    """The two texts, the longer one only as far as the other goes where that one was cut."""
    if a.article.truncated and len(two) > len(one):
        return one, two.cut(len(one))
    if b.article.truncated and len(one) > len(two):
        return one.cut(len(two)), two
    return one, two

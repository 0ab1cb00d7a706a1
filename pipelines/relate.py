"""What two articles are to each other: carriers of one notice, texts to keep apart, or strangers."""

from dataclasses import dataclass
from enum import StrEnum

import numpy

from notices.understood import Fingerprint, Understood
from pipelines.fingerprint import BINS
from pipelines.guards import apart, of_kind, titles, wording
from pipelines.overlap import Overlap, Text, overlap, text_of

SEEN = 0.2  # of the sketches' places equal, or
PASSAGE = 0.3  # of the shorter text's keys shared: less is not worth reading
SOME = 0.25  # of the text alike: less is no reason to keep two texts apart
NEARLY = 0.55  # of the text alike: nothing but another stage, issue or date keeps such texts apart
OTHER = 0.75  # of the text alike, where the titles name different documents
EDITED = 0.33  # of the text alike is enough where whole sentences were copied under a similar title:
COPIED = 0.75  # alike and copied together
LEAD = 0.15  # of the longer text may stand before a notice that it carries
BRIEF = 300  # characters: what an outlet adds around a shorter text outweighs it
TINY = 40  # characters: a shorter text says nothing without its title


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
    return shared >= PASSAGE * fewer or a.exact == b.exact or likeness(a, b) >= SEEN


def relate(a: Understood, b: Understood) -> Relation:
    """The relation of two articles, the same for (a, b) and (b, a)."""
    one, two = text_of(a.article.body), text_of(b.article.body)
    title = titles(a, b)
    if len(one) < TINY or len(two) < TINY:
        same = a.fingerprint.exact == b.fingerprint.exact and title == 1 and a.article.title == b.article.title
        return Relation(Kind.SAME, 900, "the same title") if same else Relation(Kind.UNRELATED, 0, "too little text")
    if a.fingerprint.exact == b.fingerprint.exact:
        return Relation(Kind.SAME, 1000, "the same text")
    found = overlap(*_evened(a, b, one, two), SOME)
    strength = min(round(1000 * max(found.alike, 0.9 * found.inside)), 999)
    if found.alike < SOME and found.inside < 2 * SOME:
        return Relation(Kind.UNRELATED, strength, "little in common")
    if guard := apart(a, b, one, two, found):
        return Relation(Kind.DIFFERENT, strength, guard)
    why = _same(a, b, found, title)
    return Relation(Kind.SAME if why else Kind.UNRELATED, strength, why or "only part of the text in common")


def _evened(a: Understood, b: Understood, one: Text, two: Text) -> tuple[Text, Text]:
    """The two texts, the longer one only as far as the other goes where that one was cut."""
    if a.article.truncated and len(two) > len(one):
        return one, two.cut(len(one))
    if b.article.truncated and len(one) > len(two):
        return one.cut(len(two)), two
    return one, two


def _same(a: Understood, b: Understood, found: Overlap, title: float) -> str:
    """Why two texts that nothing keeps apart are one notice; empty when they are not."""
    if a.article.account == b.article.account:
        return _sent_again(a, b, found)
    other = of_kind(a, "doc") and of_kind(b, "doc") and title < 1
    if found.alike >= (OTHER if other else NEARLY):
        return f"{found.alike:.0%} of the text in common"
    if other:
        return ""
    words = wording(a, b)
    edited = found.alike + found.copied >= COPIED and title >= 0.25 and (found.inside < 0.85 or title >= 0.5)
    if found.alike >= EDITED and (edited or (found.sizes[0] < BRIEF and words >= 0.9)):
        return f"{found.alike:.0%} of the text in common under a similar title"
    whole = found.inside >= 0.8 and found.copied >= 0.7 and title >= 0.5
    if found.start <= LEAD and (whole or (found.inside >= 0.7 and found.copied >= 0.5 and words >= 0.5)):
        return f"{found.inside:.0%} of the shorter text in the longer one"
    return "the shorter text is a passage of the longer one" if _passage(found) else ""


def _sent_again(a: Understood, b: Understood, found: Overlap) -> str:
    """Why two texts of one outlet are one notice: such texts share their frame, so their titles have to agree."""
    words, title = wording(a, b), titles(a, b, named=False)
    if of_kind(a, "digest") and of_kind(b, "digest"):
        enough = 0.9
    elif words >= 0.9:
        enough = 0.4
    else:
        enough = 0.9 if words < 0.25 else 0.8 if words < 0.5 else 0.6
    if found.alike >= enough:
        return f"{found.alike:.0%} of the text in common, sent again"
    if (of_kind(a, "digest") and of_kind(b, "digest")) or found.start > LEAD:
        return ""
    whole = found.inside >= 0.9 and found.copied >= 0.75 and title >= 0.5
    if whole or (found.inside >= 0.7 and found.copied >= 0.7 and words >= 0.5):
        return f"{found.inside:.0%} of the shorter text in the longer one, sent again"
    return ""


def _passage(found: Overlap) -> bool:
    """Whether the shorter text is the beginning or the better part of the longer one."""
    small, large = found.sizes
    begins = large <= 4 * small and found.start <= 0.03 and found.end <= 1.5 * small / large
    return found.inside >= 0.85 and (begins or (large <= 3 * small and found.spread >= 0.9))

"""What keeps two similar texts apart: another stage, issue, date or number, or one that holds the other among more."""

import re
from functools import lru_cache

from notices.normal import normalise
from notices.understood import Understood
from pipelines.overlap import Overlap, Text, odds

IDENTICAL = 0.97  # of the text alike: what is called draft and final is one text under two titles
ALMOST = 0.85  # of the text alike: a digest of it would hold more
MOSTLY = 0.7  # of the text alike: a comment on it would say more
HOLDS = 1.3  # times as long as the text it holds is a digest at least
REMARKS = 2  # turns of phrase of a commentator
SHAPE = 0.2  # of two titles alike: their dates may be of the same thing
DATED = ("issue", "cve", "year", "month", "day")
COPY = 0.9  # of the text alike: the numbers that an outlet changed are its own, unless they are most of all
ODDS, ODDS_OF_COPY = 0.2, 0.35  # of the numbers that stand in the same words

_PREFIX = re.compile(r"^\s*(?:【[^【】]{1,10}】|[^|丨｜]{1,8}[|丨｜])\s*")


def of_kind(a: Understood, kind: str) -> set[str]:
    """The values of an article's guard words of one kind."""
    start = kind + ":"
    return {mark[len(start) :] for mark in a.fingerprint.marks if mark.startswith(start)}


def titles(a: Understood, b: Understood, named: bool = True) -> float:
    """How much of the shorter title stands in the longer one, from 0 to 1; 1 when both name one document."""
    if named and shared_document(a, b):
        return 1.0
    one, two = _pairs(a.article.title), _pairs(b.article.title)
    return len(one & two) / max(min(len(one), len(two)), 4)


def shared_document(a: Understood, b: Understood) -> bool:
    """Whether two titles name one document."""
    return any(_alike(left, right) for left in of_kind(a, "doc") for right in of_kind(b, "doc"))


def wording(a: Understood, b: Understood) -> float:
    """How much two titles have in common, from 0 to 1, whatever documents they name."""
    one, two = _pairs(a.article.title), _pairs(b.article.title)
    return len(one & two) / max(len(one | two), 1)


def apart(a: Understood, b: Understood, one: Text, two: Text, found: Overlap) -> str:
    """Why two similar texts are kept apart; empty when they are not."""
    for kind in DATED:
        left, right = of_kind(a, kind), of_kind(b, kind)
        if left and right and not left & right and _comparable(kind, left, right, a, b):
            return " against ".join([kind, *sorted((" ".join(sorted(left)), " ".join(sorted(right))))])
    stages = of_kind(a, "stage") ^ of_kind(b, "stage")
    if stages == {"draft", "final"} and found.alike < IDENTICAL:
        return "draft against final text"
    if "reading" in stages and found.alike < MOSTLY:
        return "a comment on the text"
    if _digests(a, b, one, two) and found.alike < ALMOST:
        return "a digest that holds the text"
    if _remarks(a, b, one, two) and found.alike < ALMOST:
        return "a comment that quotes the text"
    differ, agree, example = odds(one, two)
    if differ >= 2 and differ / (differ + agree) >= (ODDS if found.alike < COPY else ODDS_OF_COPY):
        return f"other numbers: {example}"
    return ""


def _digests(a: Understood, b: Understood, one: Text, two: Text) -> bool:
    """Whether one of two texts gathers several, and the other, or an issue of the other, is likely one of these."""
    (size, part), (length, whole) = sorted(((len(one), a), (len(two), b)), key=lambda text: (text[0], text[1].key))
    if length < HOLDS * size or not of_kind(whole, "digest"):
        return False
    return not of_kind(part, "digest") or bool(of_kind(part, "issue") - of_kind(whole, "issue"))


def _remarks(a: Understood, b: Understood, one: Text, two: Text) -> bool:
    """Whether the longer of two texts says what only a commentator would, more than once."""
    short, long = sorted((len(text), *map(int, of_kind(article, "remarks"))) for article, text in ((a, one), (b, two)))
    return long[0] >= HOLDS * short[0] and sum(long[1:]) - sum(short[1:]) >= REMARKS


def _comparable(kind: str, left: set[str], right: set[str], a: Understood, b: Understood) -> bool:
    """Whether two sets of guard words speak of the same thing: in one outlet they do, in two when said alike."""
    if kind == "cve" or a.article.account == b.article.account:
        return True
    if kind == "issue":
        return {value[:1] for value in left} == {value[:1] for value in right}
    return wording(a, b) >= SHAPE


def _alike(left: str, right: str) -> bool:
    one, two = _pairs(left), _pairs(right)
    return len(one & two) >= 0.8 * max(min(len(one), len(two)), 3)


@lru_cache(maxsize=4096)
def _pairs(title: str) -> frozenset[str]:
    text = "".join(char for char in normalise(_PREFIX.sub("", title)) if char.isalnum())
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))

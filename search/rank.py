"""How near a notice is to what an analyst wants: one number from its text, title, beginning and kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notices.kinds import NoticeType
from search.concepts import Concept
from search.tokenizer import BETWEEN
from search.tree import Text

# What speaks for a notice, each from 0 to 1, and how much.
TEXT = 0.25  # the text index's own score, against the best of the query
TITLE = 0.1  # words in a title; a word that is only partly there counts in part
COVERED = 0.3  # how much of a title the words are, under whichever of their names it has
LEAD = 0.35  # words in the beginning
LEAD_PARTS = 0.12  # the same, counted in part too
NAMED = 0.15  # words in the name of a document that the notice is about
ISSUER = 0.2  # words that are its issuers
RELATED = 0.5  # it holds the name of a document that the best exact matches are about; twice that if it says it best

PARTLY = 1.5  # power that makes a word's part worth less than its share
SHORT, CAPTION = 0.3, 100  # worth of a text of fewer characters: a picture's caption
FEW = 3  # documents that a text can be about; a list names more
SHORTEST_TITLE = 6  # tokens; of a shorter one even a single word is nearly all

# What a kind is worth to somebody who does not say which kind, and to somebody who does.
WORTH: Mapping[NoticeType, float] = {NoticeType.ROUNDUP: 0.85, NoticeType.OTHER: 0.9}
MEANT = 1.15
ASKED: Mapping[NoticeType, tuple[str, ...]] = {
    NoticeType.CONSULTATION: ("征求意见", "征集意见", "意见征集", "意见稿", "草案"),
    NoticeType.INTERPRETATION: ("解读", "答记者问"),
    NoticeType.ROUNDUP: ("周报", "月报", "汇总", "盘点", "一览"),
}


@dataclass(frozen=True, slots=True)
class Name:
    """One way to write a concept: its tokens, and the phrase by which they are looked for among others."""

    tokens: frozenset[str]
    phrase: str
    size: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A concept by its names, what it weighs among others, and tokens of which a part may be held, with their weights.

    Such a token has a space before and after it, as among others.
    """

    names: tuple[Name, ...]
    shown: str
    weight: float
    parts: tuple[tuple[str, float], ...] = ()
    whole: float = 1.0

    @classmethod
    def of(cls, concept: Concept, tokens: Mapping[str, float], weight: float) -> "Wanted":
        """A concept made ready for many comparisons."""
        names = tuple(Name(frozenset(text.tokens), phrase(text), len(text.tokens)) for text in concept.texts)
        parts = tuple((f" {token} ", weight) for token, weight in tokens.items())
        return cls(names, concept.shown, weight, parts, sum(tokens.values()) or 1.0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What ranking knows of a notice.

    `text` is the text index's score from 0 to 1; titles, beginning, documents and issuers are tokens with spaces
    between; `size` is the body's characters; `related` is how much it says of a document that the best exact matches
    are about, from 0 to 1.
    """

    text: float
    title: str
    lead: str
    named: str
    issuers: str
    type: NoticeType
    size: int
    related: float = 0.0


class Ranker:
    """The ranking of one query."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._wanted = wanted
        self._sum = sum(one.weight for one in wanted) or 1.0
        typed = " ".join(one.shown for one in wanted)
        self._asked = {kind for kind, words in ASKED.items() if any(word in typed for word in words)}

    def score(self, facts: Facts) -> float:
        """The notice's score, larger is better, comparable within one query only."""
        title, lead, issuers = f" {facts.title} ", f" {facts.lead} ", f" {facts.issuers} "
        named = f" {facts.named} " if facts.named.count(BETWEEN) < FEW else ""
        score = TEXT * facts.text + COVERED * self._covered(facts.title)
        score += RELATED * (1 + facts.related) if facts.related else 0.0
        for one in self._wanted:
            whole, parts = _held(lead, one)
            about = TITLE * _held(title, one)[1] + LEAD * whole + LEAD_PARTS * parts
            about += NAMED * _holds_any(named, one, 3) + ISSUER * _holds_any(issuers, one, 1)
            score += about * one.weight / self._sum
        worth = MEANT if facts.type in self._asked else WORTH.get(facts.type, 1.0)
        return score * worth * (SHORT if facts.size < CAPTION else 1.0)

    def _covered(self, titles: str) -> float:
        """How much of a title the query's words are, from 0 to 1: of the title that they are most of."""
        return max(map(self._share, titles.split(BETWEEN)))

    def _share(self, title: str) -> float:
        words = title.split()
        tokens, spaced = set(words), f" {title.strip()} "
        there: set[str] = set()
        for one in self._wanted:
            whole = [name.tokens for name in one.names if name.phrase in spaced]
            there |= max((tokens & some for some in whole), key=len) if whole else tokens & one.names[0].tokens
        return min(1.0, len(there) / max(SHORTEST_TITLE, len(words)))


def _held(spaced: str, wanted: Wanted) -> tuple[float, float]:
    """Whether the tokens hold the concept, and how much of it."""
    if _holds_any(spaced, wanted, 1):
        return 1.0, 1.0
    if not wanted.parts:
        return 0.0, 0.0
    there = sum([weight for token, weight in wanted.parts if token in spaced])
    return 0.0, (there / wanted.whole) ** PARTLY


def _holds_any(spaced: str, wanted: Wanted, least: int) -> bool:
    for name in wanted.names:  # noqa: SIM110 - a generator takes longer than what it looks for
        if name.size >= least and name.phrase in spaced:
            return True
    return False


def phrase(text: Text) -> str:
    """Tokens in a row as they stand among others, with a space before and after them; an open end may go on."""
    return f" {' '.join(text.tokens)}{'' if text.open_end else ' '}"

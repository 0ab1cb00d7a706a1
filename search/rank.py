"""How near a notice is to what an analyst wants: one number from the text's score and what the notice is."""

from collections.abc import Sequence
from dataclasses import dataclass

from notices.kinds import NoticeType
from search.concepts import Concept
from search.tree import Text

# What a kind is worth to somebody who looks for a policy text and does not say which kind.
WORTH = {
    NoticeType.CONSULTATION: 1.15,
    NoticeType.ISSUANCE: 1.15,
    NoticeType.BULLETIN: 1.0,
    NoticeType.INTERPRETATION: 1.0,
    NoticeType.CALL: 0.95,
    NoticeType.NEWS: 0.9,
    NoticeType.OTHER: 0.8,
    NoticeType.ROUNDUP: 0.55,
}
# Words that ask for a kind.
ASKED = {
    NoticeType.CONSULTATION: ("征求意见", "征集意见", "征求意见稿", "公开征求意见", "草案", "意见稿"),
    NoticeType.ISSUANCE: ("印发", "发布", "公布", "施行", "试行"),
    NoticeType.BULLETIN: ("通报", "公告", "公示"),
    NoticeType.INTERPRETATION: ("解读", "答记者问"),
    NoticeType.ROUNDUP: ("周报", "月报", "汇总", "盘点", "一览"),
}
MEANT = 1.45
TITLE = 0.9
NEARLY = 0.35
OFFICIAL = 1.1
CARRIERS = 0.02


@dataclass(frozen=True, slots=True)
class Facts:
    """What ranking knows of a notice; `text` is the text's own score, larger is better, `title` the titles' tokens."""

    text: float
    title: str
    type: NoticeType
    official: bool
    carriers: int


class Ranker:
    """The ranking of one query."""

    def __init__(self, wanted: Sequence[Concept]) -> None:
        self._wanted = wanted
        typed = " ".join(concept.shown for concept in wanted)
        self._kinds = {kind for kind, words in ASKED.items() if any(word in typed for word in words)}

    def score(self, facts: Facts) -> float:
        """The notice's score, larger is better, comparable within one query only."""
        kind = WORTH[facts.type] * (MEANT if facts.type in self._kinds else 1.0)
        share = sum(_in_title(concept, facts.title) for concept in self._wanted) / max(len(self._wanted), 1)
        more = min(facts.carriers - 1, 5) * CARRIERS
        return facts.text * kind * (1 + TITLE * share) * (OFFICIAL if facts.official else 1.0) * (1 + more)


def _in_title(concept: Concept, title: str) -> float:
    """1 for a title that holds the concept, part of it by how many of its tokens the title holds."""
    if any(holds(title, text) for text in concept.texts):
        return 1.0
    some = set(title.split(" "))
    best = max(sum(token in some for token in text.tokens) / len(text.tokens) for text in concept.texts)
    return NEARLY * best


def holds(spaced: str, text: Text) -> bool:
    """Whether tokens stand in a row in a text's tokens with spaces between."""
    row = f" {' '.join(text.tokens)}{'' if text.open_end else ' '}"
    return row in f" {spaced} "

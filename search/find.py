"""A search over the embedded index: the exact answer first, looser matches after it, each notice once."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notices.kinds import NoticeType
from search.concepts import Concept, concepts, filters
from search.facets import facets_of
from search.fts import condition, phrase
from search.highlight import highlight
from search.index import VALUES, Index
from search.parse import Query, parse
from search.rank import Facts, Ranker
from search.tree import Node

LOOSER = 100  # matches that are ranked with more than their text's score
WEIGHTS = "6.0, 1.0, 0.5"  # of title, body and attachments in the text's score
ORDERS = {
    "published": "d.published IS NULL, d.published DESC, d.id DESC",
    "deadline": "d.deadline IS NULL, d.deadline, d.id",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A notice that was found; `exact` is false for a looser match, `score` is comparable within one search only."""

    notice_id: int
    matter_id: int
    title: str
    exact: bool
    score: float
    notice_type: str
    issuers: tuple[str, ...]
    published_at: datetime | None
    comment_end: str | None
    url: str
    carriers: tuple[dict[str, Any], ...]
    highlights: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer of a search; `total` counts exact matches, `facets` is None unless asked for."""

    query: str
    warnings: tuple[str, ...]
    total: int
    engine: str
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]] | None = None


def find(
    index: Index, text: str, *, now: datetime, limit: int = 10, sort: str = "relevance", facets: bool = False
) -> Result:
    """Searches the index; `sort` is relevance, published or deadline. Raises QueryError with the column."""
    query = parse(text, now)
    wanted = concepts(query.tree)
    found = matching(index, query.tree)
    if sort == "relevance":
        ranked = _ranked(index, found, wanted, limit)
        if len(found) < limit and wanted:
            ranked += _looser(index, query.tree, set(found), wanted, limit - len(ranked))
    else:
        ranked = [(one, 0.0, True) for one in _ordered(index, query.tree, sort, limit)]
    hits = tuple(_hit(index, *one, wanted) for one in ranked[:limit])
    counted = facets_of(index, found) if facets else None
    return Result(query.text, query.warnings, len(found), "embedded", hits, counted)


def matches(index: Index, query: Query, notice_ids: Iterable[int]) -> set[int]:
    """Those of the notices that are in the query's exact answer."""
    given = sorted(set(notice_ids))
    where = condition(query.tree)
    marks = ", ".join("?" * len(given))
    sql = f"SELECT d.id FROM docs AS d WHERE d.id IN ({marks}) AND ({where.sql})"
    return {row[0] for row in index.database.execute(sql, (*given, *where.parameters))}


def matching(index: Index, node: Node) -> list[int]:
    """The ids of the node's exact answer."""
    where = condition(node)
    rows = index.database.execute(f"SELECT d.id FROM docs AS d WHERE {where.sql}", where.parameters)
    return [row[0] for row in rows]


def _ordered(index: Index, node: Node, sort: str, limit: int) -> list[int]:
    where = condition(node)
    sql = f"SELECT d.id FROM docs AS d WHERE {where.sql} ORDER BY {ORDERS[sort]} LIMIT ?"
    return [row[0] for row in index.database.execute(sql, (*where.parameters, limit))]


def _ranked(index: Index, found: Sequence[int], wanted: Sequence[Concept], limit: int) -> list[tuple[int, float, bool]]:
    scores = _texts(index, wanted, " AND ") if wanted else {}
    if wanted and len(scores.keys() & set(found)) < min(len(found), limit):
        scores = _texts(index, wanted, " OR ") | scores
    kept = sorted(found, key=lambda one: (-scores.get(one, 0.0), -one))[: max(limit, LOOSER)]
    return [(one, score, True) for one, score in _scored(index, kept, scores, wanted)]


def _looser(
    index: Index, node: Node, exact: set[int], wanted: Sequence[Concept], room: int
) -> list[tuple[int, float, bool]]:
    """Matches with only some of the words, or with the parts of a word apart; filters and negations hold."""
    scores = _texts(index, wanted, " OR ", apart=True, most=LOOSER + len(exact))
    near = [one for one in scores if one not in exact]
    allowed = set(matching(index, filters(node))) if near else set()
    ranked = _scored(index, [one for one in near if one in allowed], scores, wanted)
    return [(one, score, False) for one, score in ranked[:room]]


def _texts(
    index: Index, wanted: Sequence[Concept], word: str, *, apart: bool = False, most: int = -1
) -> dict[int, float]:
    """The text's own score of the documents that hold the words; with `apart` a word's tokens count one by one too."""
    groups = []
    for concept in wanted:
        ways = [phrase(text) for text in concept.texts]
        if apart and not concept.exact:
            ways += [f'"{token}"' for token in dict.fromkeys(concept.texts[0].tokens)]
        groups.append("(" + " OR ".join(f"({way})" for way in dict.fromkeys(ways)) + ")")
    sql = f"SELECT rowid, bm25(texts, {WEIGHTS}) AS score FROM texts WHERE texts MATCH ? ORDER BY score LIMIT ?"
    return {row[0]: -row[1] for row in index.database.execute(sql, (word.join(groups), most))}


def _scored(
    index: Index, ids: Sequence[int], scores: dict[int, float], wanted: Sequence[Concept]
) -> list[tuple[int, float]]:
    ranker = Ranker(wanted)
    found = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        sql = f"SELECT id, spaced, type, official, carriers FROM docs WHERE id IN ({', '.join('?' * len(some))})"
        for one, title, kind, official, carriers in index.database.execute(sql, some):
            facts = Facts(scores.get(one, 0.0), title, NoticeType(kind), bool(official), carriers)
            found.append((one, ranker.score(facts)))
    return sorted(found, key=lambda pair: (-pair[1], -pair[0]))


def _hit(index: Index, one: int, score: float, exact: bool, wanted: Sequence[Concept]) -> Hit:
    sql = "SELECT matter_id, type, hit, title, body, attachments FROM docs WHERE id = ?"
    matter, kind, shown, *texts = index.database.execute(sql, (one,)).fetchone()
    given = json.loads(shown)
    lights = []
    for field, text in zip(("title", "body", "attachments"), texts, strict=True):
        if marked := highlight(text.replace(VALUES, "\n"), wanted):
            lights.append({"field": field, "text": marked})
    published = datetime.fromisoformat(given["published_at"]) if given["published_at"] else None
    return Hit(
        one, matter, given["title"], exact, round(score, 4), kind, tuple(given["issuers"]), published,
        given["comment_end"], given["url"], tuple(given["carriers"]), tuple(lights),
    )  # fmt: skip

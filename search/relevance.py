"""Which notices come first: candidates from the text index, their facts, and the order of exact and looser ones."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from notices.kinds import NoticeType
from search.concepts import Concept, filters
from search.fts import condition, is_character, phrase
from search.index import Extent, Index
from search.rank import Facts, Ranker, Wanted
from search.tokenizer import BETWEEN
from search.tree import Node, Text

RANKED = 40  # of the exact and of the looser matches, by their text's score, that are looked at closely
BUDGET = 1_500  # documents that the text index may score for one query
COUNTED = BUDGET  # documents with a token that are counted; from there on it is estimated, as none is affordable
PIECES = 40  # tokens of a query that are looked up one by one
LONG = 12  # tokens; a longer phrase is scored by its tokens alone: a look-up of all of them in a row is slow
RELATED = 3  # best exact matches whose documents lead to related notices
WEIGHTS = "6.0, 1.0, 0.5"  # of title, body and attachments in the text's score


@dataclass(frozen=True, slots=True)
class Ranked:
    """A notice in its place of the answer."""

    notice_id: int
    score: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """A phrase that the text index is asked for, and in how many documents it stands at the most."""

    match: str
    documents: int


def ranked(index: Index, node: Node, found: Sequence[int], wanted: Sequence[Concept], limit: int) -> list[Ranked]:
    """The exact matches by relevance and, when they are fewer than `limit`, looser ones after them."""
    extent = index.extent()
    counts = _counts(index, wanted, extent)
    size = extent.size
    clauses = _affordable(_clauses(wanted, counts))
    scores = _scores(index, [clause.match for clause in clauses], common=_is_common(clauses))
    ranker = Ranker([weighed(concept, counts, size) for concept in wanted])
    kept = sorted(found, key=lambda one: (-scores.get(one, 0.0), -one))
    best = _scored(index, kept[: max(limit, RANKED)], scores, ranker, exact=True)
    if len(found) >= limit or not wanted:
        return best[:limit]
    related = _related(index, best[:RELATED])
    scores = {one: max(scores.get(one, 0.0), related.get(one, 0.0)) for one in scores.keys() | related.keys()}
    exact = set(found)
    allowed = set(_among(index, filters(node), [one for one in scores if one not in exact]))
    near = sorted(allowed, key=lambda one: (one not in related, -scores[one], -one))[:RANKED]
    looser = _scored(index, near, scores, ranker, exact=False, related=related)
    return (best + looser)[:limit]


def _counts(index: Index, wanted: Sequence[Concept], extent: Extent) -> dict[str, int]:
    """In how many documents the tokens stand; for a common one its first documents tell how densely it stands."""
    tokens = dict.fromkeys(token for concept in wanted for text in concept.texts for token in text.tokens)
    sql = f"SELECT count(*), max(rowid) FROM (SELECT rowid FROM texts WHERE texts MATCH ? LIMIT {COUNTED})"
    counts = {}
    for token in list(tokens)[:PIECES]:
        if token not in extent.documents:
            number, last = index.database.execute(sql, (f'"{token}"',)).fetchone()
            extent.documents[token] = number if number < COUNTED else number * extent.newest // last
        counts[token] = extent.documents[token]
    return counts


def _clauses(wanted: Sequence[Concept], counts: dict[str, int]) -> Iterator[Clause]:
    for concept in wanted:
        for text in concept.texts:
            if is_character(text) or (not concept.exact and len(text.tokens) > LONG):
                continue
            yield Clause(phrase(text), min(counts.get(token, BUDGET) for token in text.tokens))
        if not concept.exact and not is_character(concept.texts[0]):
            for token in concept.texts[0].tokens:
                yield Clause(f'"{token}"', counts.get(token, BUDGET))


def _affordable(clauses: Iterable[Clause]) -> list[Clause]:
    """The rarest clauses, at least one: the common ones would have the index score nearly everything."""
    chosen: list[Clause] = []
    spent = 0
    known = {clause.match: clause for clause in clauses if clause.documents}
    for clause in sorted(known.values(), key=lambda one: one.documents):
        spent += clause.documents
        if chosen and spent > BUDGET:
            break
        chosen.append(clause)
    return chosen


def _is_common(clauses: Sequence[Clause]) -> bool:
    return bool(clauses) and clauses[0].documents > BUDGET


def _scores(index: Index, matches: Sequence[str], *, common: bool) -> dict[int, float]:
    """The text's own score, larger is better; of words that stand everywhere, first only where a title has them."""
    if not matches:
        return {}
    either = " OR ".join(f"({match})" for match in matches)
    sql = f"SELECT rowid, bm25(texts, {WEIGHTS}) FROM texts WHERE texts MATCH ?"
    if common:
        found = index.database.execute(sql, (f"{{title}} : ({either})",)).fetchall()
        if len(found) >= RANKED:
            return {one: -score for one, score in found}
    return {one: -score for one, score in index.database.execute(sql, (either,))}


def weighed(concept: Concept, counts: dict[str, int], size: int) -> Wanted:
    """A concept with the weights of its tokens: what is rare says more."""
    first = concept.texts[0].tokens
    tokens = {token: _rarity(counts.get(token, BUDGET), size) for token in first if counts.get(token)}
    weight = max(tokens.values(), default=1.0)
    return Wanted.of(concept, tokens if len(first) > 1 and not concept.exact else {}, weight)


def _rarity(documents: int, size: int) -> float:
    return math.log(1 + (size - documents + 0.5) / (documents + 0.5)) if size > documents else 0.1


def _related(index: Index, best: Sequence[Ranked]) -> dict[int, float]:
    """Notices that hold the name of a document which the best exact matches are about, with their text's score."""
    ids = [one.notice_id for one in best]
    marks = ", ".join("?" * len(ids))
    rows = index.database.execute(f"SELECT spaced, named, type FROM docs WHERE id IN ({marks})", ids)
    names = [name for row in rows if row[2] != NoticeType.ROUNDUP for name in documents_of(row[0], row[1])]
    return _scores(index, [f'"{name}"' for name in dict.fromkeys(names)], common=False)


def documents_of(title: str, named: str) -> list[str]:
    """The tokens of the documents that a notice is about: those in its title, else the only one that it names."""
    names = [name for name in named.split(f" {BETWEEN} ") if name.count(" ") >= 3]
    return [name for name in names if f" {name} " in f" {title} "] or (names if len(names) == 1 else [])


def _among(index: Index, node: Node, ids: Sequence[int]) -> list[int]:
    where = condition(node)
    sql = f"SELECT d.id FROM docs AS d WHERE {where.sql}"
    allowed = {row[0] for row in index.database.execute(sql, where.parameters)} if where.sql != "1" else set(ids)
    return [one for one in ids if one in allowed]


def _scored(
    index: Index,
    ids: Sequence[int],
    scores: dict[int, float],
    ranker: Ranker,
    *,
    exact: bool,
    related: Mapping[int, float] = MappingProxyType({}),
) -> list[Ranked]:
    top, near = max((scores.get(one, 0.0) for one in ids), default=0.0) or 1.0, max(related.values(), default=1.0)
    found = []
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT id, spaced, lead, named, issuers, type, size FROM docs WHERE id IN ({marks})"
        for one, title, lead, named, issuers, kind, size in index.database.execute(sql, some):
            text, kin = scores.get(one, 0.0) / top, related.get(one, 0.0) / near
            facts = Facts(text, title, lead, named, issuers, NoticeType(kind), size, kin)
            found.append(Ranked(one, ranker.score(facts), exact))
    return sorted(found, key=lambda one: (-one.score, -one.notice_id))


__all__ = ["Ranked", "Text", "ranked"]

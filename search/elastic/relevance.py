"""Which notices come first on Elasticsearch: its candidates, put in order by the ranking that both engines share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from types import MappingProxyType
from typing import Any

from notices.kinds import NoticeType
from search.concepts import Concept, filters
from search.elastic.asking import WINDOW, Asking, Row
from search.elastic.dsl import Dsl, any_of, phrase, query
from search.fields import TEXT
from search.fts import is_character
from search.rank import Facts, Ranker
from search.relevance import PIECES, RANKED, RELATED, Ranked, documents_of, weighed
from search.tree import Node, Text

BOOSTS: Mapping[str, float] = {"title": 1.0, "body": 1.0, "attachments": 0.5}
ELSEWHERE = 0.1  # of what a text counts in its other fields
TITLE = ("title",)
PARTS = ("title", "body")  # where parts of a word count
RAREST = 8  # parts of words that are sought: more of them cost the server time and change hardly any place
BUDGET = 10_000  # notices that may hold what is sought, all together: more would be scored for places they cannot reach
NO_KIN: Mapping[int, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """How many exact matches there are, and the first of the answer."""

    total: int
    order: list[Ranked]


@dataclass(frozen=True, slots=True)
class Sought:
    """A text that speaks for a notice, in some fields, and in how many notices it stands at the most."""

    text: Text
    fields: Sequence[str]
    documents: int

    @property
    def clause(self) -> Dsl:
        """A query: the text where it counts most, a little where else; a sum would prefer what a title only repeats."""
        queries = []
        for field in (self.text.field,) if self.text.field else self.fields:
            [[kind, body]] = phrase(self.text, field).items()
            queries.append({kind: {field: body[field] | {"boost": BOOSTS[field]}}})
        return {"dis_max": {"queries": queries, "tie_breaker": ELSEWHERE}}


def ranked(asking: Asking, node: Node, wanted: Sequence[Concept], limit: int) -> Answer:
    """The exact matches by relevance and, when they are fewer than `limit`, looser ones after them."""
    exact = query(node)
    counts, size = _counts(asking, wanted)
    ranker = Ranker([weighed(concept, counts, size) for concept in wanted])
    clauses = [one.clause for one in _affordable(_sought(wanted, counts))]
    first = _best({"filter": [exact], "should": clauses}, min(max(limit, RANKED), WINDOW))
    total, best = asking.searches([counted(exact), first])
    rows = best.rows if min(total.total, limit) <= WINDOW else list(asking.pages(first))
    order = _scored(rows, ranker, exact=True)
    if total.total >= limit or not clauses:
        return Answer(total.total, order[:limit])
    loose = {"filter": [query(filters(node))], "must_not": [exact]}
    known = {row.notice_id: row.facts for row in rows}
    named = _named(known[one.notice_id] for one in order[:RELATED])
    asked = [_best(loose | {"must": [any_of(some)]}, RANKED) for some in (clauses, named) if some]
    near, *related = (found.rows for found in asking.searches(asked))
    kin = {row.notice_id: row.score for some in related for row in some}
    looser = _scored(_merged([*related, near])[:RANKED], ranker, exact=False, kin=kin)
    return Answer(total.total, (order + looser)[:limit])


def counted(exact: Dsl) -> Dsl:
    """The search that only counts, all of them."""
    return {"query": exact, "size": 0, "track_total_hits": True}


def _best(clauses: Dsl, size: int) -> Dsl:
    """The search for the best by the text's score, with what ranking reads of each."""
    wanted: Dsl = {"query": {"bool": clauses}, "size": size, "track_total_hits": False, "_source": False}
    return wanted | {"stored_fields": ["facts"], "sort": ["_score", {"notice_id": "desc"}]}


def _counts(asking: Asking, wanted: Sequence[Concept]) -> tuple[dict[str, int], int]:
    tokens = list(dict.fromkeys(token for one in wanted for text in one.texts for token in text.tokens))[:PIECES]
    return asking.documents_with(tokens) if tokens else ({}, 0)


def _sought(wanted: Sequence[Concept], counts: Mapping[str, int]) -> Iterator[Sought]:
    """What speaks for a notice: each way to write a concept, and the rarest parts of words."""
    parts: set[str] = set()
    for concept in wanted:
        for text in concept.texts:
            if not is_character(text):
                yield Sought(text, TEXT, min(counts.get(token, BUDGET) for token in text.tokens))
        if not concept.exact and not is_character(concept.texts[0]):
            parts.update(token for token in concept.texts[0].tokens if counts.get(token))
    for token in sorted(parts, key=lambda token: (counts[token], token))[:RAREST]:
        yield Sought(Text((token,), False, token), PARTS, counts[token])


def _affordable(sought: Iterable[Sought]) -> list[Sought]:
    """The rarest texts; where already the rarest stands in too many notices, all of them but only in titles."""
    known = sorted(sought, key=lambda one: one.documents)
    if known and known[0].documents > BUDGET:
        return [replace(one, fields=TITLE) for one in known]
    spent = accumulate(one.documents for one in known)
    return [one for one, sum_ in zip(known, spent, strict=True) if sum_ <= BUDGET]


def _named(best: Iterable[Mapping[str, Any]]) -> list[Dsl]:
    """The names of the documents that the best exact matches are about, as what looser ones may hold."""
    told = [facts for facts in best if facts["type"] != NoticeType.ROUNDUP]
    names = dict.fromkeys(name for facts in told for name in documents_of(facts["title"], facts["named"]))
    return [Sought(Text(tuple(name.split()), False, name), TEXT, 0).clause for name in names]


def _merged(answers: Iterable[Iterable[Row]]) -> list[Row]:
    """Each notice once, with its better score, where it stood first."""
    found: dict[int, Row] = {}
    for row in chain.from_iterable(answers):
        there = found.get(row.notice_id)
        if there is None or there.score < row.score:
            found[row.notice_id] = row
    return list(found.values())


def _scored(rows: Sequence[Row], ranker: Ranker, *, exact: bool, kin: Mapping[int, float] = NO_KIN) -> list[Ranked]:
    top = max((row.score for row in rows), default=0.0) or 1.0
    near = max(kin.values(), default=1.0)
    found = []
    for row in rows:
        facts = _facts(row.facts, row.score / top, kin.get(row.notice_id, 0.0) / near)
        found.append(Ranked(row.notice_id, ranker.score(facts), exact))
    return sorted(found, key=lambda one: (-one.score, -one.notice_id))


def _facts(held: Mapping[str, Any], text: float, kin: float) -> Facts:
    return Facts(
        text, held["title"], held["lead"], held["named"], held["issuers"], NoticeType(held["type"]), held["size"], kin
    )

"""A search over the embedded index: the exact answer first, looser matches after it, each notice once."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from notices.problem import Problem
from search.answer import Hit, Result
from search.concepts import concepts
from search.facets import facets_of
from search.fts import condition
from search.highlight import Highlighter
from search.index import Index
from search.parse import Query, parse
from search.relevance import Ranked, ranked
from search.tree import Node

ORDERS = {
    "published": "d.published IS NULL, d.published DESC, d.id DESC",
    "deadline": "d.deadline IS NULL, d.deadline, d.id",
}


def find(
    index: Index, text: str, *, now: datetime, limit: int = 10, sort: str = "relevance", facets: bool = False
) -> Result:
    """Searches the index; `sort` is relevance, published or deadline. Raises QueryError with the column."""
    if index.outdated:
        raise Problem("the index was made by another version: `policywatch reindex` makes it anew")
    query = parse(text.encode("utf-8", "replace").decode(), now)
    wanted = concepts(query.tree)
    found = matching(index, query.tree)
    if sort == "relevance":
        order = ranked(index, query.tree, found, wanted, limit)
    else:
        order = [Ranked(one, 0.0, True) for one in _ordered(index, query.tree, sort, limit)]
    marks = Highlighter(wanted)
    hits = tuple(_hit(index, one, marks) for one in order)
    counted = facets_of(index, found) if facets else None
    return Result(query.text, query.warnings, len(found), "embedded", hits, counted)


def each(index: Index, text: str, *, now: datetime, sort: str = "published") -> Iterator[Hit]:
    """Every exact match, by `published` or `deadline`; texts are read one notice at a time."""
    query = parse(text, now)
    marks = Highlighter(concepts(query.tree))
    for one in _ordered(index, query.tree, sort, -1):
        yield _hit(index, Ranked(one, 0.0, True), marks)


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


def _hit(index: Index, place: Ranked, marks: Highlighter) -> Hit:
    sql = "SELECT matter_id, type, hit, title, body, attachments FROM docs WHERE id = ?"
    matter, kind, shown, *texts = index.database.execute(sql, (place.notice_id,)).fetchone()
    given = json.loads(shown)
    published = datetime.fromisoformat(given["published_at"]) if given["published_at"] else None
    return Hit(
        place.notice_id, matter, given["title"], place.exact, round(place.score, 4), kind,
        tuple(given["issuers"]), published, given["comment_end"], given["url"], tuple(given["carriers"]),
        marks.lights(*texts),
        given.get("comment_end_of", ""), tuple(given.get("removed", ())),
    )  # fmt: skip

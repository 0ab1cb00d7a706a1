"""The Elasticsearch reader of the syntax tree: queries that hold for exactly the documents of a node's answer."""

from collections.abc import Iterable
from typing import Any

from search.elastic.shallow import shallow
from search.fields import TEXT
from search.tree import And, Comparison, Everything, Flag, Keyword, Node, Not, Or, Range, Text

Dsl = dict[str, Any]
ANALYZER = "tokens"  # of the index: what we send are tokens already, with spaces between
EXPANSIONS = 20_000  # tokens that one character may begin at the end of a phrase; there are fewer Han than that
OPERATORS = {Comparison.BEFORE: "lt", Comparison.UNTIL: "lte", Comparison.AFTER: "gt", Comparison.FROM: "gte"}
EVERYTHING: Dsl = {"match_all": {}}


def query(node: Node) -> Dsl:
    """The query of a node's exact answer; it scores nothing of itself."""
    return _query(shallow(node))


def any_of(queries: Iterable[Dsl]) -> Dsl:
    """At least one of the queries."""
    some = list(queries)
    return some[0] if len(some) == 1 else {"bool": {"should": some, "minimum_should_match": 1}}


def phrase(text: Text, field: str) -> Dsl:
    """The tokens of a text node in a row within one value of a field."""
    if not text.open_end:
        return {"match_phrase": {field: {"query": " ".join(text.tokens), "analyzer": ANALYZER}}}
    if len(text.tokens) == 1:
        return {"prefix": {field: {"value": text.tokens[0]}}}
    wanted = {"query": " ".join(text.tokens), "analyzer": ANALYZER, "max_expansions": EXPANSIONS}
    return {"match_phrase_prefix": {field: wanted}}


def _query(node: Node) -> Dsl:
    match node:
        case Everything():
            return EVERYTHING
        case Text():
            return any_of(phrase(node, field) for field in ((node.field,) if node.field else TEXT))
        case Keyword():
            return {"terms": {node.field: list(node.values)}}
        case Flag():
            return _flag(node)
        case Range():
            return _range(node)
        case Not():
            return {"bool": {"must_not": [_query(node.part)]}}
        case And():
            found = {"filter": [_query(part) for part in node.parts if not isinstance(part, Not)]}
            found["must_not"] = [_query(part.part) for part in node.parts if isinstance(part, Not)]
            return {"bool": {name: parts for name, parts in found.items() if parts}}
        case Or():
            return any_of(map(_query, node.parts))


def _flag(flag: Flag) -> Dsl:
    if flag.name != "open":
        return {"term": {"is": flag.name}}
    ends = {"range": {"deadline_micros": {"gte": flag.now}}}
    recent: Dsl = {"bool": {"filter": [{"range": {"published_micros": {"gte": flag.since}}}]}}
    recent["bool"]["must_not"] = [{"exists": {"field": "deadline_micros"}}]
    return {"bool": {"filter": [{"term": {"type": "consultation"}}, any_of([ends, recent])]}}


def _range(wanted: Range) -> Dsl:
    if wanted.comparison is Comparison.IN:
        return {"range": {f"{wanted.field}_micros": {"gte": wanted.start, "lt": wanted.end}}}
    return {"range": {f"{wanted.field}_micros": {OPERATORS[wanted.comparison]: wanted.start}}}

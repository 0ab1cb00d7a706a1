"""Searches as the server is asked them: several in one request, and page after page over one view of the index."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from search.elastic.connection import Elastic
from search.elastic.dsl import Dsl
from search.elastic.problems import ElasticAway, ElasticRefused, busy, told

PAGE = 1_000  # notices of one answer when all are read
WINDOW = 10_000  # notices that one answer may hold: index.max_result_window
KEPT = "2m"  # how long a view of the index waits for its next page


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in an answer: its score, what ranking reads of it, and its document; the last two where asked for."""

    notice_id: int
    score: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: its notices, how many there are where that was counted, and its aggregations."""

    rows: list[Row]
    total: int
    buckets: Mapping[str, Any] = field(default_factory=dict)


class Asking:
    """Asks one index; `took` counts the milliseconds that the server says it worked."""

    def __init__(self, elastic: Elastic) -> None:
        self.elastic = elastic
        self.took = 0

    def searches(self, bodies: Sequence[Dsl]) -> list[Found]:
        """An answer for every search, from one request; raises ElasticAway or ElasticRefused."""
        index = self.elastic.names.read
        asked = [part for body in bodies for part in ({}, body)]
        with told(self.elastic.url):
            answer = self.elastic.client.msearch(index=index, searches=asked)
        self.took += answer["took"]
        return [self._found(one) for one in answer["responses"]]

    def pages(self, body: Dsl) -> Iterator[Row]:
        """All rows of one search, in its order, as the index is now; the search's sort must tell any two apart."""
        client, url = self.elastic.client, self.elastic.url
        with told(url):
            view = client.open_point_in_time(index=self.elastic.names.read, keep_alive=KEPT)["id"]
        after: Any = None
        try:
            while True:
                paged = body | {"size": PAGE, "pit": {"id": view, "keep_alive": KEPT}, "track_total_hits": False}
                with told(url):
                    answer = client.search(**(paged | ({"search_after": after} if after else {})))
                self.took += answer["took"]
                view, hits = answer["pit_id"], answer["hits"]["hits"]
                yield from map(_row, hits)
                if len(hits) < PAGE:
                    return
                after = hits[-1]["sort"]
        finally:
            with told(url):
                client.close_point_in_time(id=view)

    def documents_with(self, tokens: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many bodies each token stands, and how many bodies there are."""
        with told(self.elastic.url):
            answer = self.elastic.client.termvectors(
                index=self.elastic.names.read, doc={"body": " ".join(tokens)}, per_field_analyzer={"body": "tokens"},
                fields=["body"], term_statistics=True, field_statistics=True, offsets=False, positions=False,
            )  # fmt: skip
        self.took += answer["took"]
        held = answer["term_vectors"].get("body", {"terms": {}, "field_statistics": {"doc_count": 0}})
        counts = {token: row.get("doc_freq", 0) for token, row in held["terms"].items()}
        return counts, max(held["field_statistics"]["doc_count"], 0)

    def _found(self, answer: Mapping[str, Any]) -> Found:
        if "error" in answer:
            self._refused(answer)
        hits = answer["hits"]
        total = hits["total"]["value"] if "total" in hits else 0
        return Found(list(map(_row, hits["hits"])), total, answer.get("aggregations", {}))

    def _refused(self, answer: Mapping[str, Any]) -> None:
        error, url = answer["error"], self.elastic.url
        cause = next(iter(error.get("root_cause", ())), error)
        reason = " ".join(str(cause.get("reason", "")).split())[:200]
        if busy(answer["status"], cause["type"]):
            raise ElasticAway(f"Elasticsearch at {url} has no room or is not ready ({reason}): look at its health")
        raise ElasticRefused(f"Elasticsearch at {url} refused the search ({cause['type']}: {reason}): write it shorter")


def _row(hit: Mapping[str, Any]) -> Row:
    facts = hit.get("fields", {}).get("facts")
    read = orjson.loads(facts[0]) if facts else {}
    return Row(int(hit["_id"]), hit.get("_score") or 0.0, read, hit.get("_source", {}))

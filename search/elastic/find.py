"""Elasticsearch as the engine of searches: the same answers as the embedded index, from another place."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from config.settings import Settings
from search.answer import Hit, Result
from search.concepts import concepts
from search.elastic.asking import PAGE, WINDOW, Asking, Row
from search.elastic.connection import Elastic, connected
from search.elastic.dsl import Dsl, query
from search.elastic.facets import facets_of
from search.elastic.problems import ElasticRefused, IndexUnfit, told
from search.elastic.relevance import counted, ranked
from search.elastic.templates import projection
from search.highlight import Highlighter
from search.index import VALUES
from search.moments import SHANGHAI
from search.parse import Query, parse
from search.relevance import Ranked

SORTS: Mapping[str, list[Dsl]] = {
    "published": [{"published_micros": {"order": "desc", "missing": "_last"}}, {"notice_id": "desc"}],
    "deadline": [{"deadline_micros": {"order": "asc", "missing": "_last"}}, {"notice_id": "asc"}],
}
SHOWN = ["matter_id", "headline", "title", "body", "attachments", "type", "published", "deadline_day", "url"]
SHOWN += ["end_of_matter", "carriers.path", "carriers.url", "carriers.account", "carriers.published"]
SHOWN += ["carriers.removed_at"]
AT_ONCE = 100  # notices whose texts are read together


class Remote:
    """Searches one connection's index."""

    def __init__(self, elastic: Elastic) -> None:
        self.asking = Asking(elastic)
        self._open = ExitStack()

    @classmethod
    def of(cls, settings: Settings) -> "Remote":
        """The engine of the settings, to be closed by the caller; raises ElasticAway, ElasticRefused, IndexUnfit."""
        with ExitStack() as stack:
            elastic = stack.enter_context(connected(settings))
            _check(elastic)
            made = cls(elastic)
            made._open = stack.pop_all()
        return made

    def find(
        self, text: str, *, now: datetime, limit: int = 10, sort: str = "relevance", facets: bool = False
    ) -> Result:
        """Searches the index; `sort` is relevance, published or deadline. Raises QueryError with the column."""
        read = parse(text.encode("utf-8", "replace").decode(), now)
        wanted = concepts(read.tree)
        exact = query(read.tree)
        if sort == "relevance":
            answer = ranked(self.asking, read.tree, wanted, limit)
            total, order = answer.total, answer.order
        else:
            total = self.asking.searches([counted(exact)])[0].total
            order = [Ranked(row.notice_id, 0.0, True) for row in self._sorted(exact, sort, limit)]
        found = facets_of(self.asking, exact) if facets else None
        hits = tuple(self._hits(order, Highlighter(wanted)))
        return Result(read.text, read.warnings, total, "elasticsearch", hits, found)

    def matching(self, asked: Query, notice_ids: Collection[int] | None = None) -> set[int]:
        """The query's exact answer, among these notices only unless None."""
        wanted = query(asked.tree)
        if notice_ids is None:
            return {row.notice_id for row in self.asking.pages(plain(wanted))}
        ids = sorted(notice_ids)
        pieces = [ids[at : at + PAGE] for at in range(0, len(ids), PAGE)]
        among = ({"bool": {"filter": [wanted, {"terms": {"notice_id": some}}]}} for some in pieces)
        return {row.notice_id for one in among for row in self.asking.searches([plain(one)])[0].rows}

    def each(self, text: str, *, now: datetime, sort: str = "published") -> Iterator[Hit]:
        """Every exact match, by `published` or `deadline`."""
        read = parse(text, now)
        marks = Highlighter(concepts(read.tree))
        some: list[Ranked] = []
        for row in self.asking.pages(plain(query(read.tree)) | {"sort": SORTS[sort]}):
            some.append(Ranked(row.notice_id, 0.0, True))
            if len(some) == AT_ONCE:
                yield from self._hits(some, marks)
                some = []
        yield from self._hits(some, marks)

    def close(self) -> None:
        """Lets go of the connection."""
        self._open.close()

    def _sorted(self, exact: Dsl, sort: str, limit: int) -> list[Row]:
        body = plain(exact) | {"sort": SORTS[sort]}
        if limit <= WINDOW:
            return self.asking.searches([body | {"size": limit}])[0].rows
        rows = self.asking.pages(body)
        return [row for row, _ in zip(rows, range(limit), strict=False)]

    def _hits(self, order: Sequence[Ranked], marks: Highlighter) -> Iterator[Hit]:
        for at in range(0, len(order), AT_ONCE):
            some = order[at : at + AT_ONCE]
            ids = [str(place.notice_id) for place in some]
            body: Dsl = {
                "query": {"ids": {"values": ids}},
                "size": len(ids),
                "_source": SHOWN,
                "stored_fields": ["facts"],
            }
            rows = {row.notice_id: row for row in self.asking.searches([body])[0].rows}
            for place in some:
                if place.notice_id in rows:  # it may have been merged into another one meanwhile
                    yield _hit(place, rows[place.notice_id], marks)


def _check(elastic: Elastic) -> None:
    """Raises a problem when there is no index to read, or one of another version: its tokens are not ours."""
    name = elastic.names.read
    with told(elastic.url):
        found = elastic.client.indices.get(index=name, ignore_unavailable=True, filter_path=["*.mappings._meta"])
    if not found:
        raise ElasticRefused(
            f"Elasticsearch at {elastic.url} has no index {name}: `policywatch reindex` or `policywatch run` makes it"
        )
    [made] = {row["mappings"]["_meta"].get("projection") for row in found.values()}
    if made != projection():
        raise IndexUnfit(
            f"the index {name} was made by another version: `policywatch reindex` builds it anew and swaps"
        )


def plain(wanted: Dsl) -> Dsl:
    """The search for all that match, without their texts."""
    return {"query": wanted, "size": PAGE, "_source": False, "track_total_hits": False, "sort": [{"notice_id": "asc"}]}


def _hit(place: Ranked, row: Row, marks: Highlighter) -> Hit:
    held = row.source
    lights = marks.lights(VALUES.join(held["title"]), held["body"], VALUES.join(held["attachments"]))
    published = held.get("published")
    return Hit(
        place.notice_id, held["matter_id"], held["headline"], place.exact, round(place.score, 4), held["type"],
        tuple(row.facts["shown"]), datetime.fromisoformat(published).astimezone(SHANGHAI) if published else None,
        held.get("deadline_day"), held["url"], tuple(map(_carrier, held["carriers"])), lights,
        "matter" if held.get("end_of_matter") else "", tuple(_removed(held["carriers"])),
    )  # fmt: skip


def _removed(carriers: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """Each address once, as the embedded index has them."""
    gone = {one["url"]: one["removed_at"] for one in carriers if one.get("removed_at")}
    return ({"url": url, "removed_at": at} for url, at in gone.items())


def _carrier(held: Mapping[str, Any]) -> dict[str, Any]:
    return {name: held.get(name) for name in ("path", "url", "account")} | {"published_at": held.get("published")}

"""Elasticsearch: how fast the projector indexes beside the library's own bulk helper, and how soon an event is found.

    python docs/figures/bench_projector.py FOLDER_OF_A_STORE

The server is the tests' own. Both ways send the same documents to indices of one mapping on one server, in turns.
"""

import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests/servers")]
if TYPE_CHECKING:
    from notices.store import Store
    from search.elastic.connection import Elastic

TURNS = 3
SEEN = 40  # events whose way into the index is timed


@dataclass(frozen=True, slots=True)
class Figures:
    """Documents a second of both ways, and seconds until an event is found, at the median and the 95th percentile."""

    projector: float
    helper: float
    found_median: float
    found_p95: float

    @property
    def lines(self) -> list[str]:
        """What is printed."""
        share = self.projector / self.helper
        found = f"found after {self.found_median:.2f} s (median), {self.found_p95:.2f} s (95th percentile)"
        return [
            f"elasticsearch: projector {self.projector:.0f} documents/s, parallel_bulk {self.helper:.0f}: {share:.2f}",
            f"elasticsearch: an event is {found}",
        ]


def run(store_folder: Path) -> Figures:
    """The figures of a data folder's notices; the folder is copied."""
    from elastic_shared import shared_server

    from notices.store import Store

    with shared_server(quick=False) as url, tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch, "data")
        data.mkdir()
        shutil.copy(store_folder / "policywatch.db", data)
        with Store.open(f"sqlite:///{data / 'policywatch.db'}", data) as store:
            pairs = [(_helper(store, url), _projector(store, url)) for _ in range(TURNS)]
            waits = sorted(_waits(store, url))
    return Figures(
        median(pair[1] for pair in pairs), median(pair[0] for pair in pairs), median(waits), quantiles(waits, n=20)[-1]
    )


def _projector(store: "Store", url: str) -> float:
    from config.settings import Settings
    from search.elastic.connection import connected
    from search.elastic.indices import live
    from search.elastic.projector import Projector

    settings = Settings(elasticsearch_url=url, elasticsearch_index=f"bench-{secrets.token_hex(4)}")
    with connected(settings, seconds=120) as elastic:
        live(elastic, store)
        start = time.perf_counter()
        written = Projector(store, elastic).turn()
        seconds = time.perf_counter() - start
        _clear(elastic)
    return written / seconds


def _helper(store: "Store", url: str) -> float:
    """`parallel_bulk` with documents that were made before the clock starts."""
    import orjson
    from elasticsearch import Elasticsearch, helpers

    from search.elastic.documents import document
    from search.elastic.templates import index_body

    name = f"bench-{secrets.token_hex(4)}-notices-v1"

    def actions() -> Iterator[dict]:
        for notice, made in prepared:
            yield {"_op_type": "index", "_id": str(notice), "_source": made}

    prepared = []
    ids = store.notice_ids()
    for start in range(0, len(ids), 1_000):
        prepared += [(one.notice_id, orjson.loads(document(one))) for one in store.notices(ids[start : start + 1_000])]
    with Elasticsearch(url, request_timeout=120) as client:
        client.indices.create(index=name, **index_body("notices", {}))
        start = time.perf_counter()
        done = sum(ok for ok, _ in helpers.parallel_bulk(client, actions(), index=name, chunk_size=500))
        seconds = time.perf_counter() - start
        client.indices.delete(index=name)
    return done / seconds


def _waits(store: "Store", url: str) -> Iterator[float]:
    """Seconds from the commit of an event until a search has it, with the service's own timer."""
    import threading

    from config.settings import Settings
    from scheduler.corrections import Correction, fix
    from scheduler.projecting import Projecting
    from scheduler.timers import timers
    from search.elastic.connection import connected

    settings = Settings(data=store.folder, elasticsearch_url=url, elasticsearch_index=f"bench-{secrets.token_hex(4)}")
    stop = threading.Event()
    ids = store.notice_ids()
    with connected(settings, seconds=120) as elastic, Projecting(settings, store, stop) as beside:
        beside.turn()
        clock = timers(lambda: None, lambda: None, beside.turn, lambda: None)
        clock.start()
        for number in range(SEEN):
            day = date(2027, 1, 1 + number % 28)
            notice = fix(store, ids[number], Correction(comment_end=day), now=datetime.now(timezone.utc))
            start = time.perf_counter()
            query = {"bool": {"filter": [{"term": {"version": notice.version}}]}}
            while not elastic.client.count(index=elastic.names.read, query=query)["count"]:
                time.sleep(0.02)
            yield time.perf_counter() - start
            time.sleep(secrets.randbelow(1000) / 1000)  # not in step with the timer
        stop.set()
        clock.shutdown(wait=True)
        _clear(elastic)


def _clear(elastic: "Elastic") -> None:
    from search.elastic.indices import all_of

    for one in (*all_of(elastic, "notices"), *all_of(elastic, "sources")):
        elastic.client.indices.delete(index=one.name)
    elastic.client.indices.delete_index_template(name=f"{elastic.names.base}-*")
    elastic.client.cluster.delete_component_template(name=f"{elastic.names.base}-*")


def show(store_folder: Path) -> None:
    """Prints the figures, or why there are none."""
    from elastic_files import NoServer

    try:
        print("\n".join(run(store_folder).lines), flush=True)
    except NoServer as reason:
        print(f"elasticsearch: not measured, {reason}", flush=True)


if __name__ == "__main__":
    show(Path(sys.argv[1]))

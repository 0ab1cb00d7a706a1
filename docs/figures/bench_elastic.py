"""Prints how long a search takes on Elasticsearch, beside the time that the server itself says it worked.

    python docs/figures/bench_elastic.py ../shared/data FOLDER              (the data folder of an ingested archive)
    python docs/figures/bench_elastic.py ../shared/data FOLDER 1000000      (by hand: so many, made of real ones)

The server is started as the tests start it, or is the one that TEST_ELASTICSEARCH_URL names.
"""

import json
import os
import random
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

from elastic_files import NoServer  # noqa: E402
from elastic_shared import shared_server  # noqa: E402
from eval_elastic import INDEX, forget  # noqa: E402

from config.settings import Settings  # noqa: E402
from notices.notice import Notice  # noqa: E402
from notices.store import Store  # noqa: E402
from search.elastic.bulk import Action, bulks  # noqa: E402
from search.elastic.connection import Elastic, connected  # noqa: E402
from search.elastic.documents import document  # noqa: E402
from search.elastic.find import Remote  # noqa: E402
from search.elastic.templates import index_body, projection  # noqa: E402

NOW = datetime(2025, 6, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
PAGE = os.sysconf("SC_PAGE_SIZE")
REAL = 4_000  # notices of the archive that others are made of
LINES = 12  # paragraphs of a made one at the most: about 700 characters, a third of a real one


def recombined(notices: list[Notice], number: int) -> Iterator[Notice]:
    """Notices with the title and fields of one and up to twelve paragraphs of three others, of dates over ten years."""
    chance = random.Random(4)
    for one in range(1, number + 1):
        head, *others = chance.choices(notices, k=4)
        lines = [line for other in others for line in other.body.split("\n") if line]
        body = "\n".join(chance.sample(lines, min(len(lines), LINES, max(1, head.body.count("\n") + 1))))
        day = NOW - timedelta(minutes=chance.randrange(10 * 365 * 24 * 60))
        titles = (f"{head.titles[0]}{chance.choice(others).titles[0][:4]}",)
        yield replace(head, notice_id=one, matter_id=one, version=one, titles=titles, body=body, published_at=day)


def load(elastic: Elastic, notices: Iterator[Notice]) -> None:
    """Writes notices in bulk, and prints the memory of this process as it goes."""
    name = f"{INDEX}-notices-v1"
    body = index_body("notices", {"projection": projection()})
    elastic.client.indices.create(index=name, **body, aliases={elastic.names.read: {}})
    elastic.client.indices.put_settings(index=name, settings={"index": {"refresh_interval": "-1"}})
    start, written, steps = time.perf_counter(), 0, []
    client = elastic.client.options(request_timeout=300)

    def send(some: list[Action]) -> int:
        lines = [line for action in some for line in action.lines]
        assert not client.bulk(index=name, operations=lines, filter_path="errors")["errors"]
        return len(some)

    actions = bulks(Action(one.notice_id, one.version, document(one)) for one in notices)
    for some in sent(send, actions):
        written += some
        if written // 50_000 > len(steps):
            steps.append(int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6)
            print(f"  {written} notices, {time.perf_counter() - start:.0f} s, {steps[-1]:.0f} MB", flush=True)
    elastic.client.indices.put_settings(index=name, settings={"index": {"refresh_interval": "1s"}})
    elastic.client.options(request_timeout=600).indices.refresh(index=name)
    size = elastic.client.indices.stats(index=name)["_all"]["primaries"]["store"]["size_in_bytes"]
    seconds = time.perf_counter() - start
    print(f"elastic_load {written} notices in {seconds:.0f} s, {written / seconds:.0f} a second, {size / 1e6:.0f} MB")


def sent(send: Callable[[list[Action]], int], actions: Iterable[list[Action]]) -> Iterator[int]:
    """What `send` answers for each list, two of them on their way while the next is made."""
    with ThreadPoolExecutor(2) as pool:
        waiting: deque[Future[int]] = deque()
        for some in actions:
            waiting.append(pool.submit(send, some))
            if len(waiting) > 2:
                yield waiting.popleft().result()
        for one in waiting:
            yield one.result()


def search_times(labels: Path, elastic: Elastic, titles: list[str]) -> None:
    """p95 of searches in the process and of what the server says of them: the labelled queries, and pasted titles."""
    lines = (labels / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line)["query"] for line in lines]
    remote = Remote(elastic)
    for kind, texts in (("queries", queries * 3), ("titles", titles)):
        for text in texts[:20]:
            remote.find(text, now=NOW)
        took, said = [], []
        for text in texts:
            remote.asking.took = 0
            start = time.perf_counter()
            remote.find(text, now=NOW)
            took.append((time.perf_counter() - start) * 1000)
            said.append(remote.asking.took)
        ours, theirs = (statistics.quantiles(some, n=20)[18] for some in (took, said))
        shown = f"p95 {ours:.1f} ms, median {statistics.median(took):.1f} ms"
        server = f"p95 {theirs:.1f} ms, median {statistics.median(said):.1f} ms"
        times = f"{ours / max(theirs, 1):.1f} times, {len(took)} searches"
        print(f"elastic_search {kind} {shown}; the server's own {server} ({times})", flush=True)


def elastic_figures(labels: Path, data: Path, number: int = 0) -> None:
    """Searches over the notices of a store, or over `number` of them made of these."""
    with Store.open(f"sqlite:///{data / 'policywatch.db'}", data) as store:
        ids = (
            random.Random(4).sample(store.notice_ids(), min(REAL, len(store.notice_ids())))
            if number
            else store.notice_ids()
        )
        notices = store.notices(ids)
    titles = [one.titles[0].replace('"', " ") for one in notices[::20]][:200]
    try:
        with shared_server(quick=False) as url:
            settings = Settings(elasticsearch_url=url, elasticsearch_index=INDEX)
            forget(url)
            try:
                with connected(settings, seconds=60) as elastic:
                    load(elastic, recombined(notices, number) if number else iter(notices))
                    search_times(labels, elastic, titles)
            finally:
                forget(url)
    except NoServer as reason:
        print(f"elasticsearch not measured: {reason}")


if __name__ == "__main__":
    elastic_figures(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)

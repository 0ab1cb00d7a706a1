"""Generated queries over real articles: every reader of the query language gives the same set, always."""

import os
import random
import tarfile
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from notices.kinds import Mode
from notices.notice import Notice
from notices.pagefile import PageFile
from notices.store import Store
from pipelines.keep import keep
from scheduler.archived import archived_page
from scheduler.inputs import inputs
from scheduler.reading import read_pages
from search.elastic.asking import Asking
from search.elastic.connection import Elastic, Names
from search.elastic.find import Remote, plain
from search.elastic.projector import Projector
from search.find import matching
from search.index import Index
from search.memory import Held, holds
from search.parse import parse
from search.projector import project
from search.watchlist import Watchlist
from tests.search import kql, oracle

ROOT = Path(__file__).parent.parent.parent
LABELS = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "data"
NOW = datetime(2025, 6, 2, 9, 30, tzinfo=timezone.utc)
FILES, NOTICES, QUERIES = 4_200, 2_000, 2_000

pytestmark = [
    pytest.mark.soak(long=True),
    pytest.mark.xdist_group("the sample"),  # which is read once
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not LABELS.is_dir(), reason=f"no labels in {LABELS}: set POLICYWATCH_SHARED"),
]


@pytest.fixture(scope="module")
def seed() -> int:
    number = int(os.environ.get("POLICYWATCH_SEED", random.SystemRandom().randrange(1_000_000)))
    print(f"\nseed {number}")
    return number


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, seed: int) -> Iterator[Store]:
    """A store with a sample of the archive, taken in as `ingest` does."""
    folder = tmp_path_factory.mktemp("sample")
    with tarfile.open(LABELS / "archive.tar.xz") as archive:
        members = [member for member in archive.getmembers() if member.name.endswith(".md")]
        sample = random.Random(seed).sample(members, FILES)
        sample.sort(key=lambda member: member.offset)  # an xz stream is only quick forwards
        archive.extractall(folder / "files", members=sample, filter="data")
    found = [found for one in inputs([folder / "files"]) for found in one.files()]
    batch = [archived_page(one, Mode.BACKFILL, NOW) for one in found]
    items = [(page, read.reading, read.understood) for page, read in zip(batch, read_pages(batch), strict=True)]
    with Store.open(f"sqlite:///{folder / 'policywatch.db'}", folder) as opened, PageFile(folder) as pages:
        for start in range(0, len(items), 500):
            keep(opened, pages, items[start : start + 500], now=NOW)
        yield opened


@pytest.fixture(scope="module")
def notices(store: Store) -> list[Notice]:
    held = store.notices(store.notice_ids())
    print(f"{len(held)} notices")
    assert len(held) >= NOTICES
    return held


@pytest.fixture(scope="module")
def index(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    project(store, folder)
    with Index(folder) as opened:
        yield opened


def test_index_memory_and_watchlist_agree(notices: list[Notice], index: Index, seed: int) -> None:
    taken = [Held.of(notice) for notice in notices]
    generator = oracle.Generator(notices, NOW, seed)
    trees, answers = {}, {}
    for number in range(QUERIES):
        asked = generator.query()
        query = parse(asked.text, NOW)
        found = set(matching(index, query.tree))
        assert {one.notice_id for one in taken if holds(query.tree, one)} == found, asked.text
        assert {notice.notice_id for notice in notices if asked.meaning(notice)} == found, asked.text
        trees[number], answers[number] = query.tree, found
    some = sum(0 < len(found) < len(taken) for found in answers.values())
    print(f"{QUERIES} queries, {some} of them with some of the notices as their answer")
    assert some > QUERIES / 2
    watched = Watchlist(trees)
    for one in taken:
        assert watched.matching(one, NOW) == {number for number in trees if one.notice_id in answers[number]}


@pytest.fixture
def elastic(store: Store, elasticsearch_url: str, elastic_base: str) -> Iterator[Elastic]:
    """The same notices on a real server, written by the projector."""
    with Elasticsearch(elasticsearch_url, request_timeout=120) as client:
        made = Elastic(client, Names(elastic_base), elasticsearch_url)
        written = Projector(store, made).turn()
        assert written == len(store.notice_ids())
        client.indices.refresh(index=made.names.read)
        yield made


def test_elasticsearch_agrees(notices: list[Notice], index: Index, elastic: Elastic, seed: int) -> None:
    remote = Remote(elastic)
    generator = oracle.Generator(notices, NOW, seed + 1)
    some = 0
    for _ in range(QUERIES):
        asked = generator.query()
        query = parse(asked.text, NOW)
        found = set(matching(index, query.tree))
        assert remote.matching(query) == found, asked.text
        some += 0 < len(found) < len(notices)
    print(f"{QUERIES} queries, {some} of them with some of the notices as their answer")
    assert some > QUERIES / 2


def test_what_is_typed_into_kibana_agrees(notices: list[Notice], index: Index, elastic: Elastic, seed: int) -> None:
    asking = Asking(elastic)
    forms = kql.Forms(notices, seed + 2)
    some = 0
    for _ in range(QUERIES):
        pair = forms.pair()
        found = set(matching(index, parse(pair.ours, NOW).tree))
        assert {row.notice_id for row in asking.pages(plain(kql.query(pair)))} == found, pair
        some += 0 < len(found) < len(notices)
    print(f"{QUERIES} queries in KQL, {some} of them with some of the notices as their answer")
    assert some > QUERIES / 3

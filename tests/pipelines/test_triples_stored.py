"""The triples kept in a real store, one by one and in batches: the notices that their labels ask for, in any order."""

import functools
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from docs.figures.triples import ORDERS, Sample, load
from notices.article import Reading
from notices.kinds import Mode, PageState
from notices.page import Page
from notices.pagefile import PageFile
from notices.store import Store
from notices.understood import Understood
from pipelines.keep import keep
from pipelines.understand import understand

TRIPLES = [sample for triple in load() for sample in triple]
Folding = dict[frozenset[str], tuple[str, bool, object]]

pytestmark = pytest.mark.both_databases


@functools.cache
def understood() -> dict[str, Understood]:
    """What the stages of production make of each article, by its address."""
    return {sample.article.url: understand(sample.article) for sample in TRIPLES}


def put(store: Store, pages: PageFile, batch: Sequence[Sample]) -> None:
    items = []
    for sample in batch:
        article = sample.article
        assert article.published_at is not None
        page = Page(article.url, (article.title + article.body).encode(), article.published_at, mode=Mode.LIVE)
        items.append((page, Reading(PageState.ARTICLE, article), understood()[article.url]))
    keep(store, pages, items)


def folded(folder: Path, address: str, batches: Sequence[Sequence[Sample]]) -> Folding:
    """The notices of a new store that took the batches in: their carriers, with what a notice says of itself."""
    with Store.open(address, folder) as store, PageFile(folder) as pages:
        for batch in batches:
            put(store, pages, batch)
        return {
            frozenset(carrier.url for carrier in notice.carriers): (notice.url, notice.official, notice.fields)
            for notice in store.notices(store.notice_ids())
        }


def wanted() -> set[frozenset[str]]:
    labels: dict[str, set[str]] = {}
    for sample in TRIPLES:
        labels.setdefault(sample.notice, set()).add(sample.article.url)
    return {frozenset(urls) for urls in labels.values()}


def assert_as_labelled(found: Folding) -> None:
    names = {sample.article.url: f"{sample.notice} {sample.role}" for sample in TRIPLES}
    wrong = found.keys() ^ wanted()
    assert not wrong, [sorted(names[url] for url in urls) for urls in wrong]
    official = {sample.article.url for sample in TRIPLES if sample.role == "official"}
    assert {url for url, said, _ in found.values() if said} >= official


@pytest.mark.parametrize("order", ORDERS)
def test_one_by_one_in_the_order_of_their_roles(
    order: str, tmp_path: Path, store_address: Callable[[Path], str]
) -> None:
    arriving = sorted(TRIPLES, key=lambda sample: ORDERS[order].index(sample.role))
    assert_as_labelled(folded(tmp_path, store_address(tmp_path), [[sample] for sample in arriving]))


def test_in_batches_of_any_size_and_order(tmp_path: Path, store_address: Callable[[Path], str], seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    results = []
    for name in ("first", "second"):
        left, batches = chance.sample(TRIPLES, len(TRIPLES)), []
        while left:
            size = chance.randint(1, 12)
            batches.append(left[:size])
            left = left[size:]
        (tmp_path / name).mkdir()
        results.append(folded(tmp_path / name, store_address(tmp_path / name), batches))
        assert_as_labelled(results[-1])
    assert results[0] == results[1]

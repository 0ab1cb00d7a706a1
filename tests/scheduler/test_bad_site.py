"""Crawls of a site on loopback that misbehaves, one kind of trouble at a time."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlalchemy import select

from config import operator
from config.settings import Settings
from notices.pagefile import PageFile
from notices.schema import hosts, pages
from notices.store import Store
from scheduler.crawl import SourceReport, crawl
from spiders.job import NO_ANSWER
from tests.soak.bad_site import SIZE, BadSite, serving


class Desk:
    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.settings = Settings(data=folder, config=folder / "config", download_max_mb=1, download_timeout=4)
        operator.use(self.settings.config)
        self.settings.config.mkdir()
        self.store = stack.enter_context(Store.open(self.settings.store_url, folder))
        self.pages = stack.enter_context(PageFile(folder))

    def crawl(self, site: BadSite, **given: Any) -> SourceReport:
        lines = {"name": "odd", "kind": "page", "url": f"{site.base}/list", "delay": 0, "first": 99, **given}
        text = "- " + "\n  ".join(f"{key}: {value}" for key, value in lines.items())
        selectors = "  selectors: {row: ul.rows li, next: a.next}\n"
        (self.settings.config / "sources.yaml").write_text(f"{text}\n{selectors}", encoding="utf-8")
        return crawl(self.settings, self.store, self.pages, ["odd"]).sources[0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(tmp_path, stack)
    operator.use(tmp_path / "nowhere")


def site_of(*kinds: str) -> BadSite:
    site = BadSite(len(kinds), seed=1)
    site.kinds = dict(enumerate(kinds))
    site.order = list(range(len(kinds)))
    return site


def test_each_kind_of_trouble_is_one_outcome_and_the_crawl_ends(desk: Desk) -> None:
    kinds = ("plain", "silent", "slow", "huge", "bomb", "private", "file", "empty", "cut", "charset", "moved", "etag")
    with serving(site_of(*kinds)) as site:
        report = desk.crawl(site)
    expected = {"list": 1, "new": 4, "slow": 2, "too_large": 2, "refused": 2, "empty": 1, "unreachable": 1}
    assert report.outcomes == expected and report.error is None
    assert report.pages == len(kinds) + 1
    with desk.store.reading() as connection:
        (first,) = connection.execute(select(pages.c.url).where(pages.c.url.like("%/a/9"))).scalars()
    assert "第9号" in next(one.body for one in desk.store.notices(desk.store.notice_ids()) if one.url == first)
    assert not [path for _, path in site.asked if "secret" in path]


def test_many_pages_in_any_order_while_items_appear(desk: Desk) -> None:
    site = BadSite(5 * SIZE, seed=4, grows=True)
    site.kinds = dict.fromkeys(site.kinds, "plain")
    with serving(site) as served:
        first = desk.crawl(served)
        again = desk.crawl(served)
    numbers = len(site.kinds)
    assert first.outcomes["new"] + again.outcomes.get("new", 0) == numbers > 5 * SIZE
    assert max(site.counted[f"/a/{one}"] for one in range(numbers)) == 1


def test_a_wall_ends_the_crawl_of_its_host_at_once(desk: Desk) -> None:
    with serving(site_of("plain", "plain", "plain", "third", "plain", "plain")) as site:
        report = desk.crawl(site)
        asked = len(site.asked)
        desk.crawl(site)
    assert report.outcomes["blocked"] == 1 == len(site.walls)
    assert report.outcomes["postponed"] >= 1
    assert len(site.asked) == asked and site.asked[-1][1] == site.walls[0][1]
    with desk.store.reading() as connection:
        row = connection.execute(select(hosts)).one()
    assert row.reason and row.walls == 1


def test_a_host_that_is_down_is_not_waited_for_again_and_again(desk: Desk) -> None:
    with serving(site_of("plain", "silent", "silent", "cut", "silent", "plain", "plain")) as site:
        report = desk.crawl(site)
    assert report.outcomes == {"list": 1, "new": 1, "slow": 2, "unreachable": 1, "postponed": 3}
    with desk.store.reading() as connection:
        assert connection.execute(select(hosts.c.reason)).scalar() == NO_ANSWER


def test_requests_keep_their_distance(desk: Desk) -> None:
    with serving(site_of(*["plain"] * 5)) as site:
        desk.crawl(site, delay=0.3)
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(site.asked)]
    assert len(gaps) == 6  # robots.txt, the list, five pages
    assert min(gaps) >= 0.28
    spans = sorted(site.spans)
    assert all(end <= begin for (_, end, _), (begin, _, _) in pairwise(spans))


def test_a_certificate_that_nobody_vouches_for_is_said_and_one_that_is_known_is_read(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(site_of("plain"), context) as site:
        refused = desk.crawl(site)
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        read = desk.crawl(site)
    assert refused.outcomes == {"certificate": 1}
    assert refused.error is not None and "certificate verify failed" in refused.error
    assert read.outcomes == {"list": 1, "new": 1} and read.error is None

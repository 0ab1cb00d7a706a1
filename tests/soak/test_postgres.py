"""The real archive on PostgreSQL as on SQLite, and hosts that take over from each other for real."""

import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from notices.schema import articles, links, notices
from notices.schema import sources as table
from notices.store import Store
from scheduler.demo_site import serve, sources
from tests.polling import until

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "data"
FILES = 4_000  # of the archive: enough for merges, versions and shells

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1500)]


def environment(folder: Path, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    return {**kept, "POLICYWATCH_DATA": str(folder), "POLICYWATCH_DATABASE_URL": url}


def part(target: Path, chance: random.Random) -> Path:
    """An archive of a stretch of the real one."""
    with tarfile.open(DATA / "archive.tar.xz") as archive, tarfile.open(target, "w") as made:
        members = [member for member in archive.getmembers() if member.name.endswith(".md")]
        start = chance.randrange(len(members) - FILES)
        for member in members[start : start + FILES]:  # an xz stream is only quick forwards
            made.addfile(member, archive.extractfile(member))
    return target


def whole(url: str, folder: Path) -> tuple[set[frozenset[str]], dict[str, str], set[tuple[str, str, str, int]]]:
    """The groups by their articles' keys, each canonical article's fields, and the relations of pairs."""
    with Store.open(url, folder) as opened, opened.reading() as connection:
        rows = connection.execute(select(articles.c.id, articles.c.key, articles.c.notice_id)).all()
        keys = {row.id: row.key for row in rows}
        groups: dict[int, set[str]] = {}
        for row in rows:
            groups.setdefault(row.notice_id, set()).add(row.key)
        fields = {
            keys[row.canonical_id]: json.dumps([row.fields, row.reasons, str(row.published_at)], sort_keys=True)
            for row in connection.execute(select(notices))
        }
        pairs = set()
        for row in connection.execute(select(links)):
            first, second = sorted((keys[row.a], keys[row.b]))
            pairs.add((first, second, row.relation, row.strength))
    return {frozenset(group) for group in groups.values()}, fields, pairs


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no archive in {DATA}: set POLICYWATCH_SHARED")
def test_the_archive_makes_the_same_notices_on_both(tmp_path: Path, postgres_url: str, seed: int) -> None:
    print(f"\nseed {seed}")
    archive = part(tmp_path / "part.tar", random.Random(seed))
    results = []
    for name, url in (("sqlite", f"sqlite:///{tmp_path / 'sqlite' / 'policywatch.db'}"), ("postgresql", postgres_url)):
        folder = tmp_path / name
        call = [sys.executable, "-m", "policywatch", "ingest", str(archive), "--json"]
        began = time.monotonic()
        done = subprocess.run(call, cwd=ROOT, env=environment(folder, url), stdout=subprocess.PIPE, text=True)
        report = json.loads(done.stdout)
        print(f"{name}: {time.monotonic() - began:.1f} s, {report}")
        assert done.returncode == 0 and report["pages"] == FILES
        results.append((report["outcomes"], whole(url, folder)))
    assert results[0][0] == results[1][0]
    for there, here in zip(results[0][1], results[1][1], strict=True):
        assert there == here and len(here) > 100


@contextmanager
def host(folder: Path, url: str, base: str) -> Iterator["subprocess.Popen[str]"]:
    """A host's `policywatch run`, its log in its folder."""
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "sources.yaml").write_text(sources(base), encoding="utf-8")
    with (folder / "log").open("w") as log:
        call = [sys.executable, "-m", "policywatch", "run"]
        child = subprocess.Popen(call, cwd=ROOT, env=environment(folder, url), stderr=log, text=True)
        try:
            yield child
        finally:
            child.kill()
            child.wait()


def test_a_host_that_is_killed_is_followed_by_the_one_that_stood_by(tmp_path: Path, postgres_url: str) -> None:
    def crawled() -> int:
        with Store.open(postgres_url, tmp_path) as store, store.reading() as connection:
            return len(connection.execute(select(table).where(table.c.last_success.is_not(None))).all())

    first, second = tmp_path / "first", tmp_path / "second"
    with serve() as base, host(first, postgres_url, base) as one:
        until(lambda: crawled() == 2)
        with host(second, postgres_url, base) as two:
            until(lambda: "standing by" in (second / "log").read_text())
            with Store.open(postgres_url, tmp_path) as store, store.writing() as connection:
                connection.execute(table.update().values(next_due=None, last_success=None))
            one.send_signal(signal.SIGKILL)
            until(lambda: "this host runs the schedule now" in (second / "log").read_text())
            until(lambda: crawled() == 2)
            two.send_signal(signal.SIGTERM)
            assert two.wait(30) == 0

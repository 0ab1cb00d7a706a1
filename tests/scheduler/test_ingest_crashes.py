"""Ingest when things die: a worker, the whole run, and several runs at once."""

import functools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scheduler.ingest import ingest
from scheduler.reading import Readers
from tests.servers.postgres import Databases, running, stop

ROOT = Path(__file__).parents[2]
# The real command, with batches so small that seventy pages are many transactions.
INGEST = textwrap.dedent("""
    import sys
    import scheduler.ingest
    from cli.app import main

    if __name__ == "__main__":
        scheduler.ingest.BATCH = int(sys.argv.pop(1))
        main()
""")
# Several commands in one process, which is quicker than a process for each.
LOOK = textwrap.dedent("""
    import sys
    from cli.app import main

    searches = [["search", "--json", "--limit", "100", "--facets", "--", query] for query in sys.argv[1:]]
    for arguments in [["export"], *searches]:
        sys.argv = ["policywatch", *arguments]
        try:
            main()
        except SystemExit as leaving:
            assert not leaving.code
""")
QUERIES = (
    "管理办法",
    "title:车联网 监督检查",
    "无线电频率 or 云服务",
    '"应用商店管理管理办法" -转发',
    "应当建立 account:样例MzB004 published < 2026-03-31",
    "妥善保存 and not (算力 or is:open)",
)
IDS = {"article_id", "notice_id", "matter_id"}  # numbers, which a killed transaction may have used up


def environment(samples: Any, data: Path) -> dict[str, str]:
    """What the command line is told: one data folder, one reading process."""
    address = samples.address(data)
    named = {} if address.startswith("sqlite") else {"POLICYWATCH_DATABASE_URL": address}
    ours = {"PYTHONPATH": str(ROOT), "POLICYWATCH_DATA": str(data), "POLICYWATCH_WORKERS": "1", **named}
    return {**{name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}, **ours}


def start(samples: Any, data: Path, source: Path, batch: int = 20) -> subprocess.Popen[str]:
    script = data.parent / "ingest.py"
    script.write_text(INGEST)
    call = [sys.executable, str(script), str(batch), "ingest", str(source), "--json"]
    asked = environment(samples, data)
    return subprocess.Popen(call, env=asked, stdout=subprocess.PIPE, text=True, start_new_session=True)


def shown(samples: Any, data: Path) -> tuple[list[Any], list[Any], int]:
    """What a user sees of a data folder: every page exported, answers with their facets, how many are indexed."""
    with closing(sqlite3.connect(f"file:{next(data.glob('index-*.db'))}?mode=ro", uri=True)) as index:
        indexed = index.execute("SELECT count(*) FROM docs").fetchone()[0]
    call = [sys.executable, "-c", LOOK, *QUERIES]
    done = subprocess.run(call, env=environment(samples, data), stdout=subprocess.PIPE, check=True, encoding="utf-8")
    rows = [json.loads(line, object_hook=without_ids) for line in done.stdout.splitlines()]
    pages, answers = rows[: -len(QUERIES)], rows[-len(QUERIES) :]
    assert all(answer["hits"] for answer in answers), [len(answer["hits"]) for answer in answers]
    return pages, answers, indexed


def without_ids(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in IDS}


def ended(child: subprocess.Popen[str]) -> None:
    out, _ = child.communicate(timeout=240)
    report = json.loads(out)
    assert child.returncode == 0 and report["pages"] == sum(report["outcomes"].values())


def whole(samples: Any, folder: Path) -> tuple[Any, int, int]:
    """The state, how many articles there are and how many pages; with every page file entry readable."""
    store, pages = samples.opened(folder)
    with store, pages, store.reading() as connection:
        articles = connection.exec_driver_sql("SELECT count(*), count(DISTINCT key) FROM articles").one()
        kept = connection.exec_driver_sql("SELECT body_hash FROM pages").scalars().all()
        assert articles[0] == articles[1]
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("SELECT count(*) FROM articles WHERE notice_id IS NULL").scalar() == 0
        for key in kept:
            pages.get(key)
        return samples.state(store), articles[0], len(kept)


@pytest.mark.both_databases
def test_three_processes_ingesting_the_same_texts_make_each_once(samples: Any, tmp_path: Path) -> None:
    source = samples.write(tmp_path / "in", samples.files(30))
    store, pages = samples.opened(tmp_path / "alone")
    with store, pages:
        ingest(store, pages, [source], workers=1, now=samples.now)
    children = [start(samples, tmp_path / "data", source, batch) for batch in (7, 11, 50)]
    for child in children:
        ended(child)
    assert whole(samples, tmp_path / "data") == whole(samples, tmp_path / "alone")


def killed(samples: Any, tmp_path: Path, rounds: int, seed: int) -> None:
    source = samples.write(tmp_path / "in", samples.files(40))
    began = time.monotonic()
    ended(start(samples, tmp_path / "alone", source, 5))
    took = time.monotonic() - began
    wanted, seen = whole(samples, tmp_path / "alone"), shown(samples, tmp_path / "alone")
    chance = random.Random(seed)
    print(f"seed {seed}")
    for number in range(rounds):
        data = tmp_path / f"data{number}"
        child = start(samples, data, source, 5)
        # Not a wait for something: the moment of the kill is the experiment's random variable.
        time.sleep(chance.uniform(0.3, 1.0) * took)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        ended(start(samples, data, source, 5))
        assert shown(samples, data) == seen, f"killed in round {number} of seed {seed}"
        assert whole(samples, data) == wanted, f"killed in round {number} of seed {seed}"


def test_killed_at_a_random_moment_the_next_ingest_finishes_alike(samples: Any, tmp_path: Path, seed: int) -> None:
    killed(samples, tmp_path, 2, seed)


@pytest.mark.both_databases
@pytest.mark.soak(long=True)
@pytest.mark.timeout(1500)
def test_killed_many_times_the_next_ingest_finishes_alike(samples: Any, tmp_path: Path, seed: int) -> None:
    rounds = 20 if samples.address(tmp_path / "data").startswith("sqlite") else 8
    killed(samples, tmp_path, rounds, seed)


@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_the_databases_server_killed_in_the_middle_the_next_ingest_finishes_alike(
    samples: Any, tmp_path: Path, postgres_server: str, seed: int
) -> None:
    chance = random.Random(seed)
    print(f"seed {seed}")
    source = samples.write(tmp_path / "in", samples.files(40))
    began = time.monotonic()
    ended(start(samples, tmp_path / "alone", source, 5))
    took = time.monotonic() - began
    wanted, seen = whole(samples, tmp_path / "alone"), shown(samples, tmp_path / "alone")
    folder = Path(tempfile.mkdtemp(prefix="policywatch-server-"))
    try:
        databases = Databases(running(folder)[0])
        there = type(samples)(functools.cache(lambda data: databases.make()))
        for number in range(6):
            data = tmp_path / f"data{number}"
            there.address(data)
            child = start(there, data, source, 5)
            time.sleep(chance.uniform(0.3, 1.0) * took)
            stop(folder, signal.SIGKILL)
            child.communicate(timeout=240)
            running(folder)
            ended(start(there, data, source, 5))
            assert shown(there, data) == seen, f"killed in round {number} of seed {seed}"
            assert whole(there, data) == wanted, f"killed in round {number} of seed {seed}"
    finally:
        stop(folder)
        shutil.rmtree(folder)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def family(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[3] == str(session) and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_reading_processes_end_with_a_stopped_run(samples: Any, tmp_path: Path, number: signal.Signals) -> None:
    source = samples.write(tmp_path / "in", samples.files(300))
    child = start(samples, tmp_path / "data", source, 5)
    deadline = time.monotonic() + 60
    while len(family(child.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    members = family(child.pid)
    if number is signal.SIGINT:
        os.killpg(child.pid, number)  # a terminal sends Ctrl-C to every process of the run
    else:
        child.send_signal(number)
    child.communicate(timeout=60)
    while not all(map(gone, members)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(members) >= 3 and all(map(gone, members))


def test_a_page_that_takes_its_process_down_costs_itself_only(samples: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from notices.page import Page

    good = [Page(f"https://a.example/{one}", samples.body(one).encode(), samples.now) for one in range(3)]
    fatal = Page("https://a.example/fatal", b"x", samples.now)
    monkeypatch.setattr("scheduler.reading.read_pages", fragile)
    with Readers(1) as readers:
        results = list(readers.read([[*good, fatal], good]))
    (_, first), (_, second) = results
    assert [bool(read.failed) for read in first] == [False, False, False, True]
    assert [bool(read.failed) for read in second] == [False, False, False]


def fragile(pages: Any) -> Any:
    from notices.article import Reading
    from notices.kinds import PageState
    from scheduler.reading import Read

    if any(page.url.endswith("fatal") for page in pages):
        os.kill(os.getpid(), signal.SIGKILL)
    return [Read(Reading(PageState.ARTICLE)) for _ in pages]

"""What somebody sees who crawls by hand or starts the service where nothing can be reached."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notices.store import Store
from scheduler.hosts import Hosts
from tests.commands import ROOT, run

NOWHERE = "http://127.0.0.1:9"  # the port of discard: nobody listens
SOURCES = f"""- name: one
  kind: feed
  url: {NOWHERE}/feed
  delay: 0
- name: two
  kind: page
  url: https://www.example.gov.cn/list/
  selectors: {{row: li}}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    return tmp_path


def test_a_pasted_address_that_gives_no_page_says_why(data: Path) -> None:
    done = run(data, "crawl", "--url", f"{NOWHERE}/a", "--json")
    (report,) = json.loads(done.stdout)["sources"]
    assert report["outcomes"] == {"refused": 1}
    assert f"{NOWHERE}/a: refused (" in done.stderr


def test_sources_and_doctor_say_what_cannot_be_reached_and_until_when(data: Path) -> None:
    done = run(data, "crawl", "one")
    assert done.returncode == 1 and f"failed: the list {NOWHERE}/feed cannot be fetched" in done.stdout
    with Store.open(f"sqlite:///{data / 'policywatch.db'}", data) as store:
        Hosts(store, "here").pause("www.example.gov.cn", timedelta(hours=3), "HTTP 403")
    listed = run(data, "sources", "list")
    (row,) = (line for line in listed.stdout.splitlines() if line.startswith("one  "))
    assert re.search(r"unreachable +\d{4}-\d{2}-\d{2} \d{2}:\d{2}  obey", row), row
    alone = r"www\.example\.gov\.cn is left alone until \d{4}-\d{2}-\d{2} \d{2}:\d{2} \(HTTP 403\)"
    assert re.search(rf"^two: {alone}$", listed.stdout, re.MULTILINE), listed.stdout
    checks = {one["check"]: one for one in json.loads(run(data, "doctor", "--json").stdout)}
    assert re.fullmatch(f"was never crawled: {alone}", checks["source two"]["detail"])
    assert checks["source two"]["advice"].startswith("leave `policywatch run` at work")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_the_service_says_that_it_runs_goes_on_and_ends_in_order(data: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    with subprocess.Popen(
        [sys.executable, "-m", "policywatch", "run"],
        cwd=ROOT,
        env={**kept, "POLICYWATCH_DATA": str(data), "POLICYWATCH_LOG_LEVEL": "info", "POLICYWATCH_LOG_FORMAT": "json"},
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as service:
        assert service.stderr is not None
        first, *seen = (line for line in _until(service.stderr, "one: 1 unreachable; 0 new articles"))
        service.send_signal(signal.SIGTERM)
        rest = service.stderr.read()
    assert first.startswith("2 sources on schedule: `policywatch sources list`")
    said = [json.loads(line)["event"] for line in (*seen, *rest.splitlines())]  # the crawl's process logs likewise
    assert any(event.startswith(f"{NOWHERE}/feed: unreachable (") for event in said)
    assert service.returncode == 0 and said[-1] == "stopped"


def _until(lines: Iterable[str], wanted: str) -> Iterator[str]:
    """The lines after those of the store's upgrade, up to the one that holds what is wanted."""
    for line in lines:
        if "alembic" not in line:
            yield line
        if wanted in line:
            return


def test_the_service_does_not_start_with_a_source_that_is_none(data: Path) -> None:
    (data / "config" / "sources.yaml").write_text("- name: x\n  kind: nonsense\n", encoding="utf-8")
    done = run(data, "run")
    assert done.returncode == 2 and "line 2" in done.stderr and "Traceback" not in done.stderr

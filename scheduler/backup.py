"""A whole store in one file, taken while others work with it."""

import contextlib
import io
import json
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import zstandard

from notices.pagefile import NAME as PAGES
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import SHANGHAI
from notices.store import Store, StoreFull
from notices.store.copying import copy_store
from notices.store.engine import copy_sqlite

STORE = "policywatch.db"
MANIFEST = "manifest.json"
FORMAT = 1
LEVEL = 3


@dataclass(frozen=True, slots=True)
class BackupReport:
    """The size of a backup in bytes and the seconds it took."""

    bytes: int
    seconds: float


def backup(store: Store, page_file: PageFile, target: Path) -> BackupReport:
    """Writes the store and its kept pages to one new file, each as it was at one moment.

    The store in it is an SQLite file, whatever database it came from, so that it can be restored into any. The pages
    are copied after the store, so that every page it knows is there. Raises Problem, and leaves no file then.
    """
    start = time.perf_counter()
    if target.exists():
        raise Problem(f"{target} is there already: name a new file, or move the old one away")
    part = target.with_name(target.name + ".part")
    with roomy(target), tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        copies = [Path(folder, STORE), Path(folder, PAGES)]
        _copy_store(store, copies[0])
        copy_sqlite(page_file.path, copies[1])
        try:
            _pack(part, copies, datetime.now(SHANGHAI))
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    return BackupReport(target.stat().st_size, round(time.perf_counter() - start, 3))


def _copy_store(store: Store, target: Path) -> None:
    if store.engine.dialect.name == "sqlite":
        copy_sqlite(Path(str(store.engine.url.database)), target)
        return
    with (
        Store.open(f"sqlite:///{target}", target.parent) as copy,
        store.reading() as source,
        copy.writing() as connection,
    ):
        copy_store(source, connection)


@contextlib.contextmanager
def roomy(place: Path) -> Iterator[None]:
    """Turns a full or closed disk into a problem that says so."""
    try:
        yield
    except OSError as error:
        raise StoreFull(f"{place} cannot be written ({error.strerror or error}): free some disk space") from error


def _pack(part: Path, copies: list[Path], now: datetime) -> None:
    manifest = json.dumps({"format": FORMAT, "made_at": now.isoformat(), "files": [copy.name for copy in copies]})
    with (
        part.open("xb") as raw,
        zstandard.ZstdCompressor(LEVEL).stream_writer(raw) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(manifest.encode())
        tar.addfile(entry, io.BytesIO(manifest.encode()))
        for copy in copies:
            tar.add(copy, copy.name)

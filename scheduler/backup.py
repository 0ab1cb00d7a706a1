"""A whole store in one file, taken while others work with it, and back again."""

import contextlib
import io
import json
import secrets
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import zstandard
from sqlalchemy import update
from sqlalchemy.engine import make_url

from notices.pagefile import NAME as PAGES
from notices.pagefile import PageFile
from notices.problem import Problem
from notices.schema import SHANGHAI, meta
from notices.store import Store, StoreFull
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

    The pages are copied after the store, so that every page it knows is there. Raises Problem, and leaves no file then.
    """
    start = time.perf_counter()
    if target.exists():
        raise Problem(f"{target} is there already: name a new file, or move the old one away")
    source = _database(str(store.engine.url.render_as_string(hide_password=False)))
    part = target.with_name(target.name + ".part")
    with _roomy(target), tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        copies = [Path(folder, STORE), Path(folder, PAGES)]
        for old, new in zip((source, page_file.path), copies, strict=True):
            copy_sqlite(old, new)
        try:
            _pack(part, copies, datetime.now(SHANGHAI))
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    return BackupReport(target.stat().st_size, round(time.perf_counter() - start, 3))


def restore(file: Path, store_url: str, folder: Path) -> BackupReport:
    """Puts a backup in place of the store at an address; what was there is set aside in the folder.

    The restored store gets a new store_id, by which indexes and other readers see that they must start over. Stop
    `run` first: what it writes meanwhile would go to the store that is set aside. Raises Problem before anything is
    replaced when the file is damaged or was written by a newer version.
    """
    start = time.perf_counter()
    place = _database(store_url)
    folder.mkdir(parents=True, exist_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _roomy(folder), tempfile.TemporaryDirectory(dir=folder) as scratch:
        _unpack(file, Path(scratch))
        size = sum((Path(scratch) / name).stat().st_size for name in (STORE, PAGES))
        _rename(Path(scratch, STORE))
        aside = folder / f"before-restore-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S-%f}"
        for path in (place, folder / PAGES):
            _set_aside(path, aside)
        for name, path in ((STORE, place), (PAGES, folder / PAGES)):
            _flat(Path(scratch, name)).replace(path)
    return BackupReport(size, round(time.perf_counter() - start, 3))


def _database(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Problem(
            "backup and restore work on SQLite stores: use pg_dump and pg_restore, and copy pages.db beside it"
        )
    return Path(parsed.database)


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


def _rename(path: Path) -> None:
    """Brings a restored store to this version and gives it a name of its own."""
    with Store.open(f"sqlite:///{path.absolute()}", path.parent) as store, store.writing() as connection:
        connection.execute(update(meta).where(meta.c.name == "store_id").values(value=secrets.token_hex(8)))


def _unpack(file: Path, folder: Path) -> None:
    advice = "name a file that `policywatch backup` wrote"
    try:
        with (
            file.open("rb") as raw,
            zstandard.ZstdDecompressor().stream_reader(raw) as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            for member in tar:
                if member.name in (MANIFEST, STORE, PAGES) and member.isfile():
                    tar.extract(member, folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, zstandard.ZstdError, EOFError, FileNotFoundError, ValueError) as error:
        raise Problem(f"{file} is no whole backup ({error}): {advice}") from None
    if manifest.get("format") != FORMAT:
        raise Problem(f"{file} has format {manifest.get('format')}, this version reads {FORMAT}: install a newer one")
    if missing := [name for name in (STORE, PAGES) if not (folder / name).is_file()]:
        raise Problem(f"{file} is no whole backup ({missing[0]} is missing): {advice}")


def _set_aside(path: Path, aside: Path) -> None:
    for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        if one.exists():
            aside.mkdir(exist_ok=True)
            one.rename(aside / one.name)


def _flat(path: Path) -> Path:
    """The file with everything of its write-ahead log in it, so that it can be moved by itself."""
    flat = path.with_name(path.name + ".flat")
    copy_sqlite(path, flat)
    return flat


@contextlib.contextmanager
def _roomy(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFull(f"{place} cannot be written ({error.strerror or error}): free some disk space") from error

"""A backup back in place of a store, or as the first store of a database."""

import json
import secrets
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import zstandard
from sqlalchemy import update
from sqlalchemy.engine import make_url

from notices.pagefile import NAME as PAGES
from notices.problem import Problem
from notices.schema import SHANGHAI, meta
from notices.store import Store
from notices.store.copying import copy_store, written
from notices.store.engine import copy_sqlite
from notices.store.faults import shown
from scheduler.backup import FORMAT, MANIFEST, STORE, BackupReport, roomy
from scheduler.service import held
from scheduler.standby import ScheduleHeld, refuse_leading


def restore(file: Path, store_url: str, folder: Path) -> BackupReport:
    """Puts a backup in place of the store at an address; files that were there are set aside in the folder.

    A PostgreSQL database must be empty. The restored store gets a new store_id, by which indexes and other readers see
    that they must start over. Raises ScheduleHeld while `run` works with the store, and Problem, before anything is
    replaced, when the file is damaged or was written by a newer version.
    """
    start = time.perf_counter()
    with roomy(folder), _nobody_runs(folder), tempfile.TemporaryDirectory(dir=folder) as scratch:
        _unpack(file, Path(scratch))
        size = sum((Path(scratch) / name).stat().st_size for name in (STORE, PAGES))
        _rename(Path(scratch, STORE))
        aside = folder / f"before-restore-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S-%f}"
        if make_url(store_url).get_backend_name() == "sqlite":
            _replace(Path(scratch), store_url, folder, aside)
        else:
            _fill(Path(scratch), store_url, folder, aside)
    return BackupReport(size, round(time.perf_counter() - start, 3))


@contextmanager
def _nobody_runs(folder: Path) -> Iterator[None]:
    """Holds the schedule of the folder, so that `run` cannot start meanwhile either."""
    with ExitStack() as stack:
        try:
            stack.enter_context(held(folder))
        except ScheduleHeld as problem:
            raise ScheduleHeld(f"{problem}: stop it first, then restore") from None
        yield


def _replace(scratch: Path, store_url: str, folder: Path, aside: Path) -> None:
    place = Path(str(make_url(store_url).database))
    place.parent.mkdir(parents=True, exist_ok=True)
    for path in (place, folder / PAGES):
        _set_aside(path, aside)
    for name, path in ((STORE, place), (PAGES, folder / PAGES)):
        _flat(scratch / name).replace(path)


def _fill(scratch: Path, store_url: str, folder: Path, aside: Path) -> None:
    """Copies the backup's store into a database; the pages first, so that a kill in between can be done over."""
    with Store.open(store_url, folder) as store, Store.open(f"sqlite:///{scratch / STORE}", scratch) as source:
        refuse_leading(store.engine)
        with store.writing() as target, source.reading() as connection:
            if name := written(target):
                raise Problem(
                    f"the database {shown(store.engine.url)} is not empty ({name} has rows): "
                    "name a new one in POLICYWATCH_DATABASE_URL"
                )
            _set_aside(folder / PAGES, aside)
            _flat(scratch / PAGES).replace(folder / PAGES)
            copy_store(connection, target)


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

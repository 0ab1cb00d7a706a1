"""The system of record: transactions over the tables, the writer's lock, and the log of events."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, func, select

from notices.kinds import Mode
from notices.notice import Notice
from notices.schema import events, meta, notice_aliases, notices
from notices.store.engine import BUSY_SECONDS, absent, advised, connect
from notices.store.migrate import REVISIONS, known, migrate, revision
from notices.store.notice_rows import load_notices

HOPS = 1_000  # of an alias that points to an alias; more can only be a ring


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the log, in commit order: what happened to a notice, and whether it may alert (`live`)."""

    number: int
    kind: str
    notice_id: int
    article_id: int | None
    mode: Mode
    at: datetime
    detail: dict[str, Any]


class Store:
    """The store at a database address; `folder` is where the files beside it lie."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder

    @classmethod
    def open(cls, url: str, folder: Path, *, busy_seconds: float = BUSY_SECONDS) -> "Store":
        """The store, its tables made or brought to this version.

        Raises StoreTooNew, StoreLocked, StoreFull or StoreBroken, each with what to do.
        """
        store = cls(connect(url, busy_seconds), folder)
        with ExitStack() as failed:
            failed.callback(store.close)
            with store.reading() as connection:
                current = revision(connection)
            if current != REVISIONS[-1]:
                with store.writing() as connection:
                    migrate(connection)
            failed.pop_all()
        return store

    @classmethod
    def existing(cls, url: str, folder: Path, *, busy_seconds: float = BUSY_SECONDS) -> "Store | None":
        """The store if there is one, left as it is; None where nothing was written yet.

        Raises StoreTooNew, StoreTooOld, StoreLocked or StoreBroken, each with what to do.
        """
        if absent(url):
            return None
        store = cls(connect(url, busy_seconds), folder)
        with ExitStack() as failed:
            failed.callback(store.close)
            with store.reading() as connection:
                current = revision(connection)
            if current is None:
                return None
            known(current)
            failed.pop_all()
        return store

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that sees one state of the store."""
        with advised(self.engine), self.engine.connect() as connection:
            reader = connection.execution_options(reads=True)
            with reader.begin():
                yield reader

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that took the writer's lock before it read anything; commits at the end."""
        with advised(self.engine), self.engine.connect() as connection:
            writer = connection.execution_options(writes=True)
            with writer.begin():
                yield writer

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keeps the database open meanwhile: SQLite writes its log back whenever its last connection is closed."""
        with advised(self.engine), self.engine.connect() as connection:
            connection.detach()
            yield

    @property
    def store_id(self) -> str:
        """A name that a new or restored store does not share with any other."""
        with self.reading() as connection:
            return str(connection.execute(select(meta.c.value).where(meta.c.name == "store_id")).scalar_one())

    def last_event(self) -> int:
        """The number of the newest event, 0 for none."""
        with self.reading() as connection:
            return int(connection.execute(select(func.max(events.c.number))).scalar() or 0)

    def events_after(self, position: int, limit: int = 1000) -> list[Event]:
        """At most `limit` events after a position, in commit order."""
        query = select(events).where(events.c.number > position).order_by(events.c.number).limit(limit)
        with self.reading() as connection:
            return [
                Event(row.number, row.kind, row.notice_id, row.article_id, Mode(row.mode), row.at, row.detail)
                for row in connection.execute(query)
            ]

    def notices(self, ids: Iterable[int]) -> list[Notice]:
        """The current notices of these ids, in no order; ids that are none any more are left out."""
        with self.reading() as connection:
            return load_notices(connection, ids)

    def notice_ids(self) -> list[int]:
        """The ids of all notices, ascending."""
        with self.reading() as connection:
            return list(connection.execute(select(notices.c.id).order_by(notices.c.id)).scalars())

    def resolve(self, notice_id: int) -> int | None:
        """The id a notice has now, through its aliases; None when there never was such a notice."""
        with self.reading() as connection:
            return resolve(connection, notice_id)

    def close(self) -> None:
        """Lets go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def resolve(connection: Connection, notice_id: int) -> int | None:
    """The id a notice has now, through its aliases; None when there never was such a notice."""
    current = notice_id
    for _ in range(HOPS if abs(notice_id) < 1 << 63 else 0):  # no database counts further
        if connection.execute(select(notices.c.id).where(notices.c.id == current)).scalar() is not None:
            return current
        target = connection.execute(
            select(notice_aliases.c.notice_id).where(notice_aliases.c.alias == current)
        ).scalar()
        if target is None:
            return None
        current = int(target)
    return None

"""What PostgreSQL needs and SQLite does not: its addresses, sessions and locks, and what its errors mean."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from notices.problem import Problem
from notices.store.faults import StoreBroken, StoreFull, StoreLocked, shown

DRIVER = "postgresql+psycopg"
WRITER_LOCK = 7_266_518  # any number: every writer of one database takes the same
SCHEDULE_LOCK = 7_266_519  # held by the one host that runs the schedule
CONNECT_SECONDS = 10
CONNECTIONS = 30  # of one process at the most: a thread of the service holds one at a time
# A host that is gone without a word loses its connections, and with them its locks, after about a minute and a half.
KEEPALIVE = {"tcp_keepalives_idle": 60, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
_INSTALL = "pip install 'policywatch[postgres]'"


def postgres_engine(url: URL, busy_seconds: float) -> Engine:
    """An engine for a PostgreSQL address; raises StoreBroken where the driver is missing or another one is named."""
    if url.drivername == "postgresql":
        url = url.set(drivername=DRIVER)
    if url.drivername != DRIVER:
        raise StoreBroken(f"{url.drivername} is not supported: write {DRIVER}:// in POLICYWATCH_DATABASE_URL")
    session = {"lock_timeout": int(busy_seconds * 1000), **KEEPALIVE}
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    given = {name: value for name, value in url.query.items() if name in ("connect_timeout", "application_name")}
    arguments = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "policywatch",
        **given,
        "options": " ".join(filter(None, (options, str(url.query.get("options", ""))))),
    }
    try:
        return create_engine(
            url, pool_pre_ping=True, max_overflow=CONNECTIONS - 5, hide_parameters=True, connect_args=arguments
        )
    except ImportError:
        raise StoreBroken(f"the driver of PostgreSQL is not installed: {_INSTALL}") from None


def begin_reading(connection: Connection) -> None:
    """Makes every statement of the transaction see the same state, and keeps it from writing."""
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def begin_writing(connection: Connection) -> None:
    """Takes the writer's lock; what is read after it is the newest state, because every statement sees its own."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


def try_lead(connection: Connection) -> bool:
    """Takes the schedule of the database for the connection, which holds it until it ends; False while another does."""
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": SCHEDULE_LOCK}).scalar())


def settle(connection: Connection) -> None:
    """Makes every text column compare by its bytes, as SQLite does, whatever language the database was made for."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise StoreBroken(
            f"the database {shown(connection.engine.url)} is encoded as {encoding}: "
            "make one with `createdb --encoding=UTF8 --template=template0`"
        )
    other = text(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 "
        "AND NOT a.attisdropped AND l.collname <> 'C' ORDER BY c.relname, a.attnum"
    )
    quote = connection.dialect.identifier_preparer.quote
    changes: dict[str, list[str]] = {}
    for table, column, kind in connection.execute(other).all():
        changes.setdefault(table, []).append(f'ALTER COLUMN {quote(column)} TYPE {kind} COLLATE "C"')
    for table, columns in changes.items():
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} {', '.join(columns)}")


def copy_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts plain rows in bulk."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:  # not through SQLAlchemy, which would have wrapped it
        raise DatabaseError(f"COPY {table.name}", None, error) from error


def next_numbers(connection: Connection, table: str, column: str, number: int) -> list[int]:
    """The next so many numbers of a table's counter, ascending."""
    drawn = text("SELECT nextval(pg_get_serial_sequence(:table, :column)) FROM generate_series(1, :number)")
    given = {"table": table, "column": column, "number": number}
    return sorted(connection.execute(drawn, given).scalars())


def counted(connection: Connection, table: str, column: str) -> int | None:
    """The last number that a table's counter gave; None when the column counts nothing."""
    name = text("SELECT pg_get_serial_sequence(:table, :column)")
    sequence = connection.execute(name, {"table": table, "column": column}).scalar()
    if sequence is None:
        return None
    last = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
    return int(connection.exec_driver_sql(last).scalar_one())


def count_on(connection: Connection, table: str, column: str, last: int) -> None:
    """Makes a table's counter go on after a number."""
    if last > 0:
        name = {"table": table, "column": column, "last": last}
        connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"), name)


def postgres_problem(engine: Engine, error: DatabaseError) -> Problem | None:
    """What an error of the database means to who runs it; None for a mistake of ours."""
    where = shown(engine.url)
    said = str(error.orig).strip().splitlines()
    first = said[0] if said else "no answer"
    code = getattr(error.orig, "sqlstate", None) or next((code for code, sign in _SIGNS.items() if sign(first)), "")
    if code == "55P03":
        return StoreLocked(f"the store {where} is locked by another process: wait for it to end, then start again")
    if code == "53100":
        return StoreFull(f"no room to write the store {where} ({first}): free some disk space on its server")
    advice = _ADVICE.get(code) or _ADVICE.get(code[:2])
    if advice:
        return StoreBroken(f"the database {where} refuses ({first}): {advice}")
    if not code and isinstance(error.orig, engine.dialect.loaded_dbapi.OperationalError):
        return StoreBroken(f"the database {where} cannot be reached ({first}): check POLICYWATCH_DATABASE_URL")
    return None


# While it connects the driver has no code to tell, only the server's words.
_SIGNS = {
    "3D000": re.compile(r'FATAL:.*database ".*" does not exist').search,
    "28000": re.compile(r'FATAL:.*(role ".*" does not exist|authentication|pg_hba|password)').search,
    "53300": re.compile(r"FATAL:.*(too many|remaining connection slots)").search,
    "57P03": re.compile(r"FATAL:.*the database system is").search,
}
_AWAY = "wait until its server is up, then start again"
_ADVICE = {
    "08": _AWAY,
    "57P01": _AWAY,
    "57P02": _AWAY,
    "57P03": _AWAY,
    "57P05": "raise its idle timeouts for this user",
    "57014": "raise its statement_timeout for this user, or see what keeps it busy",
    "25P03": "raise its idle_in_transaction_session_timeout for this user",
    "25006": "it is read-only: name the primary server in POLICYWATCH_DATABASE_URL",
    "28": "check user and password in POLICYWATCH_DATABASE_URL",
    "3D000": "create it with `createdb`, or check its name in POLICYWATCH_DATABASE_URL",
    "42501": "make this user the owner of the database",
    "53300": "raise max_connections of its server, or stop what is connected",
    "53": "see the log of its server",
    "58": "see the log of its server",
    "XX001": "its files are damaged: `policywatch restore` a backup into a new database",
    "XX002": "REINDEX it, or `policywatch restore` a backup into a new database",
}

"""What a projector could not write, and the runs of sources that it shows."""

from sqlalchemy import BigInteger, Column, Float, Integer, String, Table, Text

from notices.schema.types import Instant, Json, Serial, metadata

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("reader", String, primary_key=True),
    Column("notice_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
)

source_runs = Table(
    "source_runs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("outcomes", Json, nullable=False),
    Column("new_articles", Integer, nullable=False),
    Column("new_notices", Integer, nullable=False),
    Column("error", Text, nullable=False),
    sqlite_autoincrement=True,
)

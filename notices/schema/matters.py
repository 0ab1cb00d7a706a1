"""What links notices into matters, and which matters gave what was told of them to which notice."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from notices.schema.types import Json, Serial, metadata

matter_facts = Table(
    "matter_facts",
    metadata,
    Column("notice_id", BigInteger, primary_key=True, autoincrement=False),
    Column("facts", Json, nullable=False),
)

matter_keys = Table(
    "matter_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("notice_id", BigInteger, primary_key=True, autoincrement=False, index=True),
)

ties = Table(
    "ties",
    metadata,
    Column("a", BigInteger, primary_key=True, autoincrement=False),
    Column("b", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("kind", String, nullable=False),
    Column("strength", Integer, nullable=False),
    Column("why", Text, nullable=False),
)

matter_moves = Table(
    "matter_moves",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("matter_id", BigInteger, nullable=False),
    Column("notice_id", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

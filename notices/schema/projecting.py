"""What a projector could not write."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from notices.schema.types import Instant, metadata

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

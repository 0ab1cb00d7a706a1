"""Notices, what happened to them, and what people corrected."""

from sqlalchemy import BigInteger, Boolean, Column, String, Table, Text

from notices.schema.types import Instant, Json, Serial, metadata

meta = Table("meta", metadata, Column("name", String, primary_key=True), Column("value", Text, nullable=False))

notices = Table(
    "notices",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("matter_id", BigInteger, nullable=False, index=True),
    Column("version", BigInteger, nullable=False),
    Column("canonical_id", BigInteger, nullable=False),
    Column("fields", Json, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("published_at", Instant),
    Column("ends_on", String, index=True),
    Column("precision", String, nullable=False),
    Column("official", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

notice_aliases = Table(
    "notice_aliases",
    metadata,
    Column("alias", BigInteger, primary_key=True, autoincrement=False),
    Column("notice_id", BigInteger, nullable=False, index=True),
)

events = Table(
    "events",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("kind", String, nullable=False),
    Column("notice_id", BigInteger, nullable=False, index=True),
    Column("article_id", BigInteger),
    Column("mode", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("detail", Json, nullable=False),
    sqlite_autoincrement=True,
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("article_key", Text, nullable=False, index=True),
    Column("field", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("at", Instant, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("owner", String, nullable=False, default=""),
    Column("leased_until", Instant),
)

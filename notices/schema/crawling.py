"""Sources, visited addresses and hosts."""

from sqlalchemy import Column, Integer, String, Table, Text

from notices.schema.types import Instant, Json, metadata

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("added_at", Instant, nullable=False),
    Column("last_run", Instant),
    Column("last_success", Instant),
    Column("next_due", Instant),
    Column("last_outcomes", Json),
    Column("error", Text, nullable=False, default=""),
)

visits = Table(
    "visits",
    metadata,
    Column("url", Text, primary_key=True),
    Column("key", Text, nullable=False, index=True),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("fetched_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=1),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("paused_until", Instant),
    Column("reason", Text, nullable=False, default=""),
)

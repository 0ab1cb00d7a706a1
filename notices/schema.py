"""The tables of the store, the same on SQLite and PostgreSQL."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

SHANGHAI = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 so that both databases order and compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Whole microseconds since 1970; ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The same instant in Asia/Shanghai."""
        return None if value is None else (EPOCH + timedelta(microseconds=value)).astimezone(SHANGHAI)


class Json(TypeDecorator[Any]):
    """A JSON value as compact text, Chinese written as itself."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Compact JSON text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value read back."""
        return None if value is None else json.loads(value)


metadata = MetaData()
Serial = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER PRIMARY KEY counts up by itself on SQLite

meta = Table("meta", metadata, Column("name", String, primary_key=True), Column("value", Text, nullable=False))

pages = Table(
    "pages",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("url", Text, nullable=False),
    Column("key", Text, nullable=False, index=True),
    Column("source", Text, nullable=False, default=""),
    Column("path", Text, nullable=False, default="", index=True),
    Column("mode", String, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Json),
    Column("body_hash", LargeBinary, nullable=False),
    Column("listed_title", Text, nullable=False, default=""),
    Column("listed_at", Instant),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("outcome", String, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("article_id", BigInteger, index=True),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("published_at", Instant),
    Column("precision", String, nullable=False),
    Column("biz", Text, nullable=False),
    Column("mid", Text, nullable=False),
    Column("idx", Text, nullable=False),
    Column("origin_account", Text, nullable=False),
    Column("source_url", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attachments", Json),
    Column("truncated", Boolean, nullable=False),
    Column("official", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("fields", Json, nullable=False),
    Column("terms", Json, nullable=False),
    Column("words", Text, nullable=False),
    Column("exact", BigInteger, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("marks", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("page_id", BigInteger, nullable=False),
    Column("mode", String, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Column("notice_id", BigInteger, index=True),
)

article_versions = Table(
    "article_versions",
    metadata,
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("page_id", BigInteger, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

article_keys = Table(
    "article_keys",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

links = Table(
    "links",
    metadata,
    Column("a", BigInteger, ForeignKey("articles.id"), primary_key=True),
    Column("b", BigInteger, ForeignKey("articles.id"), primary_key=True, index=True),
    Column("relation", String, nullable=False),
    Column("strength", Integer, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("matter_id", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("canonical_id", BigInteger, nullable=False),
    Column("fields", Json, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("published_at", Instant),
    Column("precision", String, nullable=False),
    Column("official", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
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
    Column("detail", Json),
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

forgotten = Table("forgotten", metadata, Column("key", Text, primary_key=True), Column("at", Instant, nullable=False))

inputs = Table(
    "inputs",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("finished_at", Instant, nullable=False),
)

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

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("query", Text, nullable=False),
    Column("channels", Json, nullable=False),
    Column("pace", String, nullable=False),
    Column("remind", Json, nullable=False),
    Column("events", Json, nullable=False),
    Column("language", String, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("since_event", BigInteger, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("subscription_id", BigInteger, ForeignKey("subscriptions.id"), nullable=False),
    Column("matter_id", BigInteger, nullable=False),
    Column("notice_id", BigInteger, nullable=False),
    Column("event", String, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("sent_at", Instant),
    Column("error", Text, nullable=False),
    Column("idempotency_key", String, nullable=False),
    UniqueConstraint("subscription_id", "matter_id", "event", "channel"),
    Index("deliveries_due", "state", "due_at"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("name", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("owner", String, nullable=False, default=""),
    Column("leased_until", Instant),
)

"""Pages and the articles read from them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from notices.schema.types import Instant, Json, Serial, metadata

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
    Column("body_hash", LargeBinary, nullable=False, index=True),
    Column("listed_title", Text, nullable=False, default=""),
    Column("listed_at", Instant),
    Column("listed_ends", Text),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("outcome", String, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("article_id", BigInteger, index=True),
    sqlite_autoincrement=True,
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
    Column("leads", Json),
    Column("version", Integer, nullable=False),
    Column("page_id", BigInteger, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("mode", String, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Column("notice_id", BigInteger, index=True),
    Column("removed_at", Instant),
    sqlite_autoincrement=True,
)

article_versions = Table(
    "article_versions",
    metadata,
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("exact", BigInteger, nullable=False),
    Column("page_id", BigInteger, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

article_keys = Table(
    "article_keys",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True),
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

forgotten = Table("forgotten", metadata, Column("key", Text, primary_key=True), Column("at", Instant, nullable=False))

inputs = Table(
    "inputs",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("finished_at", Instant, nullable=False),
)

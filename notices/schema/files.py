"""Attached files and the articles that offer them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from notices.schema.types import Instant, metadata

# An attached file by its address. `body_hash` is empty until it was fetched, `outcome` until it was read.
files = Table(
    "files",
    metadata,
    Column("url", Text, primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("body_hash", LargeBinary, index=True),
    Column("size", Integer, nullable=False, default=0),
    Column("kind", String, nullable=False, default=""),
    Column("outcome", String, nullable=False, default="", index=True),
    Column("reason", Text, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("rules", Integer, nullable=False, default=0),
    Column("fetched_at", Instant),
    Column("read_at", Instant),
)

article_files = Table(
    "article_files",
    metadata,
    Column("url", Text, primary_key=True),
    Column("article_id", BigInteger, ForeignKey("articles.id"), primary_key=True, index=True),
)

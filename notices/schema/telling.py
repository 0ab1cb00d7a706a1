"""Subscriptions and deliveries."""

import secrets

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from notices.schema.types import Instant, Json, Serial, metadata

MARK = 40  # bits, of which a sum over thousands of rows stays a whole number


def _mark() -> int:
    """Another number every time: together, those of all rows say whether one of them is another one."""
    return secrets.randbits(MARK)


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
    Column("at", String, nullable=False),
    Column("weekday", String, nullable=False),
    Column("working_days", Boolean, nullable=False),
    Column("quiet", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("empty", Boolean, nullable=False),
    Column("origin", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("plan_at", Instant),
    Column("resumed_at", Instant),
    Column("revision", BigInteger, nullable=False, default=_mark, onupdate=_mark, server_default=text("0")),
    Index("subscriptions_revision", "revision"),
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
    Column("happened_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("sent_at", Instant),
    Column("error", Text, nullable=False),
    Column("idempotency_key", String, nullable=False),
    Column("planned_at", Instant),
    Column("unsure", Boolean, nullable=False, server_default=false()),
    Column("repeats", Integer, nullable=False, server_default=text("0")),
    Column("subject", Json),
    UniqueConstraint("subscription_id", "matter_id", "event", "channel"),
    Index("deliveries_due", "state", "due_at"),
    Index("deliveries_matter", "matter_id"),
)

matched = Table(
    "matched",
    metadata,
    Column("subscription_id", BigInteger, ForeignKey("subscriptions.id"), primary_key=True),
    Column("matter_id", BigInteger, primary_key=True, autoincrement=False),
    Column("event_number", BigInteger, nullable=False),
    Column("alerted", Boolean, nullable=False),
    Index("matched_by_matter", "matter_id"),
)

told = Table(
    "told",
    metadata,
    Column("subscription_id", BigInteger, ForeignKey("subscriptions.id"), primary_key=True),
    Column("matter_id", BigInteger, primary_key=True, autoincrement=False),
    Column("event", String, primary_key=True),
    Column("notice_id", BigInteger, nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("subject", Json),
)

calendar = Table(
    "calendar",
    metadata,
    Column("subscription_id", BigInteger, ForeignKey("subscriptions.id"), primary_key=True),
    Column("matter_id", BigInteger, primary_key=True, autoincrement=False),
    Column("notice_id", BigInteger, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("deadline", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("cancelled", Boolean, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("robot", String, nullable=False),
    Column("at", Instant, nullable=False),
    Index("posts_robot", "robot", "at"),
)

"""Sources and how their crawls went, the queue of addresses, and the hosts that are asked."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from notices.schema.types import Instant, Json, Serial, metadata

# `ground_at`: rows that a list named before this moment are known ground, for all of the list was read then. `fresh`:
# the last moments at which the list had something new, in seconds since 1970.
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
    Column("ground_at", Instant),
    Column("fresh", Json),
)

# `tombstone_at`: when a page that was an article was first met as a tombstone.
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
    Column("tombstone_at", Instant),
)

# `asked_at`: when the host is, or was, asked last; `delay`: seconds its answers make us wait; `owner`: who drains it.
hosts = Table(
    "hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("paused_until", Instant),
    Column("reason", Text, nullable=False, default=""),
    Column("walls", Integer, nullable=False, default=0),
    Column("asked_at", Instant),
    Column("delay", Float, nullable=False, default=0.0),
    Column("owner", String, nullable=False, default=""),
    Column("leased_until", Instant),
    Column("robots", Text),
    Column("robots_at", Instant),
)

# An address that waits; it leaves the table when it is settled. `taken_at` stays behind when its process is killed.
queue = Table(
    "queue",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", String, nullable=False),
    Column("location", Text, nullable=False, default=""),
    Column("source", String, nullable=False),
    Column("run_id", BigInteger, nullable=False, default=0),
    Column("mode", String, nullable=False),
    Column("first", Boolean, nullable=False, default=False),
    Column("title", Text, nullable=False, default=""),
    Column("listed_at", Instant),
    Column("ends_on", String),
    Column("account", Text, nullable=False, default=""),
    Column("hops", Integer, nullable=False, default=0),
    Column("ask", Json),
    Column("article_id", BigInteger),
    Column("looks", Integer, nullable=False, default=0),
    Column("rank", Integer, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("taken_at", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("crashes", Integer, nullable=False, default=0),
    Column("listed", Boolean, nullable=False, default=False),
    UniqueConstraint("kind", "key"),
    Index("queue_due", "host", "not_before"),
    Index("queue_source", "source"),
    sqlite_autoincrement=True,
)

# What each source's list named, and when it did first.
listings = Table(
    "listings",
    metadata,
    Column("source", String, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("published_at", Instant),
    Column("ends_on", String),
    Column("seen_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("run_id", BigInteger, nullable=False),
)

# The answers of lists, as they were fetched; the same answer again only moves `last_at`. `found` is what their reader
# counted, selector by selector.
list_pages = Table(
    "list_pages",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source", String, nullable=False),
    Column("url", Text, nullable=False, index=True),
    Column("fetched_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Json),
    Column("body_hash", LargeBinary, nullable=False, index=True),
    Column("found", Json),
    sqlite_autoincrement=True,
)

# One crawl of one source. `trouble` is the kind of health its list had, empty for none; pages count towards the newest.
# `health` is the source's own as it was judged while this was its newest run that ended, at `judged_at` last.
runs = Table(
    "runs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source", String, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("mode", String, nullable=False),
    Column("since", String),
    Column("first", Boolean, nullable=False, default=False),
    Column("outcomes", Json, nullable=False),
    Column("new_articles", Integer, nullable=False, default=0),
    Column("new_notices", Integer, nullable=False, default=0),
    Column("trouble", String, nullable=False, default=""),
    Column("error", Text, nullable=False, default=""),
    Column("health", String, nullable=False, default=""),
    Column("judged_at", Instant),
    Index("runs_source", "source", "id"),
    Index("runs_updated", "updated_at"),
    Index("runs_judged", "judged_at"),
    sqlite_autoincrement=True,
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("source", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    sqlite_autoincrement=True,
)

"""The queue of a host, the runs of a source, alarms, and when an article was taken down."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables and widens those that are there."""
    op.add_column("sources", sa.Column("ground_at", sa.BigInteger(), nullable=True))
    op.add_column("sources", sa.Column("fresh", sa.Text(), nullable=True))
    op.add_column("visits", sa.Column("tombstone_at", sa.BigInteger(), nullable=True))
    op.add_column("articles", sa.Column("removed_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_pages_body_hash", "pages", ["body_hash"], unique=False)
    _hosts()
    _queue()
    _lists()
    _runs()


def downgrade() -> None:
    """Takes away what was made, with what is in it."""
    for table in ("alarms", "runs", "list_pages", "listings", "queue"):
        op.drop_table(table)
    op.drop_index("ix_pages_body_hash", "pages")
    for table, names in (
        ("hosts", ("walls", "asked_at", "delay", "owner", "leased_until", "robots", "robots_at")),
        ("articles", ("removed_at",)),
        ("visits", ("tombstone_at",)),
        ("sources", ("ground_at", "fresh")),
    ):
        for name in names:
            op.drop_column(table, name)


def _hosts() -> None:
    op.add_column("hosts", sa.Column("walls", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("hosts", sa.Column("asked_at", sa.BigInteger(), nullable=True))
    op.add_column("hosts", sa.Column("delay", sa.Float(), nullable=False, server_default="0"))
    op.add_column("hosts", sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.add_column("hosts", sa.Column("leased_until", sa.BigInteger(), nullable=True))
    op.add_column("hosts", sa.Column("robots", sa.Text(), nullable=True))
    op.add_column("hosts", sa.Column("robots_at", sa.BigInteger(), nullable=True))


def _queue() -> None:
    op.create_table(
        "queue",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_on", sa.String(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=True),
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("queue_due", "queue", ["host", "not_before"], unique=False)
    op.create_index("queue_source", "queue", ["source"], unique=False)


def _lists() -> None:
    op.create_table(
        "listings",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_on", sa.String(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key"),
    )
    op.create_table(
        "list_pages",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_list_pages_url", "list_pages", ["url"], unique=False)
    op.create_index("ix_list_pages_body_hash", "list_pages", ["body_hash"], unique=False)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=True),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("new_articles", sa.Integer(), nullable=False),
        sa.Column("new_notices", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("health", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_source", "runs", ["source", "id"], unique=False)
    op.create_index("runs_updated", "runs", ["updated_at"], unique=False)
    op.create_table(
        "alarms",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarms_source", "alarms", ["source"], unique=False)

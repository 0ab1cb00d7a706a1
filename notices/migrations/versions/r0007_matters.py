"""Matters: what links notices, when their comment period ends, and what goes where when they part."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables, and the end of the comment period a column of its own."""
    op.add_column("articles", sa.Column("leads", sa.Text(), nullable=True))
    op.add_column("notices", sa.Column("ends_on", sa.String(), nullable=True))
    op.create_index("ix_notices_ends_on", "notices", ["ends_on"], unique=False)
    op.create_index("ix_notices_matter_id", "notices", ["matter_id"], unique=False)
    op.add_column("deliveries", sa.Column("happened_at", sa.BigInteger(), nullable=True))
    op.create_index("deliveries_matter", "deliveries", ["matter_id"], unique=False)
    _facts()
    _ties()
    _moves()
    _fill_ends()


def downgrade() -> None:
    """Takes them away again."""
    for table in ("matter_moves", "ties", "matter_keys", "matter_facts"):
        op.drop_table(table)
    op.drop_index("deliveries_matter", table_name="deliveries")
    op.drop_column("deliveries", "happened_at")
    op.drop_index("ix_notices_matter_id", table_name="notices")
    op.drop_index("ix_notices_ends_on", table_name="notices")
    op.drop_column("notices", "ends_on")
    op.drop_column("articles", "leads")


def _facts() -> None:
    op.create_table(
        "matter_facts",
        sa.Column("notice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("notice_id"),
    )
    op.create_table(
        "matter_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "notice_id"),
    )
    op.create_index(op.f("ix_matter_keys_notice_id"), "matter_keys", ["notice_id"], unique=False)


def _ties() -> None:
    op.create_table(
        "ties",
        sa.Column("a", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("b", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("a", "b"),
    )
    op.create_index(op.f("ix_ties_b"), "ties", ["b"], unique=False)


def _moves() -> None:
    op.create_table(
        "matter_moves",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )


def _fill_ends() -> None:
    """What is stored already gets its own end; `reprocess` links it."""
    notices = sa.table("notices", sa.column("id"), sa.column("fields"), sa.column("ends_on"))
    connection = op.get_bind()
    found = sa.select(notices.c.id, notices.c.fields).where(notices.c.fields.like('%"comment_end"%'))
    rows = [
        {"row": row.id, "end": json.loads(row.fields).get("comment_end")} for row in connection.execute(found).all()
    ]
    if rows:
        own = sa.update(notices).where(notices.c.id == sa.bindparam("row"))
        connection.execute(own.values(ends_on=sa.bindparam("end")), rows)

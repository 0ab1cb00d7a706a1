"""Attached files, and which articles offer them."""

import sqlalchemy as sa
from alembic import op

from notices.schema.types import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "files",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("body_hash", sa.LargeBinary),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("fetched_at", Instant),
        sa.Column("read_at", Instant),
    )
    op.create_index("ix_files_body_hash", "files", ["body_hash"])
    op.create_index("ix_files_outcome", "files", ["outcome"])
    op.create_table(
        "article_files",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.id"), primary_key=True),
    )
    op.create_index("ix_article_files_article_id", "article_files", ["article_id"])


def downgrade() -> None:
    """Takes the tables away with what is in them."""
    op.drop_table("article_files")
    op.drop_table("files")

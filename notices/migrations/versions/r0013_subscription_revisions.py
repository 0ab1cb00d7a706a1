"""A mark on every subscription that becomes another one with every change, so that a reader need not read all again."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; what is there keeps one mark until it changes."""
    op.add_column("subscriptions", sa.Column("revision", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index("subscriptions_revision", "subscriptions", ["revision"], unique=False)


def downgrade() -> None:
    """Takes it away again."""
    op.drop_index("subscriptions_revision", "subscriptions")
    op.drop_column("subscriptions", "revision")

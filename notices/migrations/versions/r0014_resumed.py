"""When a subscription was resumed last, so that it is not told of alarms that are over since before."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; of what is there nothing is known."""
    op.add_column("subscriptions", sa.Column("resumed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Takes it away again."""
    op.drop_column("subscriptions", "resumed_at")

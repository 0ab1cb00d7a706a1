"""The last day for comments that a list named, kept with the page that it named."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; pages of before have none."""
    op.add_column("pages", sa.Column("listed_ends", sa.Text(), nullable=True))


def downgrade() -> None:
    """Takes the column away."""
    op.drop_column("pages", "listed_ends")

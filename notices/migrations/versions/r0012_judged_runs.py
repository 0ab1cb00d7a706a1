"""When a run's health was judged, which may be long after its last page: what shows runs reads them again then."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; runs of before are judged when they are looked at next."""
    op.add_column("runs", sa.Column("judged_at", sa.BigInteger(), nullable=True))
    op.create_index("runs_judged", "runs", ["judged_at"], unique=False)


def downgrade() -> None:
    """Takes it away again."""
    op.drop_index("runs_judged", "runs")
    op.drop_column("runs", "judged_at")

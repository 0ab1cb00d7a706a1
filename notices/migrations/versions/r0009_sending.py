"""What a sender must remember: parts that a channel may have, their repeats, and the posts a robot got."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the columns and the table."""
    op.add_column("deliveries", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("deliveries", sa.Column("repeats", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("deliveries", sa.Column("subject", sa.Text(), nullable=True))
    op.create_table(
        "posts",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("robot", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("posts_robot", "posts", ["robot", "at"], unique=False)


def downgrade() -> None:
    """Takes them away again."""
    op.drop_table("posts")
    for name in ("subject", "repeats", "unsure"):
        op.drop_column("deliveries", name)

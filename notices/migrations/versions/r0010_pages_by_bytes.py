"""Pages are found by the hash of their bytes, however many there are."""

from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    op.create_index(op.f("ix_pages_body_hash"), "pages", ["body_hash"], unique=False)


def downgrade() -> None:
    """Takes the index away."""
    op.drop_index(op.f("ix_pages_body_hash"), table_name="pages")

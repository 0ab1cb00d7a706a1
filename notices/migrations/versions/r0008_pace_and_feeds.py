"""When a subscription is told, and what its feeds and calendar have shown."""

import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXTS = {"at": "09:00", "weekday": "mon", "quiet": "", "zone": "Asia/Shanghai", "origin": "", "secret": ""}
FLAGS = ("working_days", "empty")


def upgrade() -> None:
    """Adds the columns and tables; `deadline` of before was what `deadline-moved` is now."""
    for name, default in TEXTS.items():
        op.add_column("subscriptions", sa.Column(name, sa.String(), nullable=False, server_default=default))
    for name in FLAGS:
        op.add_column("subscriptions", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("subscriptions", sa.Column("plan_at", sa.BigInteger(), nullable=True))
    op.add_column("deliveries", sa.Column("planned_at", sa.BigInteger(), nullable=True))
    op.create_index("matched_by_matter", "matched", ["matter_id"], unique=False)
    _told()
    _calendar()
    _rename_events()


def downgrade() -> None:
    """Takes the columns and tables away with what is in them."""
    op.drop_table("calendar")
    op.drop_table("told")
    op.drop_index("matched_by_matter", table_name="matched")
    op.drop_column("deliveries", "planned_at")
    op.drop_column("subscriptions", "plan_at")
    for name in (*TEXTS, *FLAGS):
        op.drop_column("subscriptions", name)


def _told() -> None:
    op.create_table(
        "told",
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"]),
        sa.PrimaryKeyConstraint("subscription_id", "matter_id", "event"),
    )
    for name in ("at", "notice_id"):
        op.create_index(op.f(f"ix_told_{name}"), "told", [name], unique=False)


def _calendar() -> None:
    op.create_table(
        "calendar",
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("deadline", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"]),
        sa.PrimaryKeyConstraint("subscription_id", "matter_id"),
    )
    op.create_index(op.f("ix_calendar_notice_id"), "calendar", ["notice_id"], unique=False)


def _rename_events() -> None:
    """Gives each subscription a secret of its own and the events their names of today."""
    table = sa.table("subscriptions", sa.column("id"), sa.column("events"), sa.column("secret"))
    connection = op.get_bind()
    for number, events in connection.execute(sa.select(table.c.id, table.c.events)).all():
        named = ["deadline-moved" if one == "deadline" else one for one in json.loads(events)]
        values = {"events": json.dumps(named, separators=(",", ":")), "secret": secrets.token_urlsafe(24)}
        connection.execute(sa.update(table).where(table.c.id == number).values(values))

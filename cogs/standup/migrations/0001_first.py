"""The first tables: standups, what members were asked by date, and the messages that answer."""

import sqlalchemy as sa
from alembic import op

revision = "standup_0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "standup_standups",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("team", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("days", sa.Text, nullable=False),
        sa.Column("every_weeks", sa.Integer, nullable=False),
        sa.Column("anchor", sa.Text, nullable=False),
        sa.Column("questions", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("creator", sa.Integer, nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.UniqueConstraint("team", name="standup_standups_team_key"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("standup_standups_workspace_index", "standup_standups", ["workspace"])
    op.create_table(
        "standup_updates",
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("standup", sa.Integer, nullable=False),
        sa.Column("team", sa.Integer, nullable=False),
        sa.Column("member", sa.Integer, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("questions", sa.Text, nullable=False),
        sa.Column("asked", _INSTANT, nullable=False),
        sa.Column("ends", _INSTANT, nullable=False),
        sa.Column("expires", _INSTANT, nullable=False),
        sa.Column("skipped", sa.Integer, nullable=False),
        sa.Column("snoozed", _INSTANT, nullable=False),
        sa.Column("receipts", sa.Integer, nullable=False),
        sa.Column("reopened", sa.Integer, nullable=False),
        sa.Column("resolved", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("standup", "member", "date", name="standup_updates_pkey"),
        sqlite_strict=True,
    )
    op.create_index("standup_updates_member_index", "standup_updates", ["member", "date"])
    op.create_table(
        "standup_answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("standup", sa.Integer, nullable=False),
        sa.Column("member", sa.Integer, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("question", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("attachments", sa.Text, nullable=False),
        sa.Column("command", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("standup_answers_update_index", "standup_answers", ["standup", "member", "date"])
    op.create_index("standup_answers_message_index", "standup_answers", ["message"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("standup_answers")
    op.drop_table("standup_updates")
    op.drop_table("standup_standups")

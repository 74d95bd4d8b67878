"""Who is asked in a channel, because nobody can write to them directly."""

import sqlalchemy as sa
from alembic import op

revision = "standup_0002"
down_revision = "standup_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "standup_unreached",
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("standup", sa.Integer, nullable=False),
        sa.Column("member", sa.Integer, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("post", sa.Integer, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("standup", "date", "member", name="standup_unreached_pkey"),
        sqlite_strict=True,
    )

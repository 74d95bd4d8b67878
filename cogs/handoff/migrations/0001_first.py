"""The first tables: settings, handoffs, whose work they cover, and asks that people were told of."""

import sqlalchemy as sa
from alembic import op

revision = "handoff_0001"
down_revision = None
branch_labels = None
depends_on = None

_MICROS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "handoff_teams",
        sa.Column("team", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("enabled", sa.Integer, nullable=False),
        sa.Column("report", sa.Text),
        sa.Column("legs", sa.Text),
        sqlite_strict=True,
    )
    op.create_table(
        "handoff_posts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("team", sa.Integer, nullable=False),
        sa.Column("team_name", sa.Text, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("leg", sa.Text, nullable=False),
        sa.Column("receiver", sa.Text),
        sa.Column("report", sa.Integer, nullable=False),
        sa.Column("passed", _MICROS, nullable=False),
        sa.Column("handed", _MICROS, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("handoff_posts_team_date", "handoff_posts", ["team", "date"])
    op.create_table(
        "handoff_covered",
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("team", sa.Integer, nullable=False),
        sa.Column("member", sa.Integer, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("team", "member", "date"),
        sqlite_strict=True,
    )
    op.create_index("handoff_covered_post", "handoff_covered", ["post"])
    op.create_index("handoff_covered_team_date", "handoff_covered", ["team", "date"])
    op.create_table(
        "handoff_needs",
        sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("team", sa.Integer, nullable=False),
        sa.Column("author", sa.Integer, nullable=False),
        sa.Column("date", sa.Text, nullable=False),
        sa.Column("addressee", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("handoff_needs_author_date", "handoff_needs", ["team", "author", "date"])


def downgrade() -> None:
    """Drop them with all that is in them."""
    for table in ("handoff_needs", "handoff_covered", "handoff_posts", "handoff_teams"):
        op.drop_table(table)

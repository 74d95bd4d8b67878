"""The first tables: settings, decks, posts and suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "social_0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "social_settings",
        sa.Column("team", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("themes", sa.Text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("team", name="social_settings_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "social_decks",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "theme", name="social_decks_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "social_posts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Integer(), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="social_posts_pkey"),
        sa.UniqueConstraint("team", "date", name="social_posts_team_date_key"),
        sqlite_strict=True,
    )
    op.create_index("social_posts_prompt_index", "social_posts", ["workspace", "theme", "prompt"])
    op.create_table(
        "social_suggestions",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("requested", sa.Integer(), nullable=False),
        sa.Column("suggested_at", INSTANT, nullable=False),
        sa.Column("posted_at", INSTANT, nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "number", name="social_suggestions_pkey"),
        sqlite_strict=True,
    )
    op.create_index("social_suggestions_team_index", "social_suggestions", ["team"])
    op.create_index("social_suggestions_source_index", "social_suggestions", ["platform", "address", "message"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("social_suggestions", "social_posts", "social_decks", "social_settings"):
        op.drop_table(table)

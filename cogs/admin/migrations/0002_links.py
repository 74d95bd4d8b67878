"""Workspaces that were asked whether they become part of another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "admin_0002"
down_revision = "admin_0001"
branch_labels = None
depends_on = None

_MICROS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "admin_links",
        sa.Column("workspace", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("expires", _MICROS, nullable=False),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop it with all that is in it."""
    op.drop_table("admin_links")

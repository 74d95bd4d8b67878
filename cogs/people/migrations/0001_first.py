"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "people_0001"
down_revision = None
branch_labels = None
depends_on = None

_MICROS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "people_codes",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("expires", _MICROS, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "people_wrong_codes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("at", _MICROS, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("people_wrong_codes_account", "people_wrong_codes", ["platform", "account", "at"])


def downgrade() -> None:
    """Drop them with all that is in them."""
    for table in ("people_wrong_codes", "people_codes"):
        op.drop_table(table)

"""Who was written to directly, and who can't be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0003"
down_revision = "bot_0002"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "contacts",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("reached", INSTANT, nullable=True),
        sa.Column("closed", INSTANT, nullable=True),
        sa.Column("again", INSTANT, nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "account", name="contacts_pkey"),
        sqlite_strict=True,
    )

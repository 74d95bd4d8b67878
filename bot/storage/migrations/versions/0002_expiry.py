"""When messages are too late, and which are not kept; what waits for one person; whose place a channel is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0002"
down_revision = "bot_0001"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, and an index on what waits."""
    for table in ("outbox", "chunks"):
        op.add_column(table, sa.Column("expires", INSTANT, nullable=True))
        op.add_column(table, sa.Column("secret", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("channels", sa.Column("scope", sa.Text(), nullable=False, server_default=""))
    queued = sa.text("state = 'queued'")
    op.create_index("outbox_member", "outbox", ["member"], sqlite_where=queued, postgresql_where=queued)

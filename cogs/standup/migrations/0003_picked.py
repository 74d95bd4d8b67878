"""Which answers are messages that were picked by their menus, and who said those that were somebody else's."""

import sqlalchemy as sa
from alembic import op

revision = "standup_0003"
down_revision = "standup_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    for column in ("picked", "speaker"):
        op.add_column("standup_answers", sa.Column(column, sa.Text(), nullable=False, server_default=""))

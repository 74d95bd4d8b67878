"""A team has a channel for each purpose on each platform that it is on."""

from __future__ import annotations

from alembic import op

revision = "bot_0004"
down_revision = "bot_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the platform part channels; SQLite makes the table anew for that."""
    with op.batch_alter_table("channels", table_kwargs={"sqlite_autoincrement": True, "sqlite_strict": True}) as table:
        table.drop_constraint("channels_team_purpose_key", type_="unique")
        table.create_unique_constraint("channels_team_purpose_platform_key", ["team", "purpose", "platform"])

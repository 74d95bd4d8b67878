"""Alembic migrations of the bot's own tables; cogs bring theirs."""

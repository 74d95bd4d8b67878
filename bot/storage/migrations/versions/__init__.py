"""Alembic revisions of the bot's own tables, in order."""

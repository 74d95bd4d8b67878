"""Alembic migrations of the people cog's tables."""

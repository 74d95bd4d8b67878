"""Alembic migrations of the social cog's tables."""

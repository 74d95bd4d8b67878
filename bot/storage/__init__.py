"""Durable state over SQLAlchemy Core: SQLite by default, PostgreSQL when one machine is outgrown."""

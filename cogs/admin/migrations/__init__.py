"""Versions of the admin cog's tables, in order."""

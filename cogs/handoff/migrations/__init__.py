"""Versions of the handoff cog's tables, in order."""

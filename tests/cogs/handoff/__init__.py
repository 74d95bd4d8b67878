"""Tests of the handoff cog."""

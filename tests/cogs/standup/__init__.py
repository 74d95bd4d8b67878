"""Tests of the standup cog."""

"""Tests of the social cog."""

"""The setup cog."""

"""The admin cog, through the real engine."""

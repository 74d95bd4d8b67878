"""The people cog, through the real engine."""

"""The standup cog's tables, as they came to be."""

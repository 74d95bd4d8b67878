"""The simulated world: its files, its determinism, and what the bot does in it."""

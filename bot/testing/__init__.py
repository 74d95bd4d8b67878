"""The simulated world, fixtures and tools for tests: shipped, so that authors of cogs have them too."""

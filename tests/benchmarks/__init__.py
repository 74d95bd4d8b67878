"""How fast and how big the bot is: `python -m tests.benchmarks [name ...] [--quick]`. Nothing here is a test."""

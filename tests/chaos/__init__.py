"""Crashes at random, many of them: the slow lane, `make chaos`."""

"""Tests of the tree itself: its import directions, names, packaging and documents."""

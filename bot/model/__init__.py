"""Pure values and rules: standard library only, no I/O, and never the current time."""

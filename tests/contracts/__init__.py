"""One suite a port, run over every implementation of it."""

"""Heliotrope as whoever runs it meets it: the command line, settings, files and signals."""

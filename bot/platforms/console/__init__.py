"""The console: a small chat service with a log, and the platform adapter that talks to it."""

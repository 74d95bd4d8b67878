"""Matrix, tried on a real homeserver with people who use other clients."""

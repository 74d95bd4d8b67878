"""Matrix: the bot as an account on any homeserver, encrypted where the rooms are."""

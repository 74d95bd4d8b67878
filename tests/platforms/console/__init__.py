"""The console's chat service, its log and how it shows messages."""

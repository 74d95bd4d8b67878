"""The bot's own tables, and what keeps them: migrations, backups, the process lock."""

"""Discord: discord.py's gateway and routes, the bot's own pace, and everything said in Discord's own forms."""

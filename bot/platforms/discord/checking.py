"""What `heliotrope check` shows of the Discord application; it changes nothing, there or here."""

from __future__ import annotations

from bot.engine.errors import BadCredentials, OutcomeUnknown, Refused, TryLater
from bot.platforms.discord.rest import Rest
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.discord.wanting import EVERY

INVITE = "https://discord.com/oauth2/authorize?client_id={id}&scope=bot+applications.commands&permissions={rights}"
"""Where a server's admin invites the bot, with the rights that it uses and no others."""


def invite_link(application_id: str) -> str:
    """Return where the bot is invited to a server."""
    return INVITE.format(id=application_id, rights=int(EVERY))


async def inspect(settings: DiscordSettings) -> list[str]:
    """Return lines about the application, its invite link, the servers it is in and its first contacts."""
    wanted = ", ".join(settings.guilds) or "all that invite it"
    lines = [f"discord servers: {wanted}; {settings.first_contact_per_hour} people an hour met for the first time"]
    rest = Rest(settings.api_base, lambda problem: None)
    try:
        user = await rest.login(settings.token)
        application = await rest.call("GET", "/applications/@me")
        guilds = await rest.call("GET", "/users/@me/guilds")
    except (BadCredentials, TryLater, OutcomeUnknown, Refused) as problem:
        return [f"discord: {problem}", *lines]
    finally:
        await rest.close()
    names = ", ".join(str(guild.get("name", "?")) for guild in guilds) or "none yet"
    content = "asked for" if settings.message_content else "not asked for"
    return [
        f"discord: {user.get('username', '?')}, application {application['id']}",
        f"discord invite: {invite_link(str(application['id']))}",
        f"discord is in: {names}",
        f"discord message content: {content}",
        *lines,
    ]

"""What the operator says about the bot's Discord application. The token is never shown in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field

API_BASE = "https://discord.com/api/v10"


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """The bot's token, which server it talks to, and how quickly it gets to know people.

    `gateway` is a websocket address; "" takes the one that the API names. `guilds` are the ids of the only servers
    that are served; none means all. `first_contact_per_hour` is how many new direct conversations are opened at most.
    `message_content` asks for the text of messages in servers, which the developer portal must allow.
    `removed_kept_days` is how long the data of a server that removed the bot is kept. `admin_roles` are ids
    of roles that may administer beside those who manage a server. `identify_every` are the seconds
    that Discord wants between two sessions that begin.
    """

    token: str = field(repr=False)
    api_base: str = API_BASE
    gateway: str = ""
    guilds: tuple[str, ...] = ()
    first_contact_per_hour: int = 20
    message_content: bool = False
    removed_kept_days: int = 30
    admin_roles: tuple[str, ...] = ()
    identify_every: float = 5.0

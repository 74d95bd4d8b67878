"""One application's Discord: its bot, its people, its guilds, its gateway sessions."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.platforms.discord.local.clock import ServerClock, Snowflakes
from tests.platforms.discord.local.errors import refuse
from tests.platforms.discord.local.faults import Faults
from tests.platforms.discord.local.interactions import Interactions
from tests.platforms.discord.local.links import Links
from tests.platforms.discord.local.nonces import Nonces
from tests.platforms.discord.local.permissions import P, in_channel
from tests.platforms.discord.local.ratelimits import Limits
from tests.platforms.discord.local.sessions import Sessions
from tests.platforms.discord.local.settings import Settings
from tests.platforms.discord.local.state import DM, Channel, Guild, Member, Message, User
from tests.platforms.discord.local.tree import Tree


@dataclass(slots=True)
class Requested:
    """A request that came in: when, what, and how it ended."""

    at: datetime
    monotonic: float
    method: str
    route: str
    path: str
    status: int = 0
    """0 while it is under way, or for ever when its reply was cut off."""
    code: int = 0
    """The API's own code of an error."""


class World:
    """Everything of one token. REST, gateway and people all change it through the modules beside it."""

    def __init__(self, token: str, number: int, base: str) -> None:
        self.token = token
        self.number = number
        self.token_revoked = False
        self.base = base
        self.gateway_url = f"{base.replace('http', 'ws', 1)}/gateway/{number}"
        self.settings = Settings()
        self.clock = ServerClock()
        self.snowflakes = Snowflakes(self.clock, number)
        self.links = Links(f"{base}/cdn/{number}", token, self.settings)
        self.bot = User(self.snowflakes.next(), "heliotrope", display="Heliotrope", bot=True)
        self.owner = User(self.snowflakes.next(), "operator")
        self.users: dict[int, User] = {self.bot.id: self.bot, self.owner.id: self.owner}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.dms: dict[int, Channel] = {}
        self.nonces = Nonces(self.clock, self.settings)
        self.dm_openings: deque[datetime] = deque()
        self.quarantined = False
        self.tree = Tree(self)
        self.interactions = Interactions(self)
        self.sessions = Sessions(self)
        self.limits = Limits(self.settings)
        self.faults = Faults()
        self.requests: list[Requested] = []
        self.violations: list[str] = []

    @property
    def application_id(self) -> int:
        return self.bot.id

    # --- finding, or the API's refusal ---------------------------------------------------------------------------

    def user(self, user_id: int) -> User:
        if (user := self.users.get(user_id)) is None or user.deleted:
            raise refuse(10013)
        return user

    def guild(self, guild_id: int) -> Guild:
        """Return a guild that the bot is in."""
        if (guild := self.guilds.get(guild_id)) is None:
            raise refuse(10004)
        if self.bot.id not in guild.members:
            raise refuse(50001)
        return guild

    def channel(self, channel_id: int, needs: P = P.VIEW_CHANNEL) -> Channel:
        """Return a channel that the bot sees and has these permissions in."""
        if (channel := self.channels.get(channel_id)) is None:
            raise refuse(10003)
        has = in_channel(channel, self.bot.id)
        if not has & P.VIEW_CHANNEL:
            raise refuse(50001)
        if has & needs != needs:
            raise refuse(50013)
        return channel

    def message(self, channel: Channel, message_id: int) -> Message:
        if (message := channel.messages.get(message_id)) is None:
            raise refuse(10008)
        return message

    # --- rules that look at more than one thing ------------------------------------------------------------------

    def readable(self, message: Message, *, intent: bool | None = None) -> bool:
        """Whether the bot gets a message whole: everything with the intent; DMs, its own and its mentions without."""
        allowed = "message_content" in self.settings.intents if intent is None else intent
        return allowed or message.channel.guild is None or message.author is self.bot or self.bot.id in message.mentions

    def archived(self, channel: Channel) -> bool:
        """Whether a thread is archived, by hand or by the time since its last message."""
        state = channel.thread
        if state is None:
            return False
        if not state.archived:
            idle = self.clock.now() - (state.active_at or state.created)
            if idle > timedelta(minutes=state.auto_archive):
                state.archived, state.archived_at = True, self.clock.now()
        return state.archived

    def share_a_guild(self, user: User) -> bool:
        return any(user.id in guild.members and self.bot.id in guild.members for guild in self.guilds.values())

    def dm(self, user: User) -> Channel:
        """Return the DM channel with somebody: always the same one."""
        if (channel := self.dms.get(user.id)) is None:
            channel = Channel(self.snowflakes.next(), DM, "", people=(user.id, self.bot.id))
            self.dms[user.id] = self.channels[channel.id] = channel
        return channel

    def bot_member(self, guild: Guild) -> Member | None:
        return guild.members.get(self.bot.id)

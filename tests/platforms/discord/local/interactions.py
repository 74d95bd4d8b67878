"""Interactions: made by people's clients, answered by the bot within 3 seconds, open for 15 minutes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.platforms.discord.local import shapes
from tests.platforms.discord.local.errors import refuse
from tests.platforms.discord.local.permissions import in_channel
from tests.platforms.discord.local.state import Channel, Json, Message, User

if TYPE_CHECKING:
    from tests.platforms.discord.local.world import World

COMMAND, COMPONENT, COMPLETION, SUBMISSION = 2, 3, 4, 5
ANSWER, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@dataclass(slots=True)
class Interaction:
    id: int
    kind: int
    token: str
    user: User
    channel: Channel
    data: Json
    created: datetime
    message: Message | None = None
    """The message with the component that it comes from."""
    revision: int = 0
    """The state of that message when it was made."""
    menu: bool = False
    """Whether it comes from a context menu."""
    answered: int | None = None
    """The type of the response that acknowledged it."""
    answered_at: datetime | None = None
    failed: bool = False
    """Whether the person was told that the application did not respond."""
    original: Message | None = None
    gone: bool = False
    """Whether the original answer was deleted."""
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    dismissed: bool = False
    submissions: list[Interaction] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)

    def metadata(self) -> Json:
        """The `interaction_metadata` of messages that answer it."""
        owner = str(self.channel.guild.id) if self.channel.guild else "0"
        shape: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": shapes.user(self.user),
            "authorizing_integration_owners": {"0": owner},
        }
        if self.kind == COMPONENT and self.message is not None:
            shape["interacted_message_id"] = str(self.message.id)
        if self.kind == SUBMISSION:
            shape["triggering_interaction_metadata"] = self.data["_opened_by"]
        return shape


class Interactions:
    """A world's interactions, by id and by token."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def make(
        self, kind: int, user: User, channel: Channel, data: Json, message: Message | None = None, *, menu: bool = False
    ) -> Interaction:
        """Make one and tell the gateway."""
        world = self._world
        token = f"w{world.number}-{secrets.token_urlsafe(48)}"
        interaction = Interaction(
            world.snowflakes.next(), kind, token, user, channel, data, world.clock.now(), message, menu=menu
        )
        interaction.revision = message.revision if message is not None else 0
        self._by_id[interaction.id] = self._by_token[token] = interaction
        world.sessions.emit("INTERACTION_CREATE", self._payload(interaction), channel.guild)
        return interaction

    def by_id(self, interaction_id: int) -> Interaction:
        return self._by_id[interaction_id]

    def to_answer(self, interaction_id: int, token: str) -> Interaction:
        """Return one that may be acknowledged now. Raises Refused: unknown or too late (10062), or done (40060)."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise refuse(10062)
        if interaction.answered is not None:
            raise refuse(40060)
        if self.late(interaction):
            raise refuse(10062)
        return interaction

    def acknowledged(self, token: str) -> Interaction:
        """Return one whose token can still be used. Raises Refused: not acknowledged (10015), expired (50027)."""
        interaction = self._by_token.get(token)
        if interaction is None:
            raise refuse(50027)
        life = timedelta(seconds=self._world.settings.interaction_life)
        if self._world.clock.now() >= interaction.created + life:
            raise refuse(50027)
        if interaction.answered is None:
            raise refuse(10015)
        return interaction

    def waits(self) -> list[float]:
        """Return how many seconds each acknowledgement took, in the order of the interactions."""
        all_of_them = self._by_id.values()
        return [(each.answered_at - each.created).total_seconds() for each in all_of_them if each.answered_at]

    def late(self, interaction: Interaction) -> bool:
        """Whether its 3 seconds passed without an answer; then the person was told, for good."""
        deadline = timedelta(seconds=self._world.settings.interaction_deadline)
        if interaction.answered is None and self._world.clock.now() >= interaction.created + deadline:
            interaction.failed = True
        return interaction.failed

    def _payload(self, interaction: Interaction) -> Json:
        world, channel, guild = self._world, interaction.channel, interaction.channel.guild
        has = in_channel(channel, interaction.user.id)
        place = shapes.channel(world, channel)
        payload: Json = {
            "id": str(interaction.id),
            "application_id": str(world.application_id),
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": {key: value for key, value in interaction.data.items() if not key.startswith("_")},
            "channel": {**place, "permissions": str(has)} if guild is not None else place,
            "channel_id": str(channel.id),
            "locale": interaction.user.locale,
            "app_permissions": str(in_channel(channel, world.bot.id)),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "context": 0 if guild else 1,
            "attachment_size_limit": 10_485_760,
        }
        if guild is None:
            payload["user"] = shapes.user(interaction.user)
        else:
            payload["guild_id"] = str(guild.id)
            payload["guild_locale"] = guild.locale
            payload["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
            payload["member"] = {**shapes.member(guild.members[interaction.user.id]), "permissions": str(has)}
        if interaction.message is not None:
            payload["message"] = shapes.message(world, interaction.message)
        return payload


def resolved_member(world: World, channel: Channel, user: User) -> Json | None:
    """A member as `resolved` has it: without the user, with the permissions in the channel."""
    guild = channel.guild
    if guild is None or user.id not in guild.members:
        return None
    shape = shapes.member(guild.members[user.id], alone=False)
    return {key: shape[key] for key in shape if key not in ("deaf", "mute")} | {
        "permissions": str(in_channel(channel, user.id))
    }

"""A person: what they do, and the interactions that come of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.people.interactions import Interaction, Modal
from tests.platforms.discord.people.places import Place, Role
from tests.platforms.discord.people.sight import Json, Seen
from tests.platforms.discord.people.waiting import PATIENCE, eventually

if TYPE_CHECKING:
    from tests.platforms.discord.people.world import Discord


@dataclass(frozen=True)
class User:
    server: Discord = field(repr=False, compare=False)
    id: int
    name: str
    locale: str = "en-US"

    @property
    def dm(self) -> Place:
        """Their direct messages with the bot."""
        return Place(self.server, {"dm": str(self.id)}, f"DM with {self.name}")

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    async def call(self, verb: str, **arguments: Any) -> Any:
        return await self.server.call(verb, user=str(self.id), **arguments)

    async def say(
        self,
        place: Place,
        text: str,
        *,
        reply_to: Seen | None = None,
        mentions: tuple[User | str, ...] = (),
        files: Mapping[str, bytes] | None = None,
        embeds: Sequence[Json] | None = None,
    ) -> Seen:
        """Write in a place; `mentions` are put before the text; files by name (.png, .jpg, .txt…); embeds, as a bot."""
        named = "".join(f"{_mention(self.server, each)} " for each in mentions)
        uploads = [
            {"name": name, "type": _content_type(name), "data": base64.b64encode(data).decode()}
            for name, data in (files or {}).items()
        ]
        reply = str(reply_to.id) if reply_to else None
        return self.server.seen(
            await self.call(
                "say", place=place.spec, text=named + text, reply_to=reply, files=uploads, embeds=list(embeds or ())
            ),
            place,
        )

    async def edit(self, message: Seen, text: str) -> Seen:
        found = await self.call("edit", place=message.place.spec, message=str(message.id), text=text)
        return self.server.seen(found, message.place)

    async def delete(self, message: Seen) -> None:
        """Delete one's own message, or (as a moderator) another's; or dismiss an ephemeral one."""
        await self.call("delete", place=message.place.spec, message=str(message.id))

    async def react(self, message: Seen, emoji: str) -> None:
        await self.call("react", place=message.place.spec, message=str(message.id), emoji=emoji)

    async def unreact(self, message: Seen, emoji: str) -> None:
        await self.call("unreact", place=message.place.spec, message=str(message.id), emoji=emoji)

    async def thread(self, place: Place, name: str, message: Seen | None = None) -> Place:
        """Open a thread on a message, or without one."""
        made = await self.call("thread", place=place.spec, name=name, message=str(message.id) if message else None)
        return Place(self.server, {"channel": made["id"]}, made["name"])

    async def sees(self, place: Place | None = None) -> list[Seen]:
        """All messages that they see in a place (their DM, if none is named), oldest first."""
        place = place or self.dm
        return [self.server.seen(each, place) for each in await self.call("sees", place=place.spec)]

    async def from_bot(self, place: Place | None = None) -> list[Seen]:
        """Those of them that the bot wrote and that are not loading."""
        return [each for each in await self.sees(place) if each.from_bot and not each.loading]

    async def reads(self, text: str, place: Place | None = None, seconds: float = PATIENCE) -> Seen:
        """Wait for a message of the bot's with this in its text; return the newest."""

        async def check() -> Seen | None:
            there = await self.from_bot(place)
            found = [each for each in there if text in each.text]
            assert found, f"no {text!r} in {[each.text for each in there]}"
            return found[-1]

        found = await eventually(check, seconds)
        assert found is not None
        return found

    async def commands(self, place: Place | None = None) -> list[Json]:
        """The commands that they are offered, each with `shown` and `described` in their language."""
        found: list[Json] = await self.call("commands", place=(place or self.dm).spec)
        return found

    async def slash(
        self, words: str, in_: Place | None = None, options: Mapping[str, Any] | None = None, **more: Any
    ) -> Interaction:
        """Type a slash command, as slash("team create", channel, name="Atlas"); in the DM, if no place is named.

        Options take text, numbers, booleans, a User, a Role or a Place; those whose names are no Python names go
        into `options`. Raises NotPossible for what the registered tree does not offer them.
        """
        given = {name: _option(value) for name, value in {**(options or {}), **more}.items()}
        made = await self.call("slash", place=(in_ or self.dm).spec, words=words, options=given)
        return Interaction(self, int(made["id"]))

    async def complete(
        self, words: str, option: str, text: str, in_: Place | None = None, **more: Any
    ) -> list[tuple[str, str]]:
        """Type into an option, other options filled in already; return what is offered, as (shown, value)."""
        given = {name: _option(value) for name, value in more.items()}
        made = await self.call(
            "complete", place=(in_ or self.dm).spec, words=words, option=option, text=text, options=given
        )
        return await Interaction(self, int(made["id"])).choices()

    async def press(self, message: Seen, button: str) -> Interaction:
        """Press the button with this label or custom_id."""
        made = await self.call("press", place=message.place.spec, message=str(message.id), button=button)
        return Interaction(self, int(made["id"]))

    async def choose(self, message: Seen, *values: str, select: str = "") -> Interaction:
        """Choose options of a select, by label; `select` is its placeholder or custom_id where there are several."""
        made = await self.call(
            "choose", place=message.place.spec, message=str(message.id), select=select, values=list(values)
        )
        return Interaction(self, int(made["id"]))

    async def menu(self, name: str, message: Seen) -> Interaction:
        """Use a context-menu command on a message."""
        made = await self.call("menu", place=message.place.spec, name=name, message=str(message.id))
        return Interaction(self, int(made["id"]))

    async def submit(self, modal: Modal, values: Mapping[str, Any] | None = None) -> Interaction:
        return await modal.submit(values)

    async def close_dms(self) -> None:
        """Let no bot write to them (50007)."""
        await self.server.call("change_user", user=str(self.id), dms_open=False)

    async def open_dms(self) -> None:
        await self.server.call("change_user", user=str(self.id), dms_open=True)

    async def delete_account(self) -> None:
        await self.server.call("change_user", user=str(self.id), deleted=True)

    async def speaks(self, locale: str) -> None:
        """Change their Discord language."""
        await self.server.call("change_user", user=str(self.id), locale=locale)


def _option(value: Any) -> Any:
    if isinstance(value, User):
        return {"user": str(value.id)}
    if isinstance(value, Role):
        return {"role": str(value.id)}
    if isinstance(value, Place):
        return {"channel": str(value.id)}
    return value


def _mention(server: Discord, who: User | str) -> str:
    return who.mention if isinstance(who, User) else server.bot_mention if who == "bot" else f"<@{who}>"


def _content_type(name: str) -> str:
    known = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "txt": "text/plain"}
    return known.get(name.rpartition(".")[2].lower(), "application/octet-stream")

"""What people's clients let them do: no more than the real ones."""

from __future__ import annotations

import base64
from typing import Any

from tests.platforms.discord.local import components as parts
from tests.platforms.discord.local import posting, views
from tests.platforms.discord.local.content import Upload, read
from tests.platforms.discord.local.errors import NotPossible
from tests.platforms.discord.local.interactions import COMMAND, COMPLETION, COMPONENT, SUBMISSION
from tests.platforms.discord.local.modals import can_submit, filled_in
from tests.platforms.discord.local.permissions import P, in_channel, may
from tests.platforms.discord.local.rest.reactions import is_emoji
from tests.platforms.discord.local.state import DEFAULT, REPLY, Channel, Json, Message, User
from tests.platforms.discord.local.typed import Typed, menu_command, offered
from tests.platforms.discord.local.world import World


class Clients:
    """One verb a method; ids are strings. A place is {"channel": id} or {"dm": user id}."""

    def __init__(self, world: World) -> None:
        self._world = world

    # --- messages ------------------------------------------------------------------------------------------------

    def say(
        self,
        user: str,
        place: Json,
        text: str,
        reply_to: str | None = None,
        files: list[Json] | None = None,
        embeds: list[Json] | None = None,
    ) -> Json:
        """Write in a place, as a reply (which mentions the author) or with files ({name, type, data: base64}).

        Embeds are for other bots: people have none.
        """
        world, person = self._world, self._user(user)
        channel = self._place(place)
        self._needs(person, channel, P.SEND_MESSAGES_IN_THREADS if channel.thread else P.SEND_MESSAGES)
        original = self._message(channel, reply_to) if reply_to else None
        uploads = {
            n: Upload(each["name"], each["type"], base64.b64decode(each["data"])) for n, each in enumerate(files or [])
        }
        if embeds and not person.bot:
            raise NotPossible("only bots write embeds")
        said = read(world, {"content": text, **({"embeds": embeds} if embeds else {})}, uploads)
        message = posting.post(
            world,
            channel,
            person,
            said,
            kind=REPLY if original else DEFAULT,
            reference=(channel.id, original.id) if original else None,
            replied_to=original.author.id if original else None,
        )
        return views.message(world, message)

    def edit(self, user: str, place: Json, message: str, text: str) -> Json:
        person, one = self._user(user), self._message(self._place(place), message)
        if one.author is not person:
            raise NotPossible("people edit their own messages only")
        if not text.strip() and not one.attachments:
            raise NotPossible("an empty edit asks whether to delete the message")
        posting.change(self._world, one, read(self._world, {"content": text}, {}, one))
        return views.message(self._world, one)

    def delete(self, user: str, place: Json, message: str) -> None:
        person, channel = self._user(user), self._place(place)
        one = channel.any_message(int(message))
        if one is None:
            raise NotPossible("the message is not there")
        mine = one.author is person or one.only_for == person.id  # one's own, or "dismiss message"
        if not mine and not (channel.guild and may(channel, person.id, P.MANAGE_MESSAGES)):
            raise NotPossible("people delete their own messages, moderators those of others, nobody in DMs")
        posting.remove(self._world, one)

    def react(self, user: str, place: Json, message: str, emoji: str) -> None:
        person, one = self._user(user), self._message(self._place(place), message)
        if not is_emoji(emoji):
            raise NotPossible(f"{emoji!r} is no emoji")
        if emoji not in one.reactions:
            self._needs(person, one.channel, P.ADD_REACTIONS)
        posting.react(self._world, one, person, emoji)

    def unreact(self, user: str, place: Json, message: str, emoji: str) -> None:
        one = self._message(self._place(place), message)
        posting.unreact(self._world, one, self._user(user), emoji)

    def thread(self, user: str, place: Json, name: str, message: str | None = None) -> Json:
        """Open a thread, on a message or without one."""
        person, channel = self._user(user), self._place(place)
        self._needs(person, channel, P.CREATE_PUBLIC_THREADS)
        one = self._message(channel, message) if message else None
        if one is not None and one.thread is not None:
            raise NotPossible("the message has a thread")
        made = posting.start_thread(self._world, channel, person, name, 4320, one)
        return {"id": str(made.id), "name": made.name}

    def sees(self, user: str, place: Json, since: str = "0") -> list[Json]:
        """All messages that somebody sees in a place, or those from one on; a DM that was never opened is empty."""
        person = self._user(user)
        if "dm" in place and int(place["dm"]) not in self._world.dms:
            return []
        return views.seen_in(self._world, person, self._place(place), int(since))

    # --- interactions --------------------------------------------------------------------------------------------

    def commands(self, user: str, place: Json) -> list[Json]:
        """The commands that somebody is offered in a place, named in their language."""
        person, channel = self._user(user), self._place(place)
        return offered(self._world, person, channel)

    def slash(self, user: str, place: Json, words: str, options: Json) -> Json:
        person, channel = self._user(user), self._place(place)
        typed = Typed(self._world, person, channel, words)
        made = self._world.interactions.make(COMMAND, person, channel, typed.used(options))
        return {"id": str(made.id)}

    def complete(self, user: str, place: Json, words: str, option: str, text: str, options: Json) -> Json:
        """Type into an option that offers completions, with other options filled already."""
        person, channel = self._user(user), self._place(place)
        typed = Typed(self._world, person, channel, words)
        made = self._world.interactions.make(COMPLETION, person, channel, typed.completing(option, text, options))
        return {"id": str(made.id)}

    def menu(self, user: str, place: Json, name: str, message: str) -> Json:
        """Use a context-menu command on a message; its content goes with it, whatever the intents."""
        person, channel = self._user(user), self._place(place)
        one = self._message(channel, message)
        data = menu_command(self._world, person, channel, name, one)
        made = self._world.interactions.make(COMMAND, person, channel, data, menu=True)
        return {"id": str(made.id)}

    def press(self, user: str, place: Json, message: str, button: str) -> Json:
        """Press the button with this label (or custom_id)."""
        person, channel = self._user(user), self._place(place)
        one = self._visible(person, channel, message)
        found = [
            each
            for each in parts.walk(one.components)
            if each["type"] == parts.BUTTON
            and button in (each.get("label"), each.get("custom_id"), (each.get("emoji") or {}).get("name"))
        ]
        if len(found) != 1:
            there = [each.get("label") for each in parts.walk(one.components) if each["type"] == parts.BUTTON]
            raise NotPossible(f"{len(found)} buttons are called {button!r}; there are {there}")
        if found[0].get("disabled"):
            raise NotPossible(f"the button {button!r} is disabled")
        if found[0]["style"] == parts.LINK:
            raise NotPossible(f"the button {button!r} is a link to {found[0]['url']}")
        data = {"component_type": parts.BUTTON, "custom_id": found[0]["custom_id"], "id": found[0]["id"]}
        made = self._world.interactions.make(COMPONENT, person, channel, data, one)
        return {"id": str(made.id)}

    def choose(self, user: str, place: Json, message: str, select: str, values: list[str]) -> Json:
        """Choose options by label (or value; ids in selects of people, roles, channels) from a select."""
        person, channel = self._user(user), self._place(place)
        one = self._visible(person, channel, message)
        selects = [each for each in parts.walk(one.components) if each["type"] in parts.SELECTS]
        found = [each for each in selects if select in ("", each["custom_id"], each.get("placeholder"))]
        if len(found) != 1:
            raise NotPossible(f"{len(found)} selects are called {select!r}")
        data = self._chosen(channel, found[0], values)
        made = self._world.interactions.make(COMPONENT, person, channel, data, one)
        return {"id": str(made.id)}

    def submit(self, user: str, interaction: str, values: dict[str, Any]) -> Json:
        """Send a modal that an interaction opened, with these values in place of what it was filled with."""
        opened = self._world.interactions.by_id(int(interaction))
        if opened.user is not self._user(user):
            raise NotPossible("it is somebody else's modal")
        can_submit(self._world, opened)
        assert opened.modal is not None
        data = {
            "custom_id": opened.modal["custom_id"],
            "components": filled_in(opened.modal, values),
            "_opened_by": opened.metadata(),
        }
        made = self._world.interactions.make(SUBMISSION, opened.user, opened.channel, data, opened.message)
        opened.submissions.append(made)
        return {"id": str(made.id)}

    def dismiss(self, user: str, interaction: str) -> None:
        """Close a modal without sending it; the bot hears nothing."""
        opened = self._world.interactions.by_id(int(interaction))
        can_submit(self._world, opened)
        opened.dismissed = True

    def interaction(self, interaction: str) -> Json:
        """How an interaction stands for the person who made it."""
        return views.interaction(self._world, self._world.interactions.by_id(int(interaction)))

    # --- finding -------------------------------------------------------------------------------------------------

    def _user(self, user_id: str) -> User:
        return self._world.users[int(user_id)]

    def _place(self, place: Json) -> Channel:
        if "dm" in place:
            return self._world.dm(self._user(place["dm"]))
        if (channel := self._world.channels.get(int(place["channel"]))) is None:
            raise NotPossible("the channel is gone")
        return channel

    def _message(self, channel: Channel, message_id: str) -> Message:
        if (message := channel.messages.get(int(message_id))) is None:
            raise NotPossible("the message is not there")
        return message

    def _visible(self, person: User, channel: Channel, message_id: str) -> Message:
        self._needs(person, channel, P.VIEW_CHANNEL)
        message = channel.any_message(int(message_id))
        if message is None or message.only_for not in (None, person.id):
            raise NotPossible("the message is not there")
        return message

    def _needs(self, person: User, channel: Channel, wanted: P) -> None:
        has = in_channel(channel, person.id)
        if not has & P.VIEW_CHANNEL:
            raise NotPossible(f"{person.name} does not see #{channel.name}")
        if has & wanted != wanted:
            raise NotPossible(f"{person.name} may not: {wanted!r}")

    def _chosen(self, channel: Channel, select: Json, values: list[str]) -> Json:
        kind = select["type"]
        data: Json = {"component_type": kind, "custom_id": select["custom_id"], "id": select["id"], "values": values}
        if kind == parts.STRING_SELECT:
            by_name = {each["label"]: each["value"] for each in select["options"]}
            data["values"] = [by_name.get(each, each) for each in values]
            if unknown := set(data["values"]) - set(by_name.values()):
                raise NotPossible(f"no option {unknown}; there are {list(by_name)}")
        else:
            data["resolved"] = Typed.resolve(self._world, channel, kind, values)
        if not select.get("min_values", 1) <= len(values) <= select.get("max_values", 1):
            raise NotPossible(f"so many options cannot be chosen: {values}")
        return data

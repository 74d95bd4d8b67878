"""Commands as people type them: only what the registered tree has, with options of the right kind."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import components, shapes
from tests.platforms.discord.local.errors import NotPossible
from tests.platforms.discord.local.interactions import resolved_member
from tests.platforms.discord.local.permissions import P, in_channel
from tests.platforms.discord.local.state import Channel, Json, Message, User
from tests.platforms.discord.local.tree import (
    BOOLEAN,
    CHANNEL,
    CHAT,
    GROUP,
    INTEGER,
    MENTIONABLE,
    MESSAGE_MENU,
    NUMBER,
    ROLE,
    STRING,
    SUB,
    USER,
)
from tests.platforms.discord.local.world import World

_GUILD, _BOT_DM = 0, 1


def offered(world: World, user: User, channel: Channel) -> list[Json]:
    """Return the commands that somebody is offered in a place, each with `shown` and `described` in their language."""
    guild = channel.guild
    if guild is not None and (world.bot.id not in guild.members or user.id not in guild.members):
        return []
    has = in_channel(channel, user.id)
    if not has & P.USE_APPLICATION_COMMANDS:
        return []
    found = [each for each in world.tree.available(guild.id if guild else None) if _shown(each, user, channel, has)]
    return [{**each, "shown": _local(each, user), "described": _local(each, user, "description")} for each in found]


def menu_command(world: World, user: User, channel: Channel, name: str, message: Message) -> Json:
    """Return the data of a context-menu command used on a message."""
    menus = [each for each in offered(world, user, channel) if each["type"] == MESSAGE_MENU]
    found = [each for each in menus if name in (each["shown"], each["name"])]
    if not found:
        raise NotPossible(f"{user.name} is offered no menu command {name!r}, only {[e['shown'] for e in menus]}")
    target = str(message.id)
    return {
        "id": found[0]["id"],
        "name": found[0]["name"],
        "type": MESSAGE_MENU,
        "target_id": target,
        "resolved": {"messages": {target: shapes.message(world, message)}},
    }


class Typed:
    """A command's words, found in the tree: `words` as "team create", in the default names or the person's own."""

    def __init__(self, world: World, user: User, channel: Channel, words: str) -> None:
        self._world = world
        self._user = user
        self._channel = channel
        self._resolved: Json = {}
        chats = [each for each in offered(world, user, channel) if each["type"] == CHAT]
        names = words.removeprefix("/").split()
        self._command = self._find(chats, names[0])
        self._path: list[Json] = []
        options = self._command.get("options") or []
        for name in names[1:]:
            self._path.append(self._find([each for each in options if each["type"] in (SUB, GROUP)], name))
            options = self._path[-1].get("options") or []
        if any(each["type"] in (SUB, GROUP) for each in options):
            raise NotPossible(f"/{words} is not a whole command; it goes on with {[e['name'] for e in options]}")
        self._options = options

    def used(self, given: Json) -> Json:
        """Return the data of using it with these options."""
        values = [self._option(name, value) for name, value in given.items()]
        have = {each["name"] for each in values}
        if missing := [each["name"] for each in self._options if each.get("required") and each["name"] not in have]:
            raise NotPossible(f"required options are missing: {missing}")
        return self._data(values)

    def completing(self, name: str, text: str, given: Json) -> Json:
        """Return the data of asking for completions while typing into an option."""
        option = self._find(self._options, name)
        if not option.get("autocomplete"):
            raise NotPossible(f"the option {name!r} completes nothing")
        values = [self._option(other, value) for other, value in given.items()]
        focused = {"name": option["name"], "type": option["type"], "value": text, "focused": True}
        return self._data([*values, focused])

    @staticmethod
    def resolve(world: World, channel: Channel, kind: int, ids: list[str]) -> Json:
        """Return the `resolved` of a select of people, roles or channels."""
        kinds = {
            components.USER_SELECT: USER,
            components.ROLE_SELECT: ROLE,
            components.CHANNEL_SELECT: CHANNEL,
            components.MENTION_SELECT: MENTIONABLE,
        }
        resolved: Json = {}
        for each in ids:
            _resolve(world, channel, kinds[kind], int(each), resolved)
        return resolved

    def _data(self, values: list[Json]) -> Json:
        options: list[Json] = values
        for part in reversed(self._path):
            options = [{"name": part["name"], "type": part["type"], "options": options}]
        data: Json = {"id": self._command["id"], "name": self._command["name"], "type": CHAT, "options": options}
        if "guild_id" in self._command:
            data["guild_id"] = self._command["guild_id"]
        if self._resolved:
            data["resolved"] = self._resolved
        return data

    def _find(self, among: list[Json], name: str) -> Json:
        found = [each for each in among if name in (each["name"], _local(each, self._user))]
        if not found:
            there = [each["name"] for each in among]
            raise NotPossible(f"{self._user.name} is offered no {name!r}, only {there}")
        return found[0]

    def _option(self, name: str, value: Any) -> Json:
        option = self._find(self._options, name)
        return {"name": option["name"], "type": option["type"], "value": self._value(option, value)}

    def _value(self, option: Json, value: Any) -> Any:
        kind = option["type"]
        if option.get("choices"):
            return self._choice(option, value)
        if kind in (USER, ROLE, CHANNEL, MENTIONABLE):
            return self._thing(option, value)
        if kind == BOOLEAN and isinstance(value, bool):
            return value
        if kind in (INTEGER, NUMBER) and isinstance(value, int | float) and not isinstance(value, bool):
            least, most = option.get("min_value"), option.get("max_value")
            if (least is not None and value < least) or (most is not None and value > most):
                raise NotPossible(f"{option['name']} takes {least} to {most}, not {value}")
            return value
        if kind == STRING and isinstance(value, str):
            least, most = option.get("min_length") or 0, option.get("max_length") or 6000
            if not max(1, least) <= len(value) <= most:
                raise NotPossible(f"{option['name']} takes {least} to {most} characters, not {len(value)}")
            return value
        raise NotPossible(f"{option['name']} (an option of type {kind}) does not take {value!r}")

    def _choice(self, option: Json, value: Any) -> Any:
        for choice in option["choices"]:
            localised = (choice.get("name_localizations") or {}).get(self._user.locale)
            if value in (choice["value"], choice["name"], localised):
                return choice["value"]
        raise NotPossible(
            f"{option['name']} takes one of {[each['name'] for each in option['choices']]}, not {value!r}"
        )

    def _thing(self, option: Json, value: Any) -> str:
        wanted = {USER: ("user",), ROLE: ("role",), CHANNEL: ("channel",), MENTIONABLE: ("user", "role")}[
            option["type"]
        ]
        if not isinstance(value, dict) or not set(value) & set(wanted):
            raise NotPossible(f"{option['name']} takes a {' or '.join(wanted)}, not {value!r}")
        snowflake = int(next(iter(value.values())))
        kinds = option.get("channel_types")
        if kinds and self._world.channels[snowflake].kind not in kinds:
            raise NotPossible(f"{option['name']} does not offer that kind of channel")
        _resolve(self._world, self._channel, option["type"], snowflake, self._resolved)
        return str(snowflake)


def _resolve(world: World, channel: Channel, kind: int, snowflake: int, resolved: Json) -> None:
    guild = channel.guild
    if kind in (ROLE, MENTIONABLE) and guild is not None and snowflake in guild.roles:
        resolved.setdefault("roles", {})[str(snowflake)] = shapes.role(guild.roles[snowflake])
    elif kind in (USER, MENTIONABLE):
        user = world.users[snowflake]
        resolved.setdefault("users", {})[str(snowflake)] = shapes.user(user)
        if (member := resolved_member(world, channel, user)) is not None:
            resolved.setdefault("members", {})[str(snowflake)] = member
    elif kind == CHANNEL and guild is not None and snowflake in guild.channels:
        one = guild.channels[snowflake]
        whole = shapes.channel(world, one)
        kept = ("id", "name", "type", "parent_id", "thread_metadata", "topic", "position", "flags", "last_message_id")
        shape = {key: whole[key] for key in kept if key in whole}
        shape["permissions"] = str(in_channel(one, world.bot.id))
        resolved.setdefault("channels", {})[str(snowflake)] = shape
    else:
        raise NotPossible(f"{snowflake} cannot be chosen here")


def _shown(command: Json, user: User, channel: Channel, has: int) -> bool:
    guild, contexts = channel.guild, command.get("contexts")
    if contexts is not None and (_BOT_DM if guild is None else _GUILD) not in contexts:
        return False
    if guild is None:
        return contexts is not None or command.get("dm_permission") is not False
    member = guild.members[user.id]
    if any((command["name"], who) in guild.commands_for for who in (user.id, *member.roles)):
        return True
    needs = command.get("default_member_permissions")
    if needs is None:
        return True
    return (int(needs) != 0 and has & int(needs) == int(needs)) or bool(has & P.ADMINISTRATOR)


def _local(thing: Json, user: User, key: str = "name") -> str:
    return str((thing.get(f"{key}_localizations") or {}).get(user.locale) or thing.get(key) or "")

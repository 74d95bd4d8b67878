"""The command tree: what the API accepts of it, and what it keeps."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.local.errors import bad_choice, bad_length, invalid_form, refuse, required
from tests.platforms.discord.local.state import Json

if TYPE_CHECKING:
    from tests.platforms.discord.local.world import World

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(1, 12)
LOCALES = frozenset(
    [
        *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl"),
        *("pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja"),
        *("zh-TW", "ko"),
    ]
)
_MOST = {CHAT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
_LONGEST = 8000


class Tree:
    """An application's commands: everywhere's, and those of single guilds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._everywhere: dict[int, Json] = {}
        self._guilds: dict[int, dict[int, Json]] = {}
        self.writes = 0
        """How many requests changed it."""

    def application_flags(self) -> int:
        intents = self._world.settings.intents
        limited = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}
        return sum(bit for name, bit in limited.items() if name in intents)

    def commands(self, guild_id: int | None = None) -> list[Json]:
        return list(self._of(guild_id).values())

    def available(self, guild_id: int | None) -> list[Json]:
        """Return the commands that people find in a guild, or in DMs."""
        return self.commands() + (self.commands(guild_id) if guild_id is not None else [])

    def get(self, guild_id: int | None, command_id: int) -> Json:
        if (command := self._of(guild_id).get(command_id)) is None:
            raise refuse(10063)
        return command

    def replace(self, guild_id: int | None, wanted: Any) -> list[Json]:
        """Put these commands in place of all; those with the same name and kind keep their id."""
        if not isinstance(wanted, list):
            raise invalid_form("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        checked = [check(each, f"{n}") for n, each in enumerate(wanted)]
        _distinct(checked)
        self.writes += 1
        before = {(each["name"], each["type"]): each for each in self._of(guild_id).values()}
        stored = [self._store(each, guild_id, before.get((each["name"], each["type"]))) for each in checked]
        self._guilds[guild_id or 0] = {int(each["id"]): each for each in stored}
        return stored

    def put(self, guild_id: int | None, wanted: Any) -> tuple[Json, bool]:
        """Add one, or replace the one with its name and kind; return it and whether it is new."""
        checked = check(wanted, "")
        kept = self._of(guild_id)
        before = next((e for e in kept.values() if (e["name"], e["type"]) == (checked["name"], checked["type"])), None)
        if before is None:
            _distinct([*kept.values(), checked])
        self.writes += 1
        stored = self._store(checked, guild_id, before)
        self._guilds.setdefault(guild_id or 0, {})[int(stored["id"])] = stored
        return stored, before is None

    def change(self, guild_id: int | None, command_id: int, wanted: Json) -> Json:
        before = self.get(guild_id, command_id)
        checked = check({**before, **wanted}, "")
        self.writes += 1
        stored = self._store(checked, guild_id, before)
        self._of(guild_id)[command_id] = stored
        return stored

    def delete(self, guild_id: int | None, command_id: int) -> None:
        self.get(guild_id, command_id)
        self.writes += 1
        del self._of(guild_id)[command_id]

    def _of(self, guild_id: int | None) -> dict[int, Json]:
        return self._guilds.setdefault(guild_id or 0, {})

    def _store(self, checked: Json, guild_id: int | None, before: Json | None) -> Json:
        stored: Json = {
            "id": before["id"] if before else str(self._world.snowflakes.next()),
            "application_id": str(self._world.application_id),
            "version": str(self._world.snowflakes.next()),
            "type": checked["type"],
            "name": checked["name"],
            "name_localizations": checked.get("name_localizations"),
            "description": checked.get("description") or "",
            "description_localizations": checked.get("description_localizations"),
            "default_member_permissions": _permissions(checked.get("default_member_permissions")),
            "dm_permission": checked.get("dm_permission", True),
            "contexts": checked.get("contexts"),
            "integration_types": checked.get("integration_types") or [0],
            "nsfw": bool(checked.get("nsfw", False)),
            "options": checked.get("options") or [],
        }
        if guild_id is not None:
            stored["guild_id"] = str(guild_id)
        return stored


def check(command: Any, path: str) -> Json:
    """Return a command if the API accepts it. Raises Refused where it does not."""
    if not isinstance(command, dict):
        raise invalid_form(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    kind = command.get("type") or CHAT
    if kind not in (CHAT, USER_MENU, MESSAGE_MENU):
        raise bad_choice(_in(path, "type"), "(1, 2, 3)")
    _check_name(command, path, chat=kind == CHAT)
    if kind == CHAT:
        _check_description(command, path)
    elif command.get("description") or command.get("options"):
        raise invalid_form(
            _in(path, "description"), "APPLICATION_COMMAND_INVALID_DESCRIPTION", "Context menu commands cannot have it"
        )
    _check_options(command.get("options"), path, {*range(SUB, FILE + 1)})
    if (length := _length(command)) > _LONGEST:
        raise invalid_form(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({length}/{_LONGEST})")
    return {**command, "type": kind}


def _check_options(options: Any, path: str, allowed: set[int]) -> None:
    if options is None:
        return
    where = _in(path, "options")
    if not isinstance(options, list) or len(options) > 25:
        raise bad_length(where, 0, 25)
    optional = False
    kinds = {option.get("type") for option in options}
    if kinds & {SUB, GROUP} and kinds - {SUB, GROUP}:
        raise invalid_form(where, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands do not mix with options")
    for n, option in enumerate(options):
        here = f"{where}.{n}"
        if option.get("type") not in allowed:
            raise bad_choice(f"{here}.type", f"({', '.join(map(str, sorted(allowed)))})")
        if option.get("required") and optional:
            raise invalid_form(
                here,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required",
            )
        optional = not option.get("required")
        _check_name(option, here, chat=True)
        _check_description(option, here)
        _check_option(option, here)
    _all_different(options, where)


def _check_option(option: Json, path: str) -> None:
    kind = option["type"]
    if kind in (SUB, GROUP):
        inside = {SUB} if kind == GROUP else {*range(STRING, FILE + 1)}
        return _check_options(option.get("options"), path, inside)
    choices = option.get("choices") or []
    if len(choices) > 25:
        raise bad_length(f"{path}.choices", 0, 25)
    if choices and option.get("autocomplete"):
        raise invalid_form(
            path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", "Not both choices and autocomplete"
        )
    if (choices or option.get("autocomplete")) and kind not in (STRING, INTEGER, NUMBER):
        raise bad_choice(f"{path}.type", f"({STRING}, {INTEGER}, {NUMBER})")
    for n, choice in enumerate(choices):
        here = f"{path}.choices.{n}"
        for text in [choice.get("name"), *(choice.get("name_localizations") or {}).values()]:
            if not isinstance(text, str) or not 1 <= len(text) <= 100:
                raise bad_length(f"{here}.name", 1, 100)
        if kind == STRING and (not isinstance(choice.get("value"), str) or not 1 <= len(choice["value"]) <= 100):
            raise bad_length(f"{here}.value", 1, 100)
        _known_locales(choice.get("name_localizations"), f"{here}.name_localizations")
    if len({choice["name"] for choice in choices}) < len(choices):
        raise invalid_form(f"{path}.choices", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Name exists")
    for name, kinds in (("min_length", {STRING}), ("max_length", {STRING}), ("channel_types", {CHANNEL})):
        if option.get(name) is not None and kind not in kinds:
            raise bad_choice(f"{path}.type", str(tuple(kinds)))
    return None


def _check_name(thing: Json, path: str, *, chat: bool) -> None:
    if thing.get("name") is None:
        raise required(_in(path, "name"))
    localised = thing.get("name_localizations") or {}
    _known_locales(localised, _in(path, "name_localizations"))
    for where, name in [("name", thing["name"]), *((f"name_localizations.{k}", v) for k, v in localised.items())]:
        if not isinstance(name, str) or not 1 <= len(name) <= 32:
            raise bad_length(_in(path, where), 1, 32)
        if chat and not (name == name.lower() and all(_in_name(each) for each in name)):
            raise invalid_form(_in(path, where), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _in_name(character: str) -> bool:
    return character in "-_'" or unicodedata.category(character)[0] in "LNM"


def _check_description(thing: Json, path: str) -> None:
    localised = thing.get("description_localizations") or {}
    _known_locales(localised, _in(path, "description_localizations"))
    for text in [thing.get("description"), *localised.values()]:
        if not isinstance(text, str) or not 1 <= len(text) <= 100:
            raise bad_length(_in(path, "description"), 1, 100)


def _known_locales(localised: Json | None, path: str) -> None:
    for locale in localised or {}:
        if locale not in LOCALES:
            raise bad_choice(path, f"({', '.join(sorted(LOCALES))})")


def _all_different(options: list[Json], path: str) -> None:
    """Names are unique beside each other, in every language."""
    for locale in ["", *LOCALES]:
        names = [(each.get("name_localizations") or {}).get(locale, each["name"]) for each in options]
        if len(set(names)) < len(names):
            raise invalid_form(path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")


def _distinct(commands: list[Json]) -> None:
    for kind, most in _MOST.items():
        of_kind = [each for each in commands if each["type"] == kind]
        if len(of_kind) > most:
            raise invalid_form("", "APPLICATION_COMMANDS_LIMIT_EXCEEDED", f"At most {most} commands of type {kind}")
        names = [each["name"] for each in of_kind]
        if len(set(names)) < len(names):
            raise invalid_form("", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")


def _length(command: Json) -> int:
    """Return the characters of names, descriptions and values, each in its longest language."""
    return sum(_longest(part, key) for part in _parts(command) for key in ("name", "description", "value"))


def _parts(thing: Json) -> Iterator[Json]:
    yield thing
    for inner in [*(thing.get("options") or []), *(thing.get("choices") or [])]:
        yield from _parts(inner)


def _longest(part: Json, key: str) -> int:
    texts = [part.get(key), *(part.get(f"{key}_localizations") or {}).values()]
    return max((len(text) for text in texts if isinstance(text, str)), default=0)


def _permissions(wanted: Any) -> str | None:
    return None if wanted is None else str(wanted)


def _in(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

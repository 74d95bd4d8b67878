"""The tree of application commands that the specs make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pytest

from bot.api import N_, Account, Call, Message, NamedPlace, Rest, Team, Zone, command, message
from bot.app import services
from bot.engine.ports import Localizer, Reader
from bot.model.command import CommandSpec, spec_of
from bot.platforms.discord.commands import NAMES, TreeTooLarge, fingerprint, is_name, tree
from bot.platforms.discord.hints import Hints, hints_for

SERVICES = services()
LOCALIZER: Localizer = SERVICES.localizer
SPECS: Mapping[str, CommandSpec] = SERVICES.registry.commands


@command("pet show", help=N_("Show"), example="pet show", read=True)
async def show(call: Call, team: Team | None = None, zone: Zone | None = None) -> Message:
    return message("")


@command("pet add", help=N_("Add"), example="pet add", admin=True, options={"who": N_("Whose it is")})
async def add(
    call: Call, where: NamedPlace | None = None, *, who: Account, kind: Literal["cat", "dog"] = "cat", name: Rest
) -> Message:
    return message("")


@command("keep", help=N_("Keep"), example="keep this", menu=N_("Keep this"))
async def keep(call: Call, text: Rest) -> Message:
    return message("")


def made(*handlers: Any) -> dict[str, dict[str, Any]]:
    commands = tree([spec_of(handler) for handler in handlers], LOCALIZER)
    return {f"{command['name']}:{command['type']}": command for command in commands}


def every(command: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield command
    for option in command.get("options", ()):
        yield from every(option)


def test_commands_of_two_words_are_grouped_under_the_first() -> None:
    pet = made(show, add)["pet:1"]
    assert [(option["name"], option["type"]) for option in pet["options"]] == [("add", 1), ("show", 1)]


def test_options_have_the_types_of_their_kinds_and_the_required_come_first() -> None:
    (added,) = [option for option in made(show, add)["pet:1"]["options"] if option["name"] == "add"]
    assert [(o["name"], o["type"], o["required"]) for o in added["options"]] == [
        ("who", 6, True),
        ("name", 3, True),
        ("where", 7, False),
        ("kind", 3, False),
    ]
    assert added["options"][0]["description"] == "Whose it is"
    assert [choice["value"] for choice in added["options"][3]["choices"]] == ["cat", "dog"]


def test_what_can_be_suggested_is_completed_while_it_is_typed() -> None:
    (shown,) = [option for option in made(show, add)["pet:1"]["options"] if option["name"] == "show"]
    assert [o.get("autocomplete", False) for o in shown["options"]] == [True, True]


def test_a_command_for_messages_stands_in_their_menu_too() -> None:
    commands = made(keep)
    assert commands["Keep this:3"].keys() & {"description", "options"} == set()
    assert commands["keep:1"]["options"][0]["name"] == "text"


def test_only_a_command_of_administrators_alone_is_offered_to_them_alone() -> None:
    assert "default_member_permissions" not in made(show, add)["pet:1"]
    assert made(add)["pet:1"]["default_member_permissions"] == "32"


def test_a_command_with_others_under_it_is_refused() -> None:
    @command("pet", help=N_("Pet"), example="pet")
    async def pet(call: Call) -> Message:
        return message("")

    with pytest.raises(TreeTooLarge, match="/pet"):
        made(pet, show)


def test_all_installed_commands_make_a_tree_that_discord_takes() -> None:
    commands = tree(SPECS.values(), LOCALIZER)
    for each in commands:
        for one in every(each):
            assert each["type"] == 3 or is_name(one["name"]), one["name"]
            assert each["type"] == 3 or 1 <= len(one["description"]) <= 100
            assert all(1 <= len(text) <= 100 for text in one.get("description_localizations", {}).values())
            assert all(each["type"] == 3 or is_name(t) for t in one.get("name_localizations", {}).values())
            names = [option["name"] for option in one.get("options", ())]
            assert len(set(names)) == len(names)
            for locale in ("es-ES", "es-419", "de", "ja"):
                shown = [o.get("name_localizations", {}).get(locale, o["name"]) for o in one.get("options", ())]
                assert len(set(shown)) == len(shown), (one["name"], locale, shown)


def test_everything_installed_is_named_and_described_in_every_language() -> None:
    for each in tree(SPECS.values(), LOCALIZER):
        assert each["type"] == 1 or each["name_localizations"].keys() == {"es-ES", "es-419", "de", "ja"}
        for one in every(each):
            groups = any(option["type"] in (1, 2) for option in one.get("options", ()))
            if each["type"] == 1 and not groups:
                assert one["description_localizations"].keys() == {"es-ES", "es-419", "de", "ja"}, one["name"]


def test_every_option_of_the_installed_commands_has_a_name_to_translate() -> None:
    assert {p.name for spec in SPECS.values() for p in spec.parameters} <= NAMES


def test_the_fingerprint_changes_with_the_tree_alone() -> None:
    first = fingerprint(tree([spec_of(show)], LOCALIZER))
    assert first == fingerprint(tree([spec_of(show)], LOCALIZER))
    assert first != fingerprint(tree([spec_of(add)], LOCALIZER))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("me show", "me show"),
        ("team create Atlas zone:Lisbon", "team create zone:Lisbon name:Atlas"),
        ("channel set Borealis handoff here", "channel set team:Borealis purpose:handoff"),
        ('team add "Blue Whale" <member>', "team add team:Blue Whale member:<member>"),
        ("help channel set", "help topic:channel set"),
        ("standup create Atlas at:09:30 days:mon-fri", "standup create team:Atlas at:09:30 days:mon-fri"),
        ("team show [team:team]", "team show [team:…]"),
        ("no such command at all", "no such command at all"),
    ],
)
def test_what_people_are_told_to_type_has_its_options_by_name(typed: str, shown: str) -> None:
    assert Hints(SPECS).slash(typed) == shown


@pytest.mark.parametrize(
    ("typed", "language", "shown"),
    [
        ("me show", "de", "ich zeigen"),
        ("me show", "es-MX", "yo ver"),
        ("me timezone Lisbon", "ja", "自分 タイムゾーン タイムゾーン:Lisbon"),
        ("team create Atlas zone:Lisbon", "de", "team erstellen zeitzone:Lisbon name:Atlas"),
        ("team timezone Atlas <zone>", "es", "equipo zona-horaria equipo:Atlas zona:<zona>"),
        ("workspace join CODE", "es", "espacio unir código:CÓDIGO"),
        ("team show [team:team]", "ja", "チーム 表示 [チーム:…]"),
        ("channel set Borealis handoff here", "de", "kanal wählen team:Borealis zweck:handoff"),
        ("me show", "pt-BR", "me show"),
        ("no such command at all", "de", "no such command at all"),
    ],
)
def test_who_reads_alone_is_told_the_words_of_their_language(typed: str, language: str, shown: str) -> None:
    assert Hints(SPECS, language, LOCALIZER).slash(typed) == shown


def test_a_channel_reads_the_words_that_every_client_takes() -> None:
    assert hints_for(Reader("de"), LOCALIZER, SPECS).slash("me show") == "me show"
    assert hints_for(Reader("de", direct=True), LOCALIZER, SPECS).slash("me show") == "ich zeigen"


def _shown(command: Mapping[str, Any], locale: str, words: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield what a client shows of a command: its words, and the names of its options."""
    own = command.get("name_localizations", {}).get(locale, command["name"])
    words = f"{words} {own}".strip()
    under = [option for option in command.get("options", ()) if option["type"] in (1, 2)]
    if not under:
        options = command.get("options", ())
        yield words, [o.get("name_localizations", {}).get(locale, o["name"]) for o in options]
    for option in under:
        yield from _shown(option, locale, words)


@pytest.mark.parametrize("locale", ["de", "es-ES", "es-419", "ja"])
def test_what_people_are_told_is_what_their_client_shows(locale: str) -> None:
    commands = tree(SPECS.values(), LOCALIZER)
    shown = {words: names for command in commands if command["type"] == 1 for words, names in _shown(command, locale)}
    for spec in SPECS.values():
        words = Hints(SPECS, locale, LOCALIZER).slash(spec.words) if not spec.parameters else None
        form = Hints(SPECS, locale, LOCALIZER).slash(spec.usage)
        told = next(known for known in sorted(shown, key=len, reverse=True) if f"{form} ".startswith(f"{known} "))
        assert words is None or words == told
        assert all(f"{name}:" in form for name in shown[told]), form

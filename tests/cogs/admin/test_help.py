"""`help` and `about`, and every command's documented example."""

from __future__ import annotations

import pytest

from bot.model.command import KINDS, Parameter, spec_of
from bot.testing.stage import Stage
from cogs.admin import cog, guide_messages
from tests.cogs.admin.test_teams import answer


async def test_help_lists_every_command_by_group_for_an_admin(stage: Stage) -> None:
    said = await answer(stage, "help")
    for words in stage.services.registry.commands:
        assert f"`{words}`" in said
    assert said.index("Teams, their channels, and help") < said.index("Your time zone, hours, language and leave")
    assert "`team create`: Make a team; you become its owner and first member (admins)" in await answer(
        stage, "help team"
    )


async def test_the_list_of_all_commands_is_one_message(stage: Stage) -> None:
    for language in stage.services.localizer.languages():
        await stage.says("Ana", f"me language {language}")
        assert len(await stage.says("Ana", "help")) == 1


async def test_who_is_no_admin_sees_only_what_is_theirs(stage: Stage) -> None:
    said = await answer(stage, "help", "Bo")
    assert "`team show`" in said
    assert "`team create`:" not in said


async def test_help_on_a_group_shows_its_commands_only(stage: Stage) -> None:
    for group in ("people", "me"):
        said = await answer(stage, f"help {group}")
        assert "`me timezone`" in said
        assert "`team show`" not in said


async def test_help_on_a_command_shows_its_form_an_example_and_its_options(stage: Stage) -> None:
    said = await answer(stage, "help me hours")
    assert "Tell me when you work" in said
    assert "me hours <hours> [days:weekdays] [night:yes] [keep:yes]" in said
    assert "me hours 09:00-17:30 mon-fri" in said
    assert "days: weekdays, such as mon-fri or mon,wed,fri (optional)" in said


async def test_help_on_a_whole_line_is_help_on_its_command(stage: Stage) -> None:
    assert await answer(stage, "help TEAM show Atlas") == await answer(stage, "help team show")


@pytest.mark.parametrize(
    ("topic", "same_as"),
    [
        ("ich zeitzone", "me timezone"),
        ("/ich zeitzone Berlin", "me timezone"),
        ("equipo anadir", "team add"),
        ("equipo", "team"),
        ("チーム 作成", "team create"),
    ],
)
async def test_help_knows_commands_by_their_words_in_any_language(stage: Stage, topic: str, same_as: str) -> None:
    assert await answer(stage, f"help {topic}") == await answer(stage, f"help {same_as}")


async def test_help_on_an_admins_command_says_whose_it_is(stage: Stage) -> None:
    assert "Only admins of this workspace can use it." in await answer(stage, "help team create", "Bo")
    assert "you are one" in await answer(stage, "help team create")


async def test_help_on_something_unknown_names_the_nearest(stage: Stage) -> None:
    said = await answer(stage, "help tem show")
    assert "help team show" in said
    (shown,) = await stage.presses("Ana", "help team show")
    assert "team show [team:team]" in shown.text


async def test_help_on_nothing_like_a_command_names_the_whole_list(stage: Stage) -> None:
    said = await answer(stage, "help qqqqqqqqqq")
    assert "I know nothing called “qqqqqqqqqq”." in said
    assert "Did you mean" not in said


async def test_help_on_ten_thousand_letters_stays_short(stage: Stage) -> None:
    assert len(await answer(stage, "help " + "x" * 10_000)) < 200


def test_help_can_explain_every_kind_of_option() -> None:
    kinds = {kind.name for kind in KINDS}
    assert all(guide_messages.option_text(Parameter("it", kind, required=True)).text for kind in kinds)


async def test_help_in_a_room_is_typed_with_the_prefix(stage: Stage) -> None:
    said = await answer(stage, "!helio help team show", "Bo", place="lobby")
    assert "`!helio team show [team:team]`" in said


async def test_options_are_called_as_they_are_typed(stage: Stage) -> None:
    await stage.says("Ana", "me language de")
    assert "zone: eine Stadt" in await answer(stage, "help team create")
    assert "„hours“ fehlt" in await answer(stage, "me hours")


async def test_help_speaks_spanish(stage: Stage) -> None:
    await stage.says("Ana", "me language es")
    assert "Esto es lo que sé hacer." in await answer(stage, "help")
    assert "Forma" in await answer(stage, "help me hours")


async def test_about_says_what_is_kept_and_who_reads_it(stage: Stage) -> None:
    said = await answer(stage, "about", "Bo")
    assert "What I keep" in said
    assert "Who can read it" in said
    assert "me show" in said


# --- examples -----------------------------------------------------------------------------------------------

WORKS = {
    "team create": "The team Borealis is made",
    "team rename": "Atlas is called Polaris from now on",
    "team timezone": "The team Atlas goes by Lisbon now",
    "team delete": "Delete the team Atlas with its 3 members?",
    "team add": "Dee is in Atlas now",
    "team remove": "Bo is out of Atlas",
    "team show": "1 of 3 is at work now",
    "team list": "Atlas: 3 members",
    "channel set": "#lobby is where Atlas hands over",
    "channel remove": "Atlas does not use this channel for that",
    "channel show": "Atlas: none yet",
    "workspace code": "I have sent you the code in private",
    "workspace language": "Desde ahora escribo aquí en español",
    "workspace join": "This code is wrong, used up or older than an hour",
    "workspace link": "This code is wrong, used up or older than an hour",
    "workspace leave": "This is the only room of Stage",
    "workspace show": "Teams: Atlas",
    "help": "Make a team; you become its owner",
    "about": "Heliotrope",
}


def test_every_command_is_tried() -> None:
    assert {spec_of(handler).words for handler in cog.commands} == set(WORKS)


@pytest.mark.parametrize("words", WORKS)
async def test_the_example_works(stage: Stage, words: str) -> None:
    (example,) = [spec_of(handler).example for handler in cog.commands if spec_of(handler).words == words]
    assert WORKS[words] in await answer(stage, f"!helio {example}", place="lobby")

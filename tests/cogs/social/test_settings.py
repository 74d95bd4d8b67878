"""`social on`, `off`, `show`, `themes` and `now`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.api import Member, Purpose
from bot.testing.client import Client
from bot.testing.stage import Stage
from bot.testing.transcript import Seen
from cogs.social import store
from cogs.social.planning import Settings
from cogs.social.prompts import BY_NAME
from tests.cogs.social.conftest import START, atlas


async def answer(stage: Stage, text: str, name: str = "Ana") -> str:
    seen = await stage.says(name, text)
    return next(each.text for each in seen if each.to == f"dm:{name}")


async def stored(stage: Stage) -> Settings | None:
    team = (await atlas(stage)).id
    async with stage.transaction() as tx:
        return (await store.settings_of(tx, [team])).get(team)


async def owner(stage: Stage) -> Member:
    team = await atlas(stage)
    async with stage.transaction() as tx:
        return await tx.people.member(team.owner)


def prompts(stage: Stage) -> list[Seen]:
    return [seen for seen in stage.seen if seen.kind == "social.prompt"]


# --- on -----------------------------------------------------------------------------------------------------


async def test_on_says_when_the_first_prompt_comes_and_who_goes_first(stage: Stage) -> None:
    said = await answer(stage, "social on Atlas days:mon,wed,fri")
    assert "Mon, Wed and Fri" in said
    assert "#lounge" in said
    assert "26 Oct, 14:00 (10:00 in New York)" in said
    assert "social off Atlas" in said


async def test_what_on_announces_is_what_comes(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    (prompt,) = await stage.until(datetime(2026, 10, 26, 23, tzinfo=UTC))
    assert (prompt.to, prompt.kind) == ("channel:lounge", "social.prompt")
    assert prompt.at == datetime(2026, 10, 26, 14, tzinfo=UTC)


async def test_the_only_team_needs_no_name(stage: Stage) -> None:
    assert "are on for Atlas" in await answer(stage, "social on")


async def test_days_are_kept_until_others_are_given(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas days:tue")
    await stage.says("Ana", "social off Atlas")
    assert "on for Atlas: Tue, in" in await answer(stage, "social on Atlas")
    said = await answer(stage, "social on Atlas days:thu")
    assert "on for Atlas: Thu, in" in said
    assert "social on Atlas days:tue" in said


async def test_without_a_channel_on_says_how_to_set_one_and_changes_nothing(bare: Stage) -> None:
    said = await answer(bare, "social on Atlas")
    assert "channel set Atlas social here" in said
    assert await stored(bare) is None


async def test_the_way_it_says_works(bare: Stage) -> None:
    bare.room("lounge")
    await bare.says("Ana", "!helio channel set Atlas social here", place="lounge")
    assert "on for Atlas" in await answer(bare, "social on Atlas")


@pytest.mark.parametrize(
    "command",
    ["social on Atlas", "social off Atlas", "social now Atlas", "social themes Atlas pets", "social accept 1"],
)
async def test_only_admins_change_anything(stage: Stage, command: str) -> None:
    assert "Only admins" in await answer(stage, command, "Bo")
    assert await stored(stage) is None
    assert prompts(stage) == []


@pytest.mark.parametrize("words", ["on", "off", "show"])
async def test_an_unknown_team_is_answered_with_those_there_are(stage: Stage, words: str) -> None:
    said = await answer(stage, f"social {words} Borealis")
    assert "no team “Borealis”" in said
    assert "Atlas" in said
    assert await stored(stage) is None


async def test_days_that_are_none_change_nothing(stage: Stage) -> None:
    said = await answer(stage, "social on Atlas days:someday")
    assert "someday" in said
    assert "Mon, Wed and Fri" in said
    assert await stored(stage) is None


async def test_one_of_several_teams_is_asked_for_and_one_press_chooses(stage: Stage) -> None:
    ana = await owner(stage)
    await stage.channel(await stage.team("Blue Whale", ana), Purpose.SOCIAL, "reef")
    said = await answer(stage, "social on days:tue,thu")
    assert "Which one do you mean?" in said
    seen = await stage.presses("Ana", 'social on "Blue Whale" days:tue,thu')
    assert "on for Blue Whale: Tue and Thu, in #reef" in seen[-1].text
    assert await stored(stage) is None


async def test_in_a_teams_channel_that_team_is_meant(stage: Stage) -> None:
    ana = await owner(stage)
    await stage.channel(await stage.team("Blue Whale", ana), Purpose.SOCIAL, "reef")
    (seen,) = await stage.says("Ana", "!helio social on", place="reef")
    assert "on for Blue Whale" in seen.text


# --- off ----------------------------------------------------------------------------------------------------


async def test_off_stops_the_prompts_and_says_how_to_go_on(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas days:mon,tue")
    said = await answer(stage, "social off Atlas")
    assert "social on Atlas days:mon,tue" in said
    team = await atlas(stage)
    async with stage.transaction() as tx:
        assert await tx.timers.find("social", "post", [str(team.id)]) == []
    assert await stage.until(START + timedelta(days=8)) == []


async def test_on_again_makes_up_for_nothing_that_would_have_come_meanwhile(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    await stage.says("Ana", "social off Atlas")
    await stage.until(datetime(2026, 10, 26, 15, tzinfo=UTC))  # the prompt would have come at 14:00
    await stage.says("Ana", "social on Atlas")
    await stage.until(START + timedelta(days=1))
    assert prompts(stage) == []


async def test_off_while_off_changes_nothing(stage: Stage) -> None:
    assert "off for Atlas already" in await answer(stage, "social off Atlas")
    assert await stored(stage) is None


# --- show ---------------------------------------------------------------------------------------------------


async def test_show_tells_the_next_prompt_in_the_readers_own_time(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    said = await answer(stage, "social show Atlas", "Cy")
    assert "State: on" in said
    assert "Days: Mon, Wed, and Fri" in said
    assert "Next: Mon, Oct 26, 10:00" in said
    assert "Who goes first: New York" in said
    assert "In turn: New York, Auckland, and Lisbon" in said
    assert "26 Oct, 14:00 (10:00 in New York)" in await answer(stage, "social show", "Ana")


async def test_show_foretells_the_theme_that_comes(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    for _ in range(6):
        said = await answer(stage, "social show")
        theme = next(line.removeprefix("Theme: ") for line in said.splitlines() if line.startswith("Theme: "))
        count = len(prompts(stage))
        while len(prompts(stage)) == count:
            await stage.until(stage.clock.now() + timedelta(hours=6))
        assert prompts(stage)[-1].text.startswith(f"▌ {theme}\n")


async def test_show_while_off_says_so_and_what_an_admin_may_do(stage: Stage) -> None:
    assert "State: off" in await answer(stage, "social show Atlas")
    assert "social on Atlas" in await answer(stage, "social show Atlas")
    assert "social on Atlas" not in await answer(stage, "social show Atlas", "Bo")


async def test_show_without_a_channel_says_how_to_set_one(bare: Stage) -> None:
    assert "channel set Atlas social here" in await answer(bare, "social show Atlas")


async def test_show_for_a_team_that_is_all_away_plans_nothing(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    team = await atlas(stage)
    async with stage.transaction() as tx:
        for member in await tx.people.members_of_team(team.id):
            await tx.people.remove_from_team(team, member)
    assert "nobody works" in await answer(stage, "social show Atlas")
    assert await stage.until(START + timedelta(days=8)) == []


# --- themes -------------------------------------------------------------------------------------------------


async def test_chosen_themes_are_the_only_ones_that_come(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas days:mon,tue,wed,thu,fri")
    said = await answer(stage, "social themes Atlas pets, reading")
    assert "What we are reading: reading" in said
    assert "social themes Atlas all" in said
    await stage.until(START + timedelta(days=14))
    shown = {prompt.text.splitlines()[0] for prompt in prompts(stage)}
    assert shown == {"▌ 🐾 Pets and other creatures", "▌ 📚 What we are reading"}


async def test_themes_without_names_shows_them_and_changes_nothing(stage: Stage) -> None:
    said = await answer(stage, "social themes")
    assert "Weekend photos: weekend" in said
    assert "social themes Atlas pets,reading,food" in said
    assert await stored(stage) is None


async def test_all_themes_come_back(stage: Stage) -> None:
    await stage.says("Ana", "social themes Atlas pets")
    assert "social themes Atlas pets" in await answer(stage, "social themes Atlas all")
    settings = await stored(stage)
    assert settings is not None
    assert settings.themes == ()


async def test_an_unknown_theme_is_answered_with_all_of_them(stage: Stage) -> None:
    for command in ("social themes Atlas pets,cats", "social now Atlas cats", "social now cats"):
        said = await answer(stage, command)
        assert "no theme “cats”" in said
        assert "pets, reading, weekend" in said
    assert await stored(stage) is None
    assert prompts(stage) == []


@pytest.mark.parametrize("written", ["At las", '"At las"', "Altas"])
async def test_a_team_in_place_of_a_theme_is_told_where_it_goes(stage: Stage, written: str) -> None:
    for words, option in (("social themes", "names"), ("social now", "theme")):
        said = await answer(stage, f"{words} {option}:{written}")
        assert f"There is no theme “{written.strip(chr(34))}”." in said
        assert f"If you mean the team Atlas, name it in the option team: `{words} team:Atlas`." in said
        assert "pets, reading, weekend" in said
    assert await stored(stage) is None
    assert prompts(stage) == []


async def test_a_theme_that_never_ends_is_shortened_in_the_answer(stage: Stage) -> None:
    assert len(await answer(stage, "social now Atlas " + "x" * 10_000)) < 400


# --- now ----------------------------------------------------------------------------------------------------


async def test_now_posts_an_extra_one_of_the_theme_that_was_named(stage: Stage) -> None:
    said = await answer(stage, "social now Atlas pets")
    (prompt,) = prompts(stage)
    assert prompt.to == "channel:lounge"
    assert prompt.date is None
    assert "Pets and other creatures" in prompt.text
    assert "an extra one" in prompt.text
    assert "an extra one" in said


async def test_now_takes_the_theme_without_the_team_too(stage: Stage) -> None:
    await stage.says("Ana", "social now music")
    assert "Music and sounds" in prompts(stage)[0].text


async def test_now_without_a_theme_takes_the_days(stage: Stage) -> None:
    await stage.says("Ana", "social themes Atlas food")
    await stage.says("Ana", "social now")
    assert "At the table" in prompts(stage)[0].text


async def test_now_takes_nothing_from_what_is_planned(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    said = await answer(stage, "social now")
    assert "stays as it is" in said
    assert "26 Oct, 14:00" in said
    await stage.until(START + timedelta(days=1))
    assert [prompt.date for prompt in prompts(stage)] == [None, date(2026, 10, 26)]


async def test_extras_and_planned_prompts_never_repeat_each_other(stage: Stage) -> None:
    await stage.says("Ana", "social themes Atlas pets")
    await stage.says("Ana", "social on Atlas days:mon,tue,wed,thu,fri")
    for day in range(6):
        await stage.says("Ana", "social now")
        await stage.until(START + timedelta(days=day + 1))
    while len(prompts(stage)) < 12:
        await stage.says("Ana", "social now")
    assert len({prompt.text.splitlines()[2] for prompt in prompts(stage)[:12]}) == 12


async def test_now_without_a_channel_says_how_to_set_one(bare: Stage) -> None:
    assert "channel set Atlas social here" in await answer(bare, "social now")
    assert prompts(bare) == []


async def test_now_from_the_team_needs_a_suggestion(stage: Stage) -> None:
    assert "no accepted suggestion" in await answer(stage, "social now Atlas team")
    assert prompts(stage) == []


# --- suggestions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "option", "typed", "suggested"),
    [
        ("social now", "theme", "pe", ["pets"]),
        ("social now", "theme", "CREATURES", ["pets"]),  # part of its title
        ("social now", "theme", "xyz", []),
        ("social themes", "names", "pets, rea", ["pets, reading"]),
        ("social themes", "names", "pets,pe", []),
    ],
)
async def test_themes_are_suggested(stage: Stage, command: str, option: str, typed: str, suggested: list[str]) -> None:
    found = await Client(stage, "Ana").is_suggested(command, option, typed, team="Atlas")
    assert [one.value for one in found] == suggested


async def test_all_themes_are_suggested_before_anything_is_typed(stage: Stage) -> None:
    found = await Client(stage, "Ana").is_suggested("social now", "theme", "")
    assert len(found) == len(BY_NAME)

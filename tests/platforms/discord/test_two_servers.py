"""Somebody in two servers, in their direct messages with the bot: which team, suggestions, forms, yes and no."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.people import Discord, Guild, Place, Seen, User, eventually


@dataclass
class Two:
    """Bo is in Polaris' Atlas, and administers Northwind with a team Atlas and a team Borealis; Cy is only there."""

    first: Atlas
    second: Guild
    lobby: Place
    cy: User

    @property
    def bo(self) -> User:
        return self.first.bo

    async def entries(self) -> dict[str, list[str]]:
        """Return what stands in the journal, by workspace."""
        found = {}
        async with self.first.bot.transaction() as tx:
            for workspace in await tx.stores.directory.workspaces():
                teams = await tx.people.teams(workspace.id)
                found[workspace.name] = [
                    e.text for team in teams for e in await tx.journal.entries(team=team.id) if e.text
                ]
        return found

    async def as_it_is(self, message: Seen) -> Seen:
        """Return a message as it reads now."""
        (now,) = [each for each in await self.bo.sees() if each.id == message.id]
        return now

    async def settled(self, old: Seen, text: str) -> None:
        """Wait until a message reads as settled, without buttons."""

        async def check() -> bool:
            now = await self.as_it_is(old)
            assert text in now.text
            return not now.buttons

        await eventually(check)


@pytest.fixture
async def two(discord: Discord) -> AsyncIterator[Two]:
    async with atlas(discord) as first:
        cy = await discord.user("cy")
        second = await discord.guild("Northwind", owner=first.bo)
        lobby = await second.channel("lobby")
        await second.join(cy)
        for words, options in (
            ("team create", {"name": "Atlas"}),
            ("team create", {"name": "Borealis"}),
            ("team add", {"team": "Borealis", "member": cy}),
            ("standup create", {"team": "Borealis", "at": "09:30"}),
        ):
            await (await first.bo.slash(words, lobby, options)).answer()
        yield Two(first, second, lobby, cy)


async def test_teams_of_both_servers_are_suggested_and_the_chosen_one_is_meant(two: Two) -> None:
    offered = dict(await two.bo.complete("team show", "team", ""))
    assert list(offered) == ["Atlas in Polaris", "Atlas in Northwind", "Borealis in Northwind"]
    shown = await (await two.bo.slash("team show", team=offered["Atlas in Polaris"])).answer()
    assert "Bo Smith" in shown.text
    shown = await (await two.bo.slash("team show", team=offered["Atlas in Northwind"])).answer()
    assert "Bo Smith" not in shown.text
    assert await two.cy.complete("team show", "team", "") == [("Borealis", "Borealis"), ("Atlas", "Atlas")]


async def test_before_two_servers_become_one_workspace_yes_and_no_are_offered(two: Two) -> None:
    await (await two.first.ana.slash("workspace code", two.first.general)).answer()
    (code,) = set(re.findall(r"\b\w{4}-\w{4}\b", (await two.first.ana.reads("works once")).text))
    asked = await (await two.bo.slash("workspace link", two.lobby, code=code)).answer()
    assert "It can't be undone." in asked.text
    assert asked.buttons == ("Yes", "No")
    made = await two.bo.press(asked, "No")
    assert "Nothing was changed." in (await made.answer()).text
    assert len(await two.entries()) == 2


async def test_what_does_not_depend_on_the_server_is_suggested_once_in_ones_language(two: Two) -> None:
    await two.bo.speaks("de")
    assert await two.bo.complete("social now", "theme", "tie") == [("Tiere", "Tiere")]


async def both_ask(two: Two) -> None:
    await two.first.says("standup now", team="Atlas")
    await (await two.bo.slash("standup now", two.lobby, team="Borealis")).answer()
    await two.bo.reads("Atlas update")
    await two.bo.reads("Borealis update")


async def test_a_button_for_each_team_opens_its_form_after_a_restart_too(two: Two) -> None:
    await both_ask(two)
    refused = await (await two.bo.slash("write")).answer()
    assert "Atlas in Polaris" in refused.text
    assert "Borealis in Northwind" in refused.text
    await two.first.bot.restart()
    await two.first.discord.connected()
    modal = await (await two.bo.press(refused, "Borealis in Northwind")).modal()
    await (await modal.submit({"What did you finish?": "the lexer"})).acknowledged()
    await two.bo.reads("2 of 3")
    assert await two.entries() == {"Polaris": [], "Northwind": ["the lexer"]}


async def test_of_several_offers_of_a_form_the_newest_is_open_until_its_form_is_sent_in(two: Two) -> None:
    await both_ask(two)
    first = await (await two.bo.slash("write")).answer()
    second = await (await two.bo.slash("write")).answer()
    await two.settled(first, "Borealis in Northwind")
    modal = await (await two.bo.press(second, "Borealis in Northwind")).modal()
    assert (await two.as_it_is(second)).buttons  # who leaves the form can open it again
    await (await modal.submit({"What did you finish?": "the lexer"})).acknowledged()
    await two.settled(second, "Borealis in Northwind")
    assert (await two.entries())["Northwind"] == ["the lexer"]


async def test_a_button_for_a_server_that_one_has_left_explains_itself(two: Two) -> None:
    await both_ask(two)
    refused = await (await two.bo.slash("write")).answer()
    async with two.first.bot.transaction() as tx:
        (north,) = [w for w in await tx.stores.directory.workspaces() if w.name == "Northwind"]
        (bo,) = [m for m in await tx.people.members_of_workspace(north.id) if m.name == "bo"]
        await tx.people.save_member(replace(bo, active=False))
    answer = await (await two.bo.press(refused, "Borealis in Northwind")).answer()
    assert "a workspace that you are in no more" in answer.text


async def test_of_several_questions_which_team_only_the_newest_is_open_and_each_says_so(two: Two) -> None:
    first = await (await two.bo.slash("me timezone", zone="Lisbon")).answer()
    second = await (await two.bo.slash("me show")).answer()
    assert "Which team is this for?" in second.text
    await two.settled(first, "I asked again below")
    await (await two.bo.press(second, "Atlas and Borealis in Northwind")).acknowledged()
    await two.settled(second, "You told me which team this was for: Atlas and Borealis in Northwind.")
    assert "Lisbon" in (await two.bo.reads("Lisbon")).text


async def test_a_question_in_private_is_answered_no_and_a_yes_after_it_does_nothing(two: Two) -> None:
    await two.bo.speaks("de")
    asked = await (await two.bo.slash("team löschen", team="Borealis")).answer()
    assert asked.buttons == ("Ja", "Nein")
    await (await two.bo.press(asked, "Nein")).acknowledged()
    await two.bo.reads("Es wurde nichts geändert.")
    await two.settled(asked, "Borealis")
    await two.bo.say(two.bo.dm, "ja")
    await two.bo.reads("gerade keine Frage offen")
    assert "Borealis in Northwind" in dict(await two.bo.complete("team show", "team", ""))

"""`channel set`, `channel remove` and `channel show`."""

from __future__ import annotations

from bot.api import Channel, Place, Purpose, Restriction, catalogue
from bot.testing.client import Client
from bot.testing.stage import Stage
from tests.cogs.admin.test_teams import answer, teams

_, n_ = catalogue("test")


async def channels(stage: Stage, team: str = "Atlas") -> list[Channel]:
    found = (await teams(stage))[team]
    async with stage.transaction() as tx:
        return list(await tx.people.channels(found.id))


async def test_a_command_makes_the_channel_it_is_typed_in_the_teams(stage: Stage) -> None:
    said = await answer(stage, "!helio channel set Atlas handoff here", place="lobby")
    (channel,) = await channels(stage)
    assert (channel.purpose, channel.name) == (Purpose.HANDOFF, "lobby")
    assert "#lobby is where Atlas hands over" in said
    assert "`!helio channel set Atlas handoff here`" in said


async def test_the_word_here_may_be_left_out(stage: Stage) -> None:
    await stage.says("Ana", "!helio channel set Atlas social", place="lobby")
    (channel,) = await channels(stage)
    assert channel.purpose is Purpose.SOCIAL


async def test_another_channel_may_be_picked_where_clients_can(stage: Stage) -> None:
    stage.room("den")
    client = Client(stage, "Ana", inside="lobby", admin=True)
    (seen,) = await client.uses("channel set", places=("den",), team="Atlas", purpose="handoff", where="#den")
    (channel,) = await channels(stage)
    assert (channel.name, channel.place) == ("den", Place("console", "#den"))
    assert "I post handoffs there" in seen.text


def barred(place: str, *, mute: bool) -> Restriction:
    return Restriction(Place("console", place), _("It takes the key to the door."), mute=mute)


async def test_a_channel_in_which_the_bot_can_say_nothing_is_refused_with_what_it_needs(stage: Stage) -> None:
    await stage.says("Ana", "!helio channel set Atlas handoff here", place="lobby")
    stage.room("den")
    client = Client(stage, "Ana", inside="lobby", admin=True)
    client.restrictions = (barred("#den", mute=True),)
    (seen,) = await client.uses("channel set", places=("den",), team="Atlas", purpose="handoff", where="#den")
    assert [channel.name for channel in await channels(stage)] == ["lobby"]
    assert "I can't post in #den, so nothing has changed. It takes the key to the door." in seen.text
    assert "`!helio channel set Atlas handoff here`" in seen.text


async def test_a_channel_in_which_the_bot_can_post_is_taken_with_what_it_lacks(stage: Stage) -> None:
    client = Client(stage, "Ana", inside="lobby", admin=True)
    client.restrictions = (barred("#lobby", mute=False),)
    (seen,) = await client.presses("channel set Atlas handoff here")
    assert [channel.name for channel in await channels(stage)] == ["lobby"]
    assert "In #lobby I can't do everything yet. It takes the key to the door." in seen.text


async def test_a_channel_that_was_chosen_by_a_press_has_its_name(stage: Stage) -> None:
    await Client(stage, "Ana", inside="lobby", admin=True).presses("channel set Atlas handoff here")
    (channel,) = await channels(stage)
    assert channel.name == "lobby"


async def test_a_channel_that_is_not_at_hand_is_refused(stage: Stage) -> None:
    stage.room("den")
    assert "can't tell which channel “den” is" in await answer(
        stage, "!helio channel set Atlas handoff den", place="lobby"
    )
    assert await channels(stage) == []


async def test_another_channel_takes_the_place_of_the_first(stage: Stage) -> None:
    stage.room("den")
    await stage.says("Ana", "!helio channel set Atlas social here", place="lobby")
    said = await answer(stage, "!helio channel set Atlas social here", place="den")
    assert [channel.name for channel in await channels(stage)] == ["den"]
    assert "Until now it was #lobby" in said


async def test_one_channel_may_serve_two_teams_and_says_so(stage: Stage) -> None:
    await stage.says("Ana", "team create Borealis")
    await stage.says("Ana", "!helio channel set Atlas social here", place="lobby")
    said = await answer(stage, "!helio channel set Borealis social here", place="lobby")
    assert "Atlas uses this channel as well" in said
    assert [channel.name for channel in await channels(stage, "Borealis")] == ["lobby"]


async def test_a_private_conversation_is_no_channel(stage: Stage) -> None:
    said = await answer(stage, "channel set Atlas handoff here")
    assert await channels(stage) == []
    assert "private conversation" in said
    assert "`!helio channel set Atlas handoff here`" in said


async def test_only_admins_set_channels(stage: Stage) -> None:
    await stage.says("Bo", "!helio channel set Atlas handoff here", place="lobby")
    assert await channels(stage) == []


async def test_another_purpose_is_refused_with_those_there_are(stage: Stage) -> None:
    said = await answer(stage, "!helio channel set Atlas standup here", place="lobby")
    assert await channels(stage) == []
    assert "handoff" in said
    assert "social" in said


async def test_a_channel_is_taken_from_its_team_where_it_is_typed(stage: Stage) -> None:
    stage.room("den")
    await stage.says("Ana", "!helio channel set Atlas handoff here", place="lobby")
    await stage.says("Bo", "!helio channel remove Atlas handoff here", place="lobby")
    said = await answer(stage, "!helio channel remove Atlas handoff here", place="den")
    assert [channel.name for channel in await channels(stage)] == ["lobby"]
    assert "does not use this channel for that, so nothing has changed. It uses #lobby for handoffs." in said
    said = await answer(stage, "!helio channel remove Atlas handoff here", place="lobby")
    assert await channels(stage) == []
    assert "I post no more handoffs of Atlas in #lobby; those that are there stay. It has no other channel" in said
    assert "To undo, type `!helio channel set Atlas handoff here` there." in said


async def test_channels_are_shown_by_team(stage: Stage) -> None:
    await stage.says("Ana", "team create Borealis")
    await stage.says("Ana", "!helio channel set Atlas handoff here", place="lobby")
    said = await answer(stage, "channel show", "Bo")
    assert "Atlas: #lobby for handoffs" in said
    assert "Borealis: none yet" in said
    assert "Borealis" not in await answer(stage, "channel show Atlas", "Bo")


async def test_without_teams_there_are_no_channels(stage: Stage) -> None:
    await stage.says("Ana", "team delete Atlas yes:yes")
    assert "no team yet" in await answer(stage, "channel show")


async def test_channels_are_spoken_of_in_spanish(stage: Stage) -> None:
    await stage.says("Ana", "!helio channel set Atlas handoff here", place="lobby")
    await stage.says("Ana", "me language es")
    assert "Atlas: #lobby para los relevos" in await answer(stage, "channel show")

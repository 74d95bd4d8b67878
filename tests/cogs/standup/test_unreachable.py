"""Members whom nobody can write to directly are asked in their team's channel, and named no longer than needed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.api import Channel, ChannelId, Kind, MemberId, OccurrenceState, Place, Purpose, Team
from bot.engine.immediate import ShownForm
from bot.testing.client import Client
from bot.testing.stage import Stage
from bot.testing.transcript import Seen
from cogs.admin import cog as admin
from cogs.handoff import cog as handoff
from tests.cogs.standup.conftest import COGS, at, kinds, last, prompts, states, texts

ROOM = "atlas"
BO, CY = MemberId(2), MemberId(3)


@pytest.fixture
async def atlas() -> AsyncIterator[Stage]:
    """Monday, midnight: Ana and Bo in Lisbon, Cy in New York, who all have closed their doors; Olu owns Atlas."""
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        await company(stage)
        yield stage


async def company(stage: Stage, *, channel: bool = True) -> Team:
    people = [await stage.member(name, zone="Europe/Lisbon") for name in ("Ana", "Bo")]
    people.append(await stage.member("Cy", zone="America/New_York"))
    olu = await stage.member("Olu", zone="Europe/Lisbon", admin=True)
    team = await stage.team("Atlas", olu, *people)
    if channel:
        await stage.channel(team, Purpose.HANDOFF, ROOM)
    await stage.says("Olu", "standup create Atlas")
    for name in ("Ana", "Bo", "Cy"):
        stage.server.set_closed(name)
    return team


def standing(stage: Stage, place: str = ROOM) -> list[str]:
    """The bot's requests that stand in a channel now."""
    shown = [m.text for m in stage.server.messages.values() if m.address == f"#{place}" and not m.deleted]
    return [text for text in shown if "can't write to you directly" in text]


def client(stage: Stage, name: str) -> Client:
    return Client(stage, name, inside=ROOM)


async def writes(stage: Stage, name: str, **values: str) -> list[Seen]:
    """Open the form of the message in the channel, and send it in."""
    form = await client(stage, name).opens("write 2026-10-26 Atlas")
    assert isinstance(form, ShownForm)
    return await client(stage, name).sends(form, {key.removeprefix("q"): value for key, value in values.items()})


async def test_those_who_are_asked_at_once_are_named_in_one_message(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    (post,) = standing(atlas)
    assert post.startswith("@Ana and @Bo, I can't write to you directly")
    assert "your Atlas updates for Mon, 26 Oct" in post
    assert "`!helio write`" in post
    assert "open our direct conversation" in post


async def test_it_has_the_forms_button_where_there_are_forms(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    async with atlas.transaction() as tx:
        found = await tx.stores.outbox.parcel_of("standup:1:unreached:2026-10-26:1")
    assert found is not None
    (row,) = found[0]
    assert row.message is not None
    assert [(choice.command, choice.form) for choice in row.message.choices] == [("write 2026-10-26 Atlas", True)]


async def test_who_is_asked_later_is_named_in_a_new_message_that_notifies_only_them(atlas: Stage) -> None:
    await atlas.until(at(26, 13, 45))
    (post,) = standing(atlas)
    assert post.startswith("Ana, Bo and @Cy,")


async def test_who_is_reached_is_not_named(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    assert [day for _, day in prompts(atlas, "Olu")] == [at(26, 0).date()]
    assert "Olu" not in standing(atlas)[0]


async def test_who_answers_is_named_no_more(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    seen = await writes(atlas, "Ana", q1="a", q2="b", q3="-")
    assert "Thank you! Your Atlas update for Mon, 26 Oct is complete." in seen[0].text
    assert [post.split(",")[0] for post in standing(atlas)] == ["@Bo"]
    assert await texts(atlas) == [(Kind.DONE, "a"), (Kind.NEXT, "b")]


async def test_when_all_have_answered_the_message_is_deleted(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    for name in ("Ana", "Bo"):
        await writes(atlas, name, q1="a", q2="b", q3="-")
    assert standing(atlas) == []


async def test_who_skips_is_named_no_more(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    await atlas.says("Ana", "!helio skip", ROOM)
    assert [post.split(",")[0] for post in standing(atlas)] == ["@Bo"]


async def test_after_their_day_nobody_is_named_and_it_counts_as_any_unanswered_day(atlas: Stage) -> None:
    await atlas.until(at(26, 17))
    assert [post.split(",")[0] for post in standing(atlas)] == ["@Cy"]
    await atlas.until(at(26, 22))
    assert standing(atlas) == []
    for member in (MemberId(1), BO, CY):
        assert await states(atlas, member) == {26: OccurrenceState.LAPSED}
    await atlas.until(at(27, 9, 20))
    assert "standup.missed.admin" not in kinds(atlas.to("Olu"))


async def test_where_there_are_no_forms_the_questions_are_answered_right_there(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    (seen,) = await atlas.says("Ana", "!helio write", ROOM)
    assert "1. What did you finish?" in seen.text
    assert "`!helio update 1. …`" in seen.text
    seen, *_edit = await atlas.says("Ana", "!helio update 1. a\n2. b", ROOM)
    assert "3. Is anything in your way?" in seen.text
    assert "`!helio update 3. …`" in seen.text
    seen, *_ = await atlas.says("Ana", "!helio update 3. -", ROOM)
    assert "is complete" in seen.text
    assert await texts(atlas) == [(Kind.DONE, "a"), (Kind.NEXT, "b")]


async def test_nobody_is_told_of_an_answer_in_a_chat_that_is_closed(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    for line in ("!helio write", "!helio update a", "!helio blocker b"):
        assert "direct chat" not in (await atlas.says("Ana", line, ROOM))[0].text


async def test_a_door_that_opens_lets_the_prompt_through(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    atlas.server.set_closed("Ana", False)
    await atlas.says("Ana", "!helio team show", ROOM)
    assert [at_ for at_, _ in prompts(atlas, "Ana")] == [at(26, 10)]


async def test_who_answered_in_the_channel_is_not_asked_when_the_door_opens(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    await writes(atlas, "Ana", q1="a", q2="b", q3="-")
    atlas.server.set_closed("Ana", False)
    await atlas.says("Ana", "me show")
    assert prompts(atlas, "Ana") == []


async def test_what_they_say_first_when_they_open_their_door_is_shown_as_it_was_taken(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    atlas.server.set_closed("Ana", False)
    await atlas.says("Ana", "hello?")
    shown = last(atlas, "Ana", "standup.question").text
    assert "> hello?" in shown
    assert "Go on with number 2" in shown


async def test_the_next_day_they_are_asked_in_the_channel_at_once(atlas: Stage) -> None:
    await atlas.until(at(27, 10))
    (post,) = standing(atlas)
    assert post.startswith("@Ana and @Bo,")
    assert "Tue, 27 Oct" in post


async def test_a_date_is_asked_once_however_often_the_door_is_tried(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    for _ in range(3):
        await atlas.says("Ana", "!helio team show", ROOM)
    assert len([1 for seen in atlas.inside(ROOM) if "standup.unreached" in [p.kind for p in seen.parts]]) == 1


async def test_without_a_handoff_channel_they_are_asked_in_the_social_one_and_else_nowhere() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        ana, bo = [await stage.member(name, zone="Europe/Lisbon") for name in ("Ana", "Bo")]
        olu = await stage.member("Olu", zone="Europe/Lisbon", admin=True)
        await stage.channel(await stage.team("Atlas", olu, ana), Purpose.SOCIAL, "lounge")
        await stage.team("Borealis", olu, bo)
        await stage.says("Olu", "standup create Atlas")
        await stage.says("Olu", "standup create Borealis")
        for name in ("Ana", "Bo"):
            stage.server.set_closed(name)
        await stage.until(at(26, 10))
        assert [post.split(",")[0] for post in standing(stage, "lounge")] == ["@Ana"]
        await stage.until(at(27, 9, 10))
        async with stage.transaction() as tx:
            (bos,) = await tx.occurrences.find("standup:2", members=[bo.id], dates=(at(26, 0).date(),) * 2)
        assert bos.state is OccurrenceState.MISSED


async def test_they_are_asked_in_a_channel_of_the_platform_that_they_are_on() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS) as stage:
        team = await company(stage, channel=False)
        await stage.channel(team, Purpose.SOCIAL, ROOM)
        elsewhere = Channel(ChannelId(0), team.workspace, team.id, Purpose.HANDOFF, Place("matrix", "!room"), "room")
        async with stage.transaction() as tx:
            await tx.people.set_channel(elsewhere)
        await stage.until(at(26, 10))
        assert [post.split(",")[0] for post in standing(stage)] == ["@Ana and @Bo"]


@pytest.fixture
async def channelless() -> AsyncIterator[Stage]:
    """As `atlas`, but the team has no channel, and all of Monday's prompts have been tried."""
    async with Stage.create(start=at(26, 0), cogs=(*COGS, admin)) as stage:
        await company(stage, channel=False)
        stage.room(ROOM)
        await stage.until(at(26, 14))
        yield stage


async def test_once_the_team_has_a_channel_those_are_asked_there_whose_day_is_not_over(channelless: Stage) -> None:
    await channelless.says("Olu", "!helio channel set Atlas handoff here", ROOM)
    (post,) = standing(channelless)
    assert post.startswith("@Ana, @Bo and @Cy,")
    await writes(channelless, "Ana", q1="a", q2="b", q3="-")
    assert [post.split(",")[0] for post in standing(channelless)] == ["@Bo and @Cy"]


async def test_in_a_new_channel_nobody_is_asked_for_a_day_that_is_over_or_who_is_reached_by_now(
    channelless: Stage,
) -> None:
    await channelless.until(at(26, 18, 30))  # in New York only it is still day
    await channelless.says("Olu", "!helio channel set Atlas handoff here", ROOM)
    assert [post.split(",")[0] for post in standing(channelless)] == ["@Cy"]


async def test_who_opens_their_door_before_the_team_has_a_channel_is_not_asked_there(channelless: Stage) -> None:
    channelless.server.set_closed("Ana", False)
    await channelless.says("Ana", "me show")
    assert len(prompts(channelless, "Ana")) == 1
    await channelless.says("Olu", "!helio channel set Atlas handoff here", ROOM)
    assert standing(channelless)[0].startswith("@Bo and @Cy,")


async def test_who_left_before_the_team_had_a_channel_is_not_asked_there(channelless: Stage) -> None:
    await channelless.says("Olu", "team remove Atlas Ana")
    await channelless.says("Olu", "!helio channel set Atlas handoff here", ROOM)
    assert standing(channelless)[0].startswith("@Bo and @Cy,")


async def test_a_day_that_was_asked_nowhere_counts_as_missed(channelless: Stage) -> None:
    await channelless.until(at(27, 9, 10))
    assert (await states(channelless, BO))[26] is OccurrenceState.MISSED


async def test_who_leaves_the_team_is_named_no_more(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    async with atlas.transaction() as tx:
        team = (await tx.people.teams_of(MemberId(1)))[0]
        await tx.people.remove_from_team(team, await tx.people.member(MemberId(1)))
    await atlas.settle()
    assert [post.split(",")[0] for post in standing(atlas)] == ["@Bo"]
    async with atlas.transaction() as tx:
        await tx.people.delete_team(team)
    await atlas.settle()
    assert standing(atlas) == []


async def test_a_standup_that_is_deleted_names_nobody_any_more(atlas: Stage) -> None:
    await atlas.until(at(26, 10))
    await atlas.says("Olu", "standup delete Atlas yes:yes")
    assert standing(atlas) == []


async def test_what_they_wrote_in_the_channel_is_handed_off() -> None:
    async with Stage.create(start=at(26, 0), cogs=(*COGS, handoff)) as stage:
        await company(stage)
        await stage.until(at(26, 10))
        await writes(stage, "Ana", q1="the parser", q2="the docs", q3="-")
        await stage.until(at(26, 18))
        post = next(seen for seen in stage.inside(ROOM) if "handoff.post" in [p.kind for p in seen.parts])
        assert "the parser" in post.text


async def test_in_spanish() -> None:
    async with Stage.create(start=at(26, 0), cogs=COGS, language="es") as stage:
        await company(stage)
        await stage.until(at(26, 10))
        post = stage.inside(ROOM)[-1].text
        assert post.startswith("@Ana y @Bo: ahora mismo no puedo escribir directamente")
        assert standing(stage) == []

"""What people use on Discord: commands, buttons, modals and menus, acknowledged in time and done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.engine.errors import StorageFull
from bot.model.event import Commanded, Inbound, MessageReceived, Pressed, Submitted
from bot.platforms.discord.responses import STORING
from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.people import Discord, Seen, eventually
from tests.platforms.discord.running import running

CALLBACK = "/callback$"


@pytest.fixture
async def here(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord) as here:
        yield here


@pytest.fixture
async def empty(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord, team=False) as here:
        yield here


# --- commands -----------------------------------------------------------------------------------------------


async def test_an_answer_is_for_ones_own_eyes_in_a_server_and_an_ordinary_message_in_private(empty: Atlas) -> None:
    public = await (await empty.ana.slash("help", empty.general)).answer()
    private = await (await empty.ana.slash("help")).answer()
    assert (public.ephemeral, private.ephemeral) == (True, False)


async def test_a_command_is_found_and_answered_in_the_language_of_the_persons_client(empty: Atlas) -> None:
    await empty.ana.speaks("es-ES")
    made = await empty.ana.slash("equipo crear", empty.general, name="Atlas")
    assert "El equipo Atlas está creado" in (await made.answer()).text
    async with empty.bot.transaction() as tx:
        (workspace,) = await tx.stores.directory.workspaces()
    assert (workspace.name, workspace.language) == ("Polaris", "es")


async def test_a_member_reads_in_the_language_of_their_client_until_they_choose_another(here: Atlas) -> None:
    await here.bo.speaks("ja")
    assert "チーム" in (await (await here.bo.slash("me show")).answer()).text
    await (await here.bo.slash("me language", language="de")).answer()
    assert (await here.member(here.bo)).language == "de"


async def test_who_reads_alone_is_told_to_type_what_their_client_shows(here: Atlas) -> None:
    await here.bo.speaks("de")
    alone = (await (await here.bo.slash("ich zeitzone", here.general, zone="Tokio")).answer()).text
    assert "`/ich zeitzone zeitzone:Lisbon`" in alone
    shown = (await (await here.bo.slash("ich zeigen")).answer()).text
    assert "`/ich zeitzone`, `/ich arbeitszeit`" in shown


@pytest.mark.parametrize("answer", ["Yes", "No"])
@pytest.mark.parametrize("private", [True, False])
async def test_an_answered_question_has_no_buttons_any_more(here: Atlas, private: bool, answer: str) -> None:
    place = here.ana.dm if private else here.general
    asked = await (await here.ana.slash("team delete", place, team="Atlas")).answer()
    assert asked.buttons == ("Yes", "No")
    await here.ana.press(asked, answer)

    async def settled() -> bool:
        (now,) = [each for each in await here.ana.sees(place) if each.id == asked.id]
        assert now.text == asked.text
        return not now.buttons

    await eventually(settled)
    await here.ana.reads("Nothing was changed" if answer == "No" else "Atlas is", place)


async def test_a_choice_that_can_be_made_again_keeps_its_button(here: Atlas) -> None:
    await here.asks()
    prompt = await here.bo.reads("Atlas update")
    await (await here.bo.press(prompt, "In an hour")).acknowledged()
    await here.bo.reads("again at")
    (now,) = [each for each in await here.bo.sees() if each.id == prompt.id]
    assert now.buttons == prompt.buttons


async def test_options_are_called_what_ones_client_calls_them(here: Atlas) -> None:
    await here.bo.speaks("de")
    told = (await (await here.bo.slash("hilfe", topic="ich zeitzone")).answer()).text
    assert "- zeitzone: eine Stadt" in told
    await here.bo.say(here.bo.dm, "ich arbeitszeit")
    assert "„arbeitszeit“ fehlt" in (await here.bo.reads("fehlt")).text


async def test_what_people_are_told_works_where_their_client_does_not_know_it(here: Atlas) -> None:
    """Who reads in another language than their client's sends it as an ordinary message."""
    await here.bo.say(here.bo.dm, "/ich zeitzone zeitzone:東京")
    await eventually(lambda: _is_in(here, "Asia/Tokyo"))
    await here.bo.say(here.bo.dm, "yo zona-horaria Lisboa")
    await eventually(lambda: _is_in(here, "Europe/Lisbon"))


async def _is_in(here: Atlas, zone: str) -> bool:
    return (await here.member(here.bo)).zone == zone


async def test_what_is_wrong_with_a_members_first_command_is_told_in_their_clients_language(here: Atlas) -> None:
    await here.bo.speaks("de")
    wrong = await (await here.bo.slash("me timezone", here.general, zone="Xyz")).answer()
    assert "Ich kenne" in wrong.text
    assert (await here.member(here.bo)).language == "de"


async def test_a_form_opens_in_the_language_of_the_persons_client_from_the_first_time_on(here: Atlas) -> None:
    await here.bo.speaks("ja")
    _, prompt = await here.asks()
    modal = await (await here.bo.press(prompt, prompt.buttons[0])).modal()
    assert "何" in modal.inputs[0].label


async def test_which_of_two_servers_is_meant_is_chosen_by_a_button_under_the_answer(here: Atlas) -> None:
    other = await here.discord.guild("Orion", owner=here.ana)
    there = await other.channel("orion")
    await other.join(here.bo)
    await (await here.ana.slash("team create", there, name="Rigel")).answer()
    await (await here.ana.slash("team add", there, team="Rigel", member=here.bo)).answer()
    asked = await (await here.bo.slash("team list")).answer()
    assert "Which team" in asked.text
    await here.bo.press(asked, next(label for label in asked.buttons if "Rigel" in label))
    shown = await here.bo.reads("2 members")
    assert "Atlas" not in shown.text


async def test_how_ones_updates_stand_is_shown_in_a_server_to_oneself(here: Atlas) -> None:
    shown = await (await here.bo.slash("standup mine", here.general)).answer()
    assert shown.ephemeral
    assert "only for you" not in shown.text


async def test_whoever_is_no_member_is_answered_in_their_clients_language(empty: Atlas) -> None:
    await empty.ana.speaks("de")
    await empty.bo.speaks("es-ES")
    setup = await (await empty.ana.slash("setup", empty.general)).answer()
    assert "Zuerst das Team" in setup.text
    hello = await (await empty.bo.slash("me show", empty.general)).answer()
    assert "¡Hola!" in hello.text


async def test_people_and_channels_among_the_options_are_those_that_are_meant(here: Atlas) -> None:
    other = await here.guild.channel("relay")
    set_ = await here.says("channel set", team="Atlas", purpose="handoff", where=other)
    assert "relay is where Atlas hands over" in set_.text
    assert "Bo Smith" in (await here.says("team show", team="Atlas")).text
    (added,) = [e for e in here.bot.of(Commanded) if e.text.startswith("team add")]
    assert [(p.identity.account, p.name) for p in added.people] == [(str(here.bo.id), "Bo Smith")]


async def test_a_channel_that_the_bot_cannot_see_or_write_in_is_refused_at_once_with_the_rights_it_needs(
    here: Atlas,
) -> None:
    hidden, quiet = await here.guild.channel("hidden"), await here.guild.channel("quiet")
    await hidden.deny("bot", "view_channel")
    await quiet.deny("bot", "send_messages", "create_public_threads")
    unseen = await here.says("channel set", team="Atlas", purpose="handoff", where=hidden)
    assert "I can't post in #hidden, so nothing has changed. I need these rights there: View Channel." in unseen.text
    picked = await here.says("channel set", team="Atlas", purpose="handoff", where=quiet)
    rights = "I need these rights there: Send Messages and Create Public Threads"
    assert "I can't post in #quiet, so nothing has changed." in picked.text
    assert rights in picked.text
    within = await (await here.ana.slash("channel set", quiet, team="Atlas", purpose="handoff")).answer()
    assert rights in within.text


async def test_a_channel_without_the_right_to_make_threads_is_taken_and_the_right_is_named(here: Atlas) -> None:
    other = await here.guild.channel("relay")
    await other.deny("bot", "create_public_threads")
    picked = await here.says("channel set", team="Atlas", purpose="handoff", where=other)
    assert "relay is where Atlas hands over" in picked.text
    assert "In #relay I can't do everything yet. I need these rights there: Create Public Threads." in picked.text


async def test_a_value_of_several_words_stays_together(here: Atlas) -> None:
    await here.says("team create", name="Blue Whale")
    assert "Blue Whale" in (await here.says("team show", team="Blue Whale")).text
    assert here.bot.of(Commanded)[-1].text == 'team show team:"Blue Whale"'


async def test_who_is_named_in_an_options_text_is_written_by_name(here: Atlas) -> None:
    await (await here.bo.slash("update", here.general, text=f"paired with <@{here.ana.id}>")).answer()
    assert set(await here.entries(here.bo)) == {"paired with @ana"}


async def test_who_is_not_on_the_server_and_what_is_no_person_is_not_added(here: Atlas) -> None:
    left, other = await here.discord.user("le*f*t"), await here.discord.user("other", bot=True)
    await here.guild.join(left)
    await here.guild.join(other, nick="bo smith")  # as a member is called
    await here.guild.leave(left)
    for place in (here.general, here.ana.dm):
        answer = await (await here.ana.slash("team add", place, team="Atlas", member=left)).answer()
        assert r"le\*f\*t is not here, so I can't add them. Invite them first" in answer.text
        answer = await (await here.ana.slash("team add", place, team="Atlas", member=other)).answer()
        called = "bo smith" if place is here.general else "other"
        assert f"{called} is a bot" in answer.text
    answer = await here.says("team remove", team="Atlas", member=other)
    assert "bo smith is a bot" in answer.text
    eve = await here.discord.user("eve")
    await here.guild.join(eve, nick="Eve")
    assert "Eve is in none of the teams here" in (await here.says("team remove", team="Atlas", member=eve)).text
    assert "Bo Smith" in (await here.says("team show", team="Atlas")).text


async def test_values_are_suggested_while_they_are_typed(here: Atlas) -> None:
    assert ("Lisbon (Europe/Lisbon)", "Europe/Lisbon") in await here.bo.complete("me timezone", "zone", "Lisbon")
    assert await here.bo.complete("write", "team", "atl") == [("Atlas", "Atlas")]
    assert (await here.bo.complete("me timezone", "zone", "ber"))[0] == ("Berlin (Europe/Berlin)", "Europe/Berlin")
    await here.bo.speaks("ja")
    assert await here.bo.complete("me timezone", "zone", "Tokio") == [("東京（Asia/Tokyo）", "Asia/Tokyo")]
    assert await here.bo.complete("me timezone", "zone", "Nowhere") == []


async def test_where_nothing_can_be_suggested_nothing_is_and_nothing_fails(
    here: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError

    assert here.bot.engine is not None
    monkeypatch.setattr(type(here.bot.engine.immediate), "suggest", broken)
    assert await here.bo.complete("write", "team", "atl") == []


# --- rights -------------------------------------------------------------------------------------------------


async def test_whoever_lets_somebody_see_an_admins_command_makes_no_admin_of_them(here: Atlas) -> None:
    await here.guild.allow_command("team", here.bo)
    answer = await (await here.bo.slash("team create", here.general, name="Mine")).answer()
    assert "Only admins can use" in answer.text


async def test_a_role_that_the_operator_chose_makes_admins(discord: Discord) -> None:
    ana, bo = await discord.user("ana"), await discord.user("bo")
    guild = await discord.guild("Polaris", owner=ana)
    general, lead = await guild.channel("general"), await guild.role("Lead")
    await guild.join(bo, lead)
    async with running(discord, admin_roles=(str(lead.id),)):
        assert "Atlas is made" in (await (await bo.slash("team create", general, name="Atlas")).answer()).text


async def test_an_admins_command_works_in_private_for_as_long_as_they_are_one(here: Atlas) -> None:
    lead = await here.guild.role("Lead", "manage_guild")
    await here.guild.give(here.bo, lead)
    renamed = await (await here.bo.slash("team rename", team="Atlas", name="Polaris")).answer()
    assert "Polaris" in renamed.text
    await here.guild.take(here.bo, lead)
    await here.bot.later(timedelta(minutes=5))
    refused = await (await here.bo.slash("team rename", team="Polaris", name="Atlas")).answer()
    assert "Only admins can use" in refused.text


async def test_on_a_server_that_is_not_served_nothing_is_done(discord: Discord) -> None:
    ana = await discord.user("ana")
    guild = await discord.guild("Elsewhere", owner=ana)
    general = await guild.channel("general")
    async with running(discord, guilds=("1",)) as bot:
        answer = await (await ana.slash("team create", general, name="Atlas")).answer()
        assert "I don't work on this server" in answer.text
        assert bot.heard == []


# --- forms --------------------------------------------------------------------------------------------------


async def test_a_button_opens_the_questions_and_what_is_sent_in_is_kept(here: Atlas) -> None:
    prompt, _bos = await here.asks()
    modal = await (await here.ana.press(prompt, "Write")).modal()
    assert [each.label for each in modal.inputs][:2] == ["What did you finish?", "What is next?"]
    sent = await modal.submit({"What did you finish?": "the map", "What is next?": "the legend"})
    assert (await sent.acknowledged())["response"] == 6  # no "is thinking…": the receipt is a message of its own
    receipt = await here.ana.reads("Atlas update")
    await eventually(lambda: len(here.bot.of(Submitted)) == 1)
    assert await here.entries(here.ana) == ["the map", "the legend"]
    assert receipt.author_id == here.discord.bot_id


async def test_a_commands_form_is_answered_below_the_command(here: Atlas) -> None:
    modal = await (await here.ana.slash("write", here.general, team="Atlas")).modal()
    answer = await (await modal.submit({"What did you finish?": "the map"})).answer()
    assert answer.ephemeral
    assert await here.entries(here.ana) == ["the map"]


async def test_a_form_that_can_not_open_says_why(here: Atlas) -> None:
    answer = await (await here.ana.slash("write", here.general, team="Nowhere")).answer()
    assert answer.ephemeral
    assert "There is no team “Nowhere” here." in answer.text


async def test_an_old_button_works_after_a_restart(here: Atlas) -> None:
    prompt, _bos = await here.asks()
    await here.bot.restart()
    assert (await (await here.ana.press(prompt, "Write")).modal()).inputs


async def test_a_form_that_was_open_during_a_restart_is_taken(here: Atlas) -> None:
    prompt, _bos = await here.asks()
    modal = await (await here.ana.press(prompt, "Write")).modal()
    await here.bot.restart()
    await (await modal.submit({"What did you finish?": "the map"})).acknowledged()
    await eventually(lambda: here.bot.of(Submitted))
    assert await here.entries(here.ana) == ["the map"]


async def test_what_could_not_be_stored_stays_in_the_open_form(here: Atlas) -> None:
    modal = await (await here.ana.slash("write", here.general, team="Atlas")).modal()

    async def full(event: Inbound) -> None:
        here.bot.before = None
        raise StorageFull("the disk is full")

    here.bot.before = full
    assert await (await modal.submit({"What did you finish?": "the map"})).failed()
    await (await modal.submit({"What did you finish?": "the map"})).answer()
    assert await here.entries(here.ana) == ["the map"]


async def test_what_takes_long_to_store_is_acknowledged_in_time_and_stored_once(here: Atlas) -> None:
    modal = await (await here.ana.slash("write", here.general, team="Atlas")).modal()
    going = asyncio.Event()

    async def slow(event: Inbound) -> None:
        await going.wait()

    here.bot.before = slow
    sent = await modal.submit({"What did you finish?": "the map"})
    assert (await sent.acknowledged())["response"] == 5
    going.set()
    await sent.answer()
    assert await here.entries(here.ana) == ["the map"]


# --- buttons ------------------------------------------------------------------------------------------------


async def test_a_button_without_a_form_does_what_it_says(here: Atlas) -> None:
    _anas, prompt = await here.asks()
    assert (await (await here.bo.press(prompt, "Skip")).acknowledged())["response"] == 6
    await eventually(lambda: here.bot.of(Pressed, here.bo))
    assert "no Atlas update for Mon" in (await here.bo.reads("All right")).text


async def test_a_question_in_a_server_is_answered_by_its_button(here: Atlas) -> None:
    asked = await here.says("team delete", team="Atlas")
    answer = await (await here.ana.press(asked, "Yes")).answer()
    assert answer.ephemeral
    assert "Atlas is deleted" in answer.text


async def test_a_button_of_an_earlier_version_explains_itself(here: Atlas) -> None:
    old = await posted(here, {"type": 2, "style": 1, "label": "Old", "custom_id": "standup:write:7"})
    answer = await (await here.ana.press(old, "Old")).answer()
    assert answer.ephemeral
    assert "from an earlier version of mine" in answer.text


async def test_a_button_whose_command_is_no_more_explains_itself(here: Atlas) -> None:
    gone = await posted(here, {"type": 2, "style": 1, "label": "Old", "custom_id": "helio:0:k1|dance Atlas"})
    answer = await (await here.ana.press(gone, "Old")).answer()
    assert "nothing has changed" in answer.text


# --- menus --------------------------------------------------------------------------------------------------


async def test_a_message_is_added_to_ones_update_by_its_menu_though_the_bot_can_not_read_it(here: Atlas) -> None:
    said = await here.bo.say(here.general, "merged the parser", files={"graph.png": b"\x89PNG"})
    await (await here.bo.menu("Add to my update", said)).answer()
    (used,) = here.bot.of(Commanded, here.bo)
    assert (used.text, used.message_id) == ("update text:merged the parser", str(said.id))
    assert [each.split("/")[-1] for each in used.attachments] == ["graph.png"]
    (entry,) = await here.entries(here.bo)
    assert entry.startswith("merged the parser\n🖼 ")


async def test_what_somebody_else_said_is_added_by_its_menu_and_is_not_ones_own_message(here: Atlas) -> None:
    said = await here.ana.say(here.general, "the build is red")
    await (await here.bo.menu("Mark as blocker", said)).answer()
    (used,) = here.bot.of(Commanded, here.bo)
    assert used.message_id != str(said.id)
    assert await here.entries(here.bo) == ["ana wrote: the build is red"]
    await here.ana.delete(said)
    await here.bot.restart()
    assert await here.entries(here.bo) == ["ana wrote: the build is red"]


async def test_what_the_bot_wrote_is_added_to_nobodys_update(here: Atlas) -> None:
    await here.ana.say(here.general, "team show Atlas", mentions=("bot",))
    board = await here.ana.reads("at work now", here.general)
    refused = await (await here.bo.menu("Mark as blocker", board)).answer()
    assert "That is a message of mine" in refused.text
    assert not here.bot.of(Commanded, here.bo)


async def test_what_is_added_to_a_whole_update_by_a_menu_is_confirmed_there_and_nowhere_else(here: Atlas) -> None:
    _, prompt = await here.asks()
    modal = await (await here.bo.press(prompt, "Write")).modal()
    answers = ("the map", "the legend", "nothing")
    await modal.submit({field.custom_id: said for field, said in zip(modal.inputs, answers, strict=True)})
    await here.bo.reads("Thank you")
    said = await here.bo.say(here.general, "stuck on the tests")
    told = await (await here.bo.menu("Mark as blocker", said)).answer()
    assert "Added to your Atlas update" in told.text
    receipt = await here.bo.reads("stuck on the tests")
    assert "1 blocker" in receipt.text
    assert not [each for each in await here.bo.from_bot() if "Added to your" in each.text]


async def test_who_is_named_by_id_in_a_form_is_written_by_name(here: Atlas) -> None:
    _, prompt = await here.asks()
    modal = await (await here.bo.press(prompt, "Write")).modal()
    await modal.submit({modal.inputs[0].custom_id: f"paired with <@{here.ana.id}>"})

    async def written() -> bool:
        return set(await here.entries(here.bo)) == {"paired with @ana"}

    await eventually(written)


async def test_ones_own_message_that_was_added_by_its_menu_is_taken_back_with_it(here: Atlas) -> None:
    said = await here.bo.say(here.general, "merged the parser")
    await (await here.bo.menu("Add to my update", said)).answer()
    await here.bo.delete(said)

    async def nothing() -> bool:
        return await here.entries(here.bo) == []

    await eventually(nothing)


# --- what goes wrong ----------------------------------------------------------------------------------------


async def test_an_acknowledgement_whose_reply_was_lost_counts_and_the_command_runs_once(here: Atlas) -> None:
    await here.discord.fault(route=CALLBACK, cut=True)
    answer = await here.says("team create", name="Borealis")
    assert "Borealis is made" in answer.text
    assert len([e for e in here.bot.of(Commanded) if "Borealis" in e.text]) == 1


async def test_what_came_too_late_is_not_done_and_that_is_said(here: Atlas) -> None:
    await here.asks()
    await here.discord.fault(404, code=10062, route=CALLBACK)
    here.bot.clock.by += timedelta(seconds=4)
    await here.ana.slash("team create", here.general, name="Borealis")
    assert "reached me too late, so nothing was changed" in (await here.ana.reads("too late")).text
    assert not [e for e in here.bot.of(Commanded) if "Borealis" in e.text]


async def test_what_was_done_while_discord_stopped_waiting_is_answered_by_direct_message(here: Atlas) -> None:
    await here.asks()
    await here.discord.fault(404, code=10062, route=CALLBACK)
    await here.ana.slash("team create", here.general, name="Borealis")
    assert "The team Borealis is made" in (await here.ana.reads("Borealis")).text


async def test_what_was_used_is_stored_before_it_is_acknowledged(here: Atlas) -> None:
    before = (await here.discord.statistics())["acknowledgements"]

    async def stop(event: Inbound) -> None:
        here.bot.before = None
        await asyncio.sleep(STORING / 3)
        assert (await here.discord.statistics())["acknowledgements"] == before
        raise RuntimeError("the process is gone")

    here.bot.before = stop
    used = await here.ana.slash("team show", here.general, team="Atlas")
    assert "Something went wrong" in (await used.answer()).text
    assert "Bo Smith" in (await here.says("team show", team="Atlas")).text


async def test_what_takes_long_to_store_is_acknowledged_meanwhile(here: Atlas) -> None:
    going = asyncio.Event()

    async def long(event: Inbound) -> None:
        here.bot.before = None
        await going.wait()

    here.bot.before = long
    used = await here.ana.slash("team show", here.general, team="Atlas")
    await used.acknowledged()
    going.set()
    assert "Bo Smith" in (await used.answer()).text


async def test_an_answer_that_takes_longer_than_the_interaction_lives_comes_by_direct_message(here: Atlas) -> None:
    async def long(event: Inbound) -> None:
        here.bot.before = None
        await here.bot.later(timedelta(minutes=16))

    here.bot.before = long
    await here.ana.slash("team show", here.general, team="Atlas")
    assert "Bo Smith" in (await here.ana.reads("at work now")).text


async def test_a_malformed_interaction_stops_nothing(here: Atlas) -> None:
    await here.discord.dispatch("INTERACTION_CREATE", {"type": 2, "id": "1"})
    await here.discord.dispatch("INTERACTION_CREATE", {"type": 99})
    assert (await here.says("team show", team="Atlas")).text


async def test_typing_in_private_works_as_well(here: Atlas) -> None:
    await here.bo.say(here.bo.dm, "me show")
    assert "Bo Smith" in (await here.bo.reads("What I know")).text
    assert here.bot.of(MessageReceived, here.bo)[0].direct


# --- inside -------------------------------------------------------------------------------------------------


async def posted(here: Atlas, button: dict[str, Any]) -> Seen:
    """Let the bot post a message with a button in the channel, as an earlier version might have."""
    assert here.bot.platform is not None
    body = {"content": "An old message", "components": [{"type": 1, "components": [button]}]}
    await here.bot.platform.rest.call("POST", "/channels/{channel_id}/messages", body, channel_id=str(here.general.id))
    return await here.ana.reads("An old message", here.general)

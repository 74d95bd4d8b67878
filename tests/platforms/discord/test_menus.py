"""Messages picked by their menus: what of them is taken, as what, and what is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.people import Discord, Seen, User, eventually

ADD, MARK = "Add to my update", "Mark as blocker"
PICTURE = b"\x89PNG"


@pytest.fixture
async def here(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord) as here:
        yield here


async def told(user: User, menu: str, message: Seen) -> Seen:
    """Use a message's menu, and read the answer."""
    return await (await user.menu(menu, message)).answer()


async def becomes(here: Atlas, *entries: str) -> None:
    """Wait until this is all that stands in Bo's journal."""

    async def check() -> bool:
        assert await here.entries(here.bo) == list(entries)
        return True

    await eventually(check)


async def test_a_message_is_added_as_a_note_then_marked_and_the_prompt_stays_open(here: Atlas) -> None:
    _, prompt = await here.asks()
    before = len(await here.bo.from_bot())
    said = await here.bo.say(here.general, "1. the keys are missing")
    assert "as a note:" in (await told(here.bo, ADD, said)).text
    assert "already, as a note:" in (await told(here.bo, ADD, said)).text
    assert "is a blocker there now:" in (await told(here.bo, MARK, said)).text
    last = await told(here.bo, ADD, said)
    assert "already, as a blocker:" in last.text
    assert (last.ephemeral, last.buttons) == (True, ("Edit", "Withdraw"))
    await becomes(here, "1. the keys are missing")
    assert len(await here.bo.from_bot()) == before
    form = await (await here.bo.press(prompt, "Write")).modal()
    assert [field.label for field in form.inputs] == ["What did you finish?", "What is next?"]
    assert "after an edit, choose it again" in last.text  # Discord does not show the bot what is changed there
    said = await here.bo.edit(said, "the keys are here")
    again = await told(here.bo, ADD, said)
    assert "already, as a blocker:" in again.text
    assert "I have taken over what was changed in it." in again.text
    await becomes(here, "the keys are here")
    await here.bo.delete(said)
    await becomes(here)


async def test_ones_own_message_in_private_is_followed_when_it_is_changed(here: Atlas) -> None:
    await here.bo.say(here.bo.dm, "skip")
    said = await here.bo.say(here.bo.dm, "a remark")
    answer = await told(here.bo, ADD, said)
    assert "If you edit or delete that message, your update follows." in answer.text
    await here.bo.edit(said, "another remark")
    await becomes(here, "another remark")


async def test_what_was_picked_is_taken_out_by_its_receipt_also_after_a_restart(here: Atlas) -> None:
    said = await here.ana.say(here.general, "the build is red")
    receipt = await told(here.bo, MARK, said)
    assert receipt.buttons == ("Withdraw",)
    await here.bot.restart()
    gone = await (await here.bo.press(receipt, "Withdraw")).answer()
    assert gone.ephemeral
    assert "It is not in your Atlas update for Mon, 1 Mar any more." in gone.text
    await becomes(here)


async def test_whose_words_they_are_is_told_with_their_name_as_it_is_written(here: Atlas) -> None:
    ci = await here.discord.user("Build *Bot* @everyone", bot=True)
    await here.guild.join(ci)
    answer = await told(here.bo, MARK, await ci.say(here.general, "pipeline 17 failed"))
    assert "Build \\*Bot\\* @\u200beveryone wrote:\n\n> pipeline 17 failed" in answer.content
    assert not answer.notified
    await becomes(here, "Build *Bot* @everyone wrote: pipeline 17 failed")
    told_of_ana = await told(here.ana, ADD, await here.bo.say(here.general, "merged"))
    assert "Bo Smith wrote:" in told_of_ana.text  # as the server calls him


async def test_in_german_it_is_a_german_sentence(here: Atlas) -> None:
    await here.ana.speaks("de")
    await (await here.ana.slash("workspace sprache", here.general, language="de")).answer()
    await here.bo.speaks("de")
    answer = await told(here.bo, "Als Hindernis vermerken", await here.ana.say(here.general, "der Build ist rot"))
    assert "In deinem Update an Atlas vom Mo., 1. März ergänzt, als Hindernis:" in answer.text
    assert answer.buttons == ("Zurücknehmen",)
    await becomes(here, "ana schrieb: der Build ist rot")


@pytest.mark.parametrize("menu", [ADD, MARK])
async def test_a_picture_without_words_is_taken(here: Atlas, menu: str) -> None:
    said = await here.bo.say(here.general, "", files={"graph.png": PICTURE})
    answer = await told(here.bo, menu, said)
    assert "> 🖼 " in answer.text
    assert "graph.png" in answer.text
    (entry,) = await here.entries(here.bo)
    assert entry.startswith("🖼 ")


@pytest.mark.parametrize("menu", [ADD, MARK])
async def test_a_message_without_words_or_files_is_not_taken_and_that_is_said(here: Atlas, menu: str) -> None:
    ci = await here.discord.user("ci", bot=True)
    await here.guild.join(ci)
    embedded = await ci.say(here.general, "", embeds=[{"title": "pipeline 17"}])
    answer = await told(here.bo, menu, embedded)
    assert "There are no words in that message, and no picture or file" in answer.text
    assert answer.ephemeral
    await becomes(here)


async def test_a_message_of_the_bots_is_not_taken_and_that_is_said(here: Atlas) -> None:
    prompt, _ = await here.asks()
    for menu in (ADD, MARK):
        assert "That is a message of mine" in (await told(here.ana, menu, prompt)).text


async def test_an_answer_in_private_may_be_marked_and_its_question_is_open_again(here: Atlas) -> None:
    await here.asks()
    said = await here.bo.say(here.bo.dm, "the keys are missing")
    await here.bo.reads("2 of 3")
    answer = await told(here.bo, MARK, said)
    assert "is a blocker there now:" in answer.text
    assert "2 questions are still open." in answer.text
    await becomes(here, "the keys are missing")


async def test_who_takes_no_direct_messages_sees_what_is_open_below_it(here: Atlas) -> None:
    await here.bo.close_dms()
    relay = await here.guild.channel("relay")
    await here.says("channel set", team="Atlas", purpose="handoff", where=relay)
    await here.says("standup now", team="Atlas")
    await here.bo.reads("I can't write to you directly", relay)
    answer = await told(here.bo, ADD, await here.bo.say(here.general, "merged the parser"))
    assert "as a note:" in answer.text
    assert "What did you finish?" in answer.text
    assert "Answer right here" in answer.text


async def test_in_two_teams_a_button_for_each_adds_what_was_picked_also_after_a_restart(here: Atlas) -> None:
    for words, options in (("team create", {"name": "Borealis"}), ("standup create", {"team": "Borealis"})):
        await here.says(words, **options)
    await here.says("team add", team="Borealis", member=here.bo)
    said = await here.ana.say(here.general, "the build is red")
    asked = await told(here.bo, MARK, said)
    assert asked.text == "Which team is it for: Atlas or Borealis?"
    assert (asked.ephemeral, asked.buttons) == (True, ("Atlas", "Borealis"))
    await here.bot.restart()
    receipt = await (await here.bo.press(asked, "Borealis")).answer()
    assert "Borealis update" in receipt.text
    assert "the build is red" in receipt.text
    (entry,) = await here.entries(here.bo)
    assert "the build is red" in entry

    async def settled() -> bool:
        (now,) = [each for each in await here.bo.sees(here.general) if each.id == asked.id]
        return not now.buttons

    await eventually(settled)

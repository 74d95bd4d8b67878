"""One person on Discord and on Matrix, and one team on both: the local Discord and a real homeserver, one bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.platforms.both import Both, both
from tests.platforms.discord.people import Discord, Seen, eventually
from tests.platforms.matrix.synapse import Synapse

pytestmark = pytest.mark.timeout(180)
WRONG = "This code is wrong, used up or older than ten minutes"
PROMPT = "it is time for your Atlas update"


@pytest_asyncio.fixture
async def here(discord: Discord, synapse: Synapse, tmp_path: Path) -> AsyncIterator[Both]:
    """Ana's account on Matrix is known to nobody yet."""
    async with both(discord, synapse, tmp_path) as here:
        await here.ana2.meets()
        yield here


async def prompts(here: Both) -> tuple[int, int]:
    """How many prompts Ana has got on Discord, and on Matrix."""
    on_discord = [seen for seen in await here.ana.from_bot() if PROMPT in seen.text]
    on_matrix = [line for line in await here.ana2.from_bot() if PROMPT in line.text]
    return len(on_discord), len(on_matrix)


async def receipt(here: Both, *words: str) -> Seen:
    """Wait for Ana's receipt on Discord to have these words in it."""

    async def check() -> Seen:
        found = [seen for seen in await here.ana.from_bot() if "Thank you!" in seen.text]
        assert len(found) == 1, found
        assert all(word in found[0].text for word in words), found[0].text
        return found[0]

    return await eventually(check)


async def until_entries(here: Both, *wanted: str) -> None:
    """Wait until exactly this stands in the journal of Ana."""

    async def check() -> bool:
        assert sorted(await here.entries(here.account(here.ana))) == sorted(wanted)
        return True

    await eventually(check)


# --- codes ----------------------------------------------------------------------------------------------------


async def test_a_code_works_once_for_ten_minutes_on_the_other_platform(here: Both) -> None:
    assert WRONG in await here.ana2.says("me link AAAA-AAAA", "wrong")
    late = await here.code()
    await here.bot.later(timedelta(minutes=10))
    assert WRONG in await here.ana2.says(f"me link {late}", "wrong")

    code = await here.code()
    refused = await (await here.ana.slash("me link", code=code)).answer()
    assert refused.text == (
        "That code is from Discord too; I join accounts on two different platforms. "
        "Write it to me from your account on the other one."
    )
    linked = await here.ana2.says(f"me link {code}", "one person")
    address = here.ana2.human.user_id
    assert linked.startswith(f"ana on Discord and Ana ({address}) on Matrix are one person to me now.")
    told = await here.ana.reads("one person to me now")
    assert told.text == (
        f"This account and Ana ({address}) on Matrix are one person to me now. "
        "If that was not you, part them: `/me unlink`."
    )
    assert WRONG in await here.ana2.says(f"me link {code}", "wrong")
    again = await here.ana2.says(f"me link {await here.code()}", "already")
    assert again.startswith("This account and ana on Discord are one person to me already")


async def test_a_code_survives_the_bots_end_and_goes_the_other_way_too(here: Both) -> None:
    told = await here.ana2.says("me link", "write this to me in private")
    code = told.split("me link ")[1].split()[0]
    await here.bot.restart()
    await here.discord.connected()
    linked = await (await here.ana.slash("me link", code=code)).answer()
    address = here.ana2.human.user_id
    assert linked.text.startswith(f"Ana ({address}) on Matrix and ana on Discord are one person to me now.")
    assert (await here.ana2.reads("If that was not you")).text == (
        "This account and ana on Discord are one person to me now. If that was not you, part them: `me unlink`."
    )
    one, other = await here.members(here.account(here.ana), here.account(here.ana2))
    assert one == other != []


# --- asked once -----------------------------------------------------------------------------------------------


async def test_one_update_is_written_on_both_sides_and_the_next_prompt_comes_where_the_last_answer_came_from(
    here: Both,
) -> None:
    await here.link()
    await here.says("standup now", team="Atlas")
    await here.ana2.reads(PROMPT)
    first = await here.ana2.human.say(here.ana2.direct, "the parser")
    await here.ana2.reads("2 of 3")
    second = await here.ana.say(here.ana.dm, "the docs")
    await here.ana.reads("3 of 3")
    await here.ana.say(here.ana.dm, "nothing")
    await receipt(here, "the parser", "the docs")
    assert await prompts(here) == (0, 1)
    await until_entries(here, "the parser", "the docs")

    # What is changed or taken back follows, on whichever side it was said.
    await here.ana2.human.edit(here.ana2.direct, first, "the lexer")
    await receipt(here, "the lexer", "the docs")
    await here.ana.edit(second, "the manual")
    await receipt(here, "the lexer", "the manual")
    await here.ana2.human.redact(here.ana2.direct, first)
    await until_entries(here, "the manual")

    await here.bot.later(timedelta(days=1))
    await here.bot.catch_up()
    await here.ana.reads(PROMPT)
    assert await prompts(here) == (1, 1)


async def test_linking_while_both_are_asked_leaves_one_update(here: Both) -> None:
    room = await here.spans()
    await here.ana2.says("!helio team add Atlas Ana", "is in Atlas now", room)
    await here.says("standup now", team="Atlas")
    await here.ana.reads(PROMPT)
    await here.ana2.reads(PROMPT)
    await here.ana.say(here.ana.dm, "the parser")
    await here.ana.reads("2 of 3")
    linked = await here.link()
    assert "Both were known to me in Polaris" in linked
    await here.ana2.says("the docs", "3 of 3")
    await here.ana2.says("nothing", "Thank you!")
    await until_entries(here, "the parser", "the docs")


async def test_unlinking_while_a_prompt_is_open_leaves_it_to_the_account_that_parts_them(here: Both) -> None:
    room = await here.spans()
    await here.link()
    await here.says("standup now", team="Atlas")
    await here.ana2.reads(PROMPT)
    asked = await (await here.ana.slash("me unlink")).answer()
    address = here.ana2.human.user_id
    happens = (
        "In Polaris, ana on Discord keeps the teams, the leave and all that was written; "
        f"Ana ({address}) on Matrix keeps a copy of the settings, and is in no team until an admin adds it."
    )
    assert asked.text == f"Part ana on Discord from Ana ({address}) on Matrix? {happens} Answer yes or no."
    await (await here.ana.press(asked, "Yes")).acknowledged()
    parted = await here.ana.reads("are parted")
    assert parted.text == (
        f"The accounts are parted: each is a person of its own to me. {happens}\n\nTo join them again: `/me link`."
    )
    assert (await here.ana2.reads("two people")).text == (
        f"This account and ana on Discord are two people to me now. {happens}\n\nTo join them again: `me link`."
    )
    await here.ana2.says("the parser", "I have no question open for you")
    await here.ana.say(here.ana.dm, "the docs")
    await here.ana.reads("2 of 3")
    await until_entries(here, "the docs")

    # Once they are in the team, both are asked for themselves.
    await here.ana2.says("!helio team add Atlas @Ana", "is in Atlas now", room)
    await here.bot.later(timedelta(days=1))
    await here.bot.catch_up()
    await here.ana.reads(PROMPT)

    async def twice() -> bool:
        return await prompts(here) == (1, 2)

    await eventually(twice)


# --- one team on both -----------------------------------------------------------------------------------------


async def test_a_handoff_from_discord_reaches_its_takers_room_on_matrix_and_follows_what_is_changed(
    here: Both,
) -> None:
    room = await here.spans()
    mia = await here.on_matrix("Mia")
    await here.ana2.human.invite(room, mia.human.user_id)
    await mia.human.join(room)
    await here.ana2.says("!helio team add Atlas Mia", "Mia is in Atlas now", room)
    await here.ana2.says("!helio channel set Atlas handoff here", "I post handoffs here", room)
    await here.says("standup now", team="Atlas")
    await here.bo.reads(PROMPT)
    said = await here.bo.say(here.bo.dm, "1. the lexer\n2. the docs\n3. @Mia please read them")
    receipt = await here.bo.reads("Thank you!")
    assert "1 request to Mia" in receipt.text
    posted = await here.says("handoff now", team="Atlas")
    assert "in #atlas-matrix" in posted.text.replace("\\", "")
    post = await mia.reads("please read them (from bo)", room)
    assert post.content["m.mentions"] == {"user_ids": [mia.human.user_id]}
    thread = await mia.human.hear(room, lambda line: line.thread == post.id)
    assert "the lexer" in thread.text

    await here.bo.edit(said, "1. the parser\n2. the docs\n3. nothing")

    async def follows() -> bool:
        texts = [line.text for line in await mia.human.lines(room) if line.id in (post.id, thread.id)]
        return all("the parser" in text and "the lexer" not in text and "please" not in text for text in texts)

    await eventually(follows)


async def test_whom_a_post_on_the_other_platform_cannot_mention_is_told_in_private(here: Both) -> None:
    room = await here.spans()
    mia = await here.on_matrix("Mia")
    await here.ana2.human.invite(room, mia.human.user_id)
    await mia.human.join(room)
    await mia.meets()
    await here.ana2.says("!helio team add Atlas Mia", "Mia is in Atlas now", room)
    await here.says("channel set", team="Atlas", purpose="handoff")
    await here.says("standup now", team="Atlas")
    await here.bo.reads(PROMPT)
    await here.bo.say(here.bo.dm, "1. the lexer\n2. the docs\n3. @Mia please read them")
    await here.bo.reads("Thank you!")
    await here.says("handoff now", team="Atlas")
    await here.ana.reads("Mia: please read them", here.general)
    told = await mia.reads("needs you")
    assert "please read them" in told.text


async def test_a_team_on_both_has_its_posts_in_a_room_on_each_and_they_follow_what_is_changed(here: Both) -> None:
    room = await here.spans()
    mia = await here.on_matrix("Mia")
    await here.ana2.human.invite(room, mia.human.user_id)
    await mia.human.join(room)
    await here.ana2.says("!helio team add Atlas Mia", "Mia is in Atlas now", room)
    await here.says("channel set", team="Atlas", purpose="handoff")
    await here.says("channel set", team="Atlas", purpose="social")
    told = await here.ana2.says("!helio channel set Atlas handoff here", "I post handoffs here", room)
    assert (
        "I go on posting in #general as well, for those who are there. "
        "To end that, type `!helio channel remove Atlas handoff here` there."
    ) in told
    await here.ana2.says("!helio channel set Atlas social here", "I open social threads here", room)
    await here.says("standup now", team="Atlas")
    await here.bo.reads(PROMPT)
    said = await here.bo.say(here.bo.dm, "1. the lexer\n2. the docs\n3. @Mia please read them")
    await here.bo.reads("Thank you!")
    posted = await here.says("handoff now", team="Atlas")
    assert "in #general and #atlas-matrix." in posted.text

    post = await mia.reads("Mia: please read them", room)
    assert post.content["m.mentions"] == {"user_ids": [mia.human.user_id]}
    shown = await here.ana.reads("Mia: please read them", here.general)
    assert shown.thread is not None
    assert "the lexer" in (await here.ana.reads("the lexer", shown.thread)).text
    thread = await mia.human.hear(room, lambda line: line.thread == post.id)
    assert "the lexer" in thread.text

    await here.bo.edit(said, "1. the parser\n2. the docs\n3. nothing")

    async def follows() -> bool:
        there = [line.text for line in await mia.human.lines(room) if line.id in (post.id, thread.id)]
        assert shown.thread is not None
        here_too = [seen.text for seen in await here.ana.from_bot(here.general) if seen.id == shown.id]
        here_too += [seen.text for seen in await here.ana.from_bot(shown.thread)]
        texts = [*there, *here_too]
        return len(texts) == 4 and all("the parser" in t and "the lexer" not in t and "please" not in t for t in texts)

    await eventually(follows)

    opened = await here.says("social now", team="Atlas", theme="pets")
    assert "I opened a thread in #general and #atlas-matrix" in opened.text
    prompt = (await mia.reads("🐾", room)).text.replace("▌ ", "")

    async def same() -> bool:
        posts = [seen.text for seen in await here.ana.from_bot(here.general) if seen.thread and "🐾" in seen.text]
        return [text.replace("#", "").split() for text in posts] == [prompt.split()]

    await eventually(same)

    removed = await here.says("channel remove", team="Atlas", purpose="handoff")
    assert removed.text == (
        "I post no more handoffs of Atlas in #general; those that are there stay. I go on posting in #atlas-matrix. "
        "To undo, type `/channel set team:Atlas purpose:handoff` there."
    )


# --- in German --------------------------------------------------------------------------------------------------


async def test_both_accounts_are_told_in_german_what_becomes_of_them(here: Both) -> None:
    address = here.ana2.human.user_id
    await here.ana.speaks("de")
    await (await here.ana.slash("me link")).answer()
    told = (await here.ana.reads("me link ")).text
    assert told.startswith("Schreib mir das auf der anderen Plattform privat, von deinem Konto dort aus:\n\n> me link ")
    assert "Der Code gilt einmal, 10 Minuten lang." in told
    assert "Wo ich beide schon kenne, gelten die Einstellungen von ana auf Discord weiter." in told
    linked = await here.ana2.says(f"me link {told.split('me link ')[1].split()[0]}", "Discord")
    assert linked.startswith(f"ana auf Discord und Ana ({address}) auf Matrix sind für mich jetzt eine Person.")
    assert (await here.ana.reads("Dieses Konto")).text == (
        f"Dieses Konto und Ana ({address}) auf Matrix sind für mich jetzt eine Person. "
        "Wenn du das nicht warst, trenn sie: `/ich trennen`."
    )
    asked = await (await here.ana.slash("me unlink")).answer()
    happens = f"In Polaris behält ana auf Discord alles, und Ana ({address}) auf Matrix ist dort nicht mehr bekannt."
    assert asked.text == (
        f"ana auf Discord von Ana ({address}) auf Matrix trennen? {happens} Antworte mit Ja oder Nein."
    )
    await (await here.ana.press(asked, "Ja")).acknowledged()
    assert (
        f"Die Konten sind getrennt: Für mich ist jedes eine eigene Person. {happens}"
        in (await here.ana.reads("getrennt")).text
    )
    assert (await here.ana2.reads("zwei Personen")).text == (
        f"Dieses Konto und ana auf Discord sind für mich jetzt zwei Personen. {happens}\n\n"
        "Um sie wieder zu verbinden: `!helio me link`."
    )

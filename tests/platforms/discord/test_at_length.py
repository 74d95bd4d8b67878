"""What people write at length: as much as a form takes, and text full of what a client might act on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

import pytest

from bot.platforms.discord.marks import units
from tests.platforms.discord.atlas import Atlas, atlas
from tests.platforms.discord.markdown import read
from tests.platforms.discord.people import Discord, Modal, Place, Seen, eventually

QUESTIONS = "next: Q1? | done: Q2? | blocker: Q3? | Q4? | note: Q5?"
MOST = 4_000
"""The most characters that an input of a modal takes."""
WORDS = "the parser reads what people write, and nothing of it is lost on its way to the others"
MARKED = (
    "**bold** __under__ ~~gone~~ ||spoiler|| `code` [a](https://b.example) # no > quote \\ * _ @everyone @here"
    " <@123456789012345678> <@&123456789012345678> <#123456789012345678> <t:1:R> </ask:123456789012345678>"
)
FENCED = "\n```python\nprint('@everyone')  # **not bold**\n\n```"
SIGNS = "👩‍👩‍👧‍👦🏳️‍🌈 Z̷̢̛̲a̴l̶g̵o̸ שלום עולם مرحبا \u202eabc\u202c 日本語"
ONE_WORD = "x" * 700


def filled(line: str) -> str:
    """As much text as an input takes, of numbered lines."""
    whole = "".join(f"{number} {line}\n" for number in range(MOST // len(line) + 1))
    return whole.encode("utf-16-le")[: 2 * MOST].decode("utf-16-le", "ignore").strip()


ANSWERS = [filled(line) for line in (WORDS, MARKED, FENCED, SIGNS, ONE_WORD)]


@pytest.fixture
async def here(discord: Discord) -> AsyncIterator[Atlas]:
    async with atlas(discord) as here:
        yield here


async def set_up(here: Atlas) -> tuple[Place, Seen]:
    """Ask five questions; return the channel for handoffs, and Bo's prompt."""
    relay = await here.guild.channel("relay")
    await here.says("channel set", team="Atlas", purpose="handoff", where=relay)
    await here.says("standup questions", team="Atlas", set=QUESTIONS)
    _, prompt = await here.asks()
    return relay, prompt


async def opened(here: Atlas, message: Seen) -> Modal:
    """Press the button under a prompt or receipt that opens the form."""
    return await (await here.bo.press(message, message.buttons[0])).modal()


async def sends(modal: Modal, answers: Sequence[str]) -> None:
    """Send in a form's answers, in its order."""
    named = {field.custom_id: answer for field, answer in zip(modal.inputs, answers, strict=True)}
    await (await modal.submit(named)).acknowledged()


async def passed_on(here: Atlas, relay: Place, *, part: str) -> list[Seen]:
    """Hand over, and return what stands in the channel and in the thread, once it has this in it."""
    await here.says("handoff now", team="Atlas")

    async def check() -> list[Seen]:
        posts = await here.ana.from_bot(relay)
        (thread,) = [post.thread for post in posts if post.thread is not None]
        found = await here.ana.from_bot(thread)
        assert letters(part) in shown(found)
        return [*posts, *found]

    found = await eventually(check)
    assert isinstance(found, list)
    return found


def letters(text: str) -> str:
    """What is left of a text however its lines are cut: no white space, and the signs that stand for controls."""
    return "".join(text.translate({0x202E: "\ufffd", 0x202C: "\ufffd", 0x200B: ""}).split())


def shown(messages: Iterable[Seen]) -> str:
    """What a client shows of messages."""
    return "".join(letters(read(message.content).text) for message in messages)


def acts(messages: Iterable[Seen]) -> set[str]:
    """The kinds of what does something in messages."""
    return {what for message in messages for what, _on in read(message.content).acts}


async def test_five_answers_of_the_most_characters_reach_everybody_whole(here: Atlas) -> None:
    relay, prompt = await set_up(here)
    await sends(await opened(here, prompt), ANSWERS)
    await here.bo.reads("Thank you! Your Atlas update")
    receipt = await here.bo.reads("To change it, edit what you wrote")
    posts = await passed_on(here, relay, part=ANSWERS[-1][-600:])
    for answer in ANSWERS:
        assert letters(answer) in shown(posts)
    everything = [*posts, *await here.bo.from_bot()]
    assert max(units(message.content) for message in everything) <= 2_000
    assert acts(posts) <= {"quote", "heading", "bold", "link", "item"}
    assert not any(message.notified for message in posts)
    assert "answered" in (await (await here.bo.slash("standup mine")).answer()).text
    again = await opened(here, receipt)
    assert [field.value for field in again.inputs] == ANSWERS
    await sends(again, ["short", *ANSWERS[1:]])
    await here.bo.reads("> short")

    async def changed() -> bool:
        (thread,) = [post.thread for post in await here.ana.from_bot(relay) if post.thread is not None]
        now = shown(await here.ana.from_bot(thread))
        return letters(ANSWERS[0]) not in now and all(letters(answer) in now for answer in ANSWERS[1:])

    await eventually(changed)


async def test_what_a_form_has_no_room_for_stays_behind_what_is_changed_in_it(here: Atlas) -> None:
    _, prompt = await set_up(here)
    modal = await opened(here, prompt)
    await sends(modal, ["word " * 799 + "end"] + ["-"] * 4)
    receipt = await here.bo.reads("To change it, edit what you wrote")
    await here.bo.say(here.bo.dm, "update 1. and then " + "more " * 300)
    await here.bo.reads("Added to your Atlas update")
    form = await opened(here, receipt)
    assert form.inputs[0].label.startswith("Q1? (the beginning")
    assert len(form.inputs[0].value) <= MOST
    await sends(
        form, ["first" + form.inputs[0].value.removeprefix("word"), *(field.value for field in form.inputs[1:])]
    )
    await here.bo.reads("> first word")
    kept = letters("".join(await here.entries(here.bo)))
    assert kept == letters("first " + "word " * 798 + "end and then " + "more " * 300)
    unchanged = await opened(here, receipt)
    answered = len(await here.bo.from_bot())
    await sends(unchanged, [field.value for field in unchanged.inputs])
    await here.bo.reads("stays as it was")
    assert letters("".join(await here.entries(here.bo))) == kept
    assert len(await here.bo.from_bot()) == answered + 1

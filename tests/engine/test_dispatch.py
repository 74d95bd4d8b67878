"""What happens with what people say: commands, answers, choices, strangers, faults."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.api import (
    AskFirst,
    BadInput,
    Call,
    Choice,
    Cog,
    Conversation,
    Member,
    MemberId,
    Message,
    Rest,
    Said,
    SourceDeleted,
    SourceEdited,
    Team,
    Timer,
    Transaction,
    WorkspaceId,
    catalogue,
    command,
    say,
    to_member,
)
from bot.engine.errors import StorageFull
from bot.engine.ports import Op
from bot.model.event import MessageReceived
from bot.model.identity import Account, Identity, Place
from bot.platforms.console.server import channel, direct
from bot.testing.stage import Stage

_, n_ = catalogue("test")
START = datetime(2026, 10, 26, 10, tzinfo=UTC)


@command("ask me", help="Ask me something", example="ask me colour")
async def ask(call: Call, topic: str) -> Message:
    label = _("The {topic} question", topic=topic)
    expires = call.tx.now + timedelta(days=1)
    await call.tx.conversations.open(
        Conversation(0, call.workspace.id, call.member.id, "test", "topic", topic, label, {}, expires)
    )
    return say(_("What about {topic}?", topic=topic), choices=[Choice("pass", _("Pass"), "⏭")])


@command("pass", help="Answer nothing", example="pass")
async def pass_(call: Call, team: Team | None = None) -> Message:
    return say(_("Passed."))


@command("note", help="Note something", example="note it")
async def note(call: Call, text: Rest | None = None) -> Message:
    return say(_("Noted {text}.", text=text or ""))


@command("look", help="Look at it", example="look", read=True)
async def look(call: Call) -> Message:
    return say(
        n_(
            "{count} question",
            "{count} questions",
            len(await call.tx.conversations.of_member(call.member.id, call.tx.now)),
        )
    )


@command("drop it", help="Drop everything", example="drop it", admin=True)
async def drop(call: Call, sure: bool = False) -> Message:
    if not sure:
        raise AskFirst(_("Drop everything?"), "drop it sure:yes")
    return say(_("Dropped."))


@command("drop all", help="Drop even more", example="drop all", admin=True)
async def drop_all(call: Call, sure: bool = False) -> Message:
    if not sure:
        raise AskFirst(_("Drop even more?"), "drop all sure:yes")
    return say(_("Dropped all."))


@command("move house", help="Move", example="move house")
async def move(call: Call, sure: bool = False) -> Message | AskFirst:
    if sure:
        return say(_("Moved."))
    await ask(call, "house")
    return AskFirst(_("Move?"), "move house sure:yes")


@command("half done", help="Write, then fail", example="half done bad")
async def half_done(call: Call, how: str) -> Message:
    await ask(call, "half")
    call.tx.send(to_member(call.member.id), say(_("Half")), workspace=call.workspace.id, kind="test.half", key="half")
    if how == "bad":
        raise BadInput(_("That was bad."))
    raise RuntimeError("broken")


@command("greet", help="Greet somebody", example="greet Bo")
async def greet(call: Call, member: Member) -> Message:
    return say(_("Hi {name}!", name=member.name))


@command("paint", help="Paint it", example="paint red")
async def paint(call: Call, colour: str) -> Message:
    if colour not in ("crimson", "azul marino"):
        raise BadInput(
            _("Which one?"),
            choices=(
                Choice("paint crimson", _("{name}", name="Crimson"), "1️⃣"),
                Choice('paint "azul marino"', _("{name}", name="Azul marino"), "2️⃣"),
            ),
        )
    return say(_("Painted {colour}.", colour=colour))


async def answered(tx: Transaction, conversation: Conversation, said: Said) -> Message:
    return say(_("{subject}: {text}", subject=conversation.subject, text=said.text))


async def edited(tx: Transaction, event: SourceEdited) -> None:
    key = f"edited:{event.source.message_id}:{tx.now}"
    tx.send(
        to_member(event.member), say(_("Now {text}", text=event.text)), workspace=WorkspaceId(1), kind="t.e", key=key
    )


async def deleted(tx: Transaction, event: SourceDeleted) -> None:
    key = f"deleted:{event.source.message_id}"
    tx.send(to_member(event.member), say(_("Gone")), workspace=WorkspaceId(1), kind="t.d", key=key)


async def ring(tx: Transaction, due: Sequence[Timer]) -> None:
    for timer in due:
        if timer.data.get("broken"):
            raise RuntimeError("broken timer")
        assert timer.member is not None
        tx.send(
            to_member(timer.member), say(_("Ring {key}", key=timer.key)),
            workspace=timer.workspace, kind="test.ring", key=f"ring:{timer.key}",
        )  # fmt: skip


COG = Cog(
    "test",
    commands=[ask, pass_, note, look, drop, drop_all, move, half_done, paint, greet],
    jobs={"ring": ring},
    listeners={SourceEdited: edited, SourceDeleted: deleted},
    conversations={"topic": answered},
)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage.create(start=START, cogs=[COG]) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Europe/Lisbon")
        await stage.team("Atlas", ana, bo)
        stage.room("lobby")
        yield stage


SETTLED = ["That is settled already, so nothing has changed."]


async def said(stage: Stage, *args: Any, **more: Any) -> list[str]:
    return [seen.text for seen in await stage.says(*args, **more) if seen.op is Op.SEND]


def shown(stage: Stage) -> list[str]:
    """Return the questions which one something is for, as Bo sees them by now."""
    standing = [m.text for m in stage.server.messages.values() if m.address == direct("Bo") and not m.deleted]
    return [text for text in standing if any(word in text for word in ("Which one", "which one", "What you wrote"))]


async def test_in_a_direct_conversation_a_command_needs_no_prefix(stage: Stage) -> None:
    assert await said(stage, "Bo", "pass") == ["Passed."]
    assert await said(stage, "Bo", "!helio pass") == ["Passed."]


async def test_in_a_room_only_what_is_for_the_bot_is_answered(stage: Stage) -> None:
    assert await said(stage, "Bo", "pass", "lobby") == []
    assert await said(stage, "Bo", "!helio pass", "lobby") == ["Passed."]
    assert await said(stage, "Bo", "@Heliotrope pass", "lobby") == ["Passed."]


async def test_an_answer_goes_to_the_open_question(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    assert await said(stage, "Bo", "green, I think") == ["colour: green, I think"]


async def test_with_a_question_open_a_whole_command_is_a_command(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    assert await said(stage, "Bo", "pass") == ["Passed."]
    assert await said(stage, "Bo", "drop it") == [
        "Only admins can use `drop it`. Ask one of them, or see `help` for what you can do."
    ]


@pytest.mark.parametrize("text", ["note the colours of the docs", "pass on the keys to Mei", "passed the review"])
async def test_with_a_question_open_a_sentence_that_begins_like_a_command_is_an_answer(stage: Stage, text: str) -> None:
    await stage.says("Bo", "ask me colour")
    assert await said(stage, "Bo", text) == [f"colour: {text}"]


async def test_with_two_questions_open_it_asks_which_and_keeps_what_was_said(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    await stage.says("Bo", "ask me food")
    (which,) = await said(stage, "Bo", "green")
    assert "1. The colour question" in which
    assert "2. The food question" in which
    (again,) = await said(stage, "Bo", "and blue")
    assert "2. The food question" in again
    assert await said(stage, "Bo", "1") == ["colour: green\n\n───\n\ncolour: and blue"]
    assert await said(stage, "Bo", "more") == ["colour: more"]


async def test_what_is_kept_until_it_is_known_what_it_is_for_follows_its_message(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    await stage.says("Bo", "ask me food")
    await stage.says("Bo", "gren")
    await stage.says("Bo", "a secret")
    await stage.edits("Bo", 3, "green")
    await stage.deletes("Bo", 4)
    assert await said(stage, "Bo", "1") == ["colour: green"]


async def test_with_all_that_was_kept_taken_back_nothing_is_asked(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    await stage.says("Bo", "ask me food")
    await stage.says("Bo", "a secret")
    await stage.deletes("Bo", 3)
    assert shown(stage) == []
    (which,) = await said(stage, "Bo", "1")
    assert which.startswith("Which one is this for?")


async def test_of_several_questions_which_one_only_the_newest_is_open_and_the_answered_one_says_so(
    stage: Stage,
) -> None:
    for line in ("ask me colour", "ask me food", "green", "and blue"):
        await stage.says("Bo", line)
    first, second = shown(stage)
    assert first == "I asked again below which one this is for."
    assert "[1️⃣ The colour question: 1]" in second
    await stage.presses("Bo", "1")
    assert shown(stage) == [first, "What you wrote is for: The colour question."]


@pytest.mark.parametrize("react", [False, True])
async def test_a_choice_under_an_older_question_which_one_explains_itself(stage: Stage, react: bool) -> None:
    for line in ("ask me colour", "ask me food", "green"):
        await stage.says("Bo", line)
    old = stage.server.last_from_bot(direct("Bo"))
    assert old is not None
    await stage.says("Bo", "and blue")
    if react:
        stage.server.react("Bo", old, "2️⃣")
    else:
        stage.server.press("Bo", old, "2")
    assert [s.text for s in await stage.settle()] == SETTLED
    assert await said(stage, "Bo", "1") == ["colour: green\n\n───\n\ncolour: and blue"]


async def test_a_question_which_one_that_nobody_answered_in_time_says_that_nothing_was_kept(stage: Stage) -> None:
    for line in ("ask me colour", "ask me food", "green"):
        await stage.says("Bo", line)
    old = stage.server.last_from_bot(direct("Bo"))
    assert old is not None
    await stage.until(START + timedelta(hours=2))
    stage.server.press("Bo", old, "1")
    (seen,) = await stage.settle()
    assert "lapsed" in seen.text
    await stage.says("Bo", "soup")
    assert "lapsed" in stage.server.messages[old].text
    assert "[2️⃣ The food question: 2]" in shown(stage)[-1]


async def test_a_number_means_the_question_that_was_shown_with_it(stage: Stage) -> None:
    for topic in ("colour", "food", "music"):
        await stage.says("Bo", f"ask me {topic}")
    await stage.says("Bo", "waltz")
    async with stage.transaction() as tx:
        (bo,) = await tx.people.members_of_identity(Identity("console", "Bo"))
        await tx.conversations.close(bo.id, "test", "topic", "colour")
    (which,) = await said(stage, "Bo", "1")
    assert which.startswith("Which one is this for?")
    assert "colour" not in which
    assert await said(stage, "Bo", "the other one") != []
    assert await said(stage, "Bo", "2") == ["music: waltz\n\n───\n\nmusic: the other one"]


async def test_which_question_is_chosen_by_reaction_and_by_name(stage: Stage) -> None:
    for topic in ("colour", "food"):
        await stage.says("Bo", f"ask me {topic}")
    await stage.says("Bo", "green")
    assert [s.text for s in await stage.reacts("Bo", "1️⃣") if s.op is Op.SEND] == ["colour: green"]
    await stage.until(START + timedelta(hours=2))
    await stage.says("Bo", "soup")
    assert await said(stage, "Bo", "Food") == ["food: soup"]


async def test_a_choice_pressed_after_it_was_made_explains_itself_and_is_no_answer(stage: Stage) -> None:
    for topic in ("colour", "food"):
        await stage.says("Bo", f"ask me {topic}")
    await stage.says("Bo", "green")
    which = stage.server.last_from_bot(direct("Bo"))
    assert which is not None
    await stage.says("Bo", "1")
    stage.server.react("Bo", which, "2️⃣")
    assert [s.text for s in await stage.settle()] == ["That is settled already, so nothing has changed."]


@pytest.mark.parametrize("answer", ["no", "yes", "drop it sure:yes"])
async def test_a_question_that_was_answered_in_writing_is_closed_for_presses(stage: Stage, answer: str) -> None:
    await stage.says("Ana", "drop it")
    asked = stage.server.last_from_bot(direct("Ana"))
    assert asked is not None
    await stage.says("Ana", answer)
    for _again in range(2):
        stage.server.react("Ana", asked, "✅")
        assert [s.text for s in await stage.settle()] == SETTLED
        stage.server.press("Ana", asked, "drop it sure:yes")
        assert [s.text for s in await stage.settle()] == SETTLED


async def test_a_question_that_was_answered_by_press_is_closed_and_the_next_one_is_not(stage: Stage) -> None:
    await stage.says("Ana", "drop it")
    asked = stage.server.last_from_bot(direct("Ana"))
    assert asked is not None
    assert [s.text for s in await stage.reacts("Ana", "✅")] == ["Dropped."]
    stage.server.press("Ana", asked, "drop it sure:yes")
    assert [s.text for s in await stage.settle()] == SETTLED
    await stage.says("Ana", "drop it")
    assert [s.text for s in await stage.reacts("Ana", "✅")] == ["Dropped."]


async def test_of_several_choices_one_is_made(stage: Stage) -> None:
    await stage.says("Bo", "paint red")
    asked = stage.server.last_from_bot(direct("Bo"))
    assert asked is not None
    assert await said(stage, "Bo", "2") == ["Painted azul marino."]
    stage.server.react("Bo", asked, "1️⃣")
    assert [s.text for s in await stage.settle()] == SETTLED


async def test_a_question_that_was_not_answered_stays_open_for_presses(stage: Stage) -> None:
    await stage.says("Ana", "drop it")
    asked = stage.server.last_from_bot(direct("Ana"))
    assert asked is not None
    await stage.says("Ana", "what?")
    stage.server.react("Ana", asked, "✅")
    assert [s.text for s in await stage.settle()] == ["Dropped."]


async def test_a_choice_that_could_not_be_run_stays_open(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.says("Ana", "drop it")
    with monkeypatch.context() as broken:
        broken.setattr("bot.engine.uses.convert_all", None)
        (sorry,) = await stage.presses("Ana", "drop it sure:yes")
    assert "nothing was changed" in sorry.text
    stage.server.press(
        "Ana", next(iter(m.id for m in stage.server.messages.values() if "Drop every" in m.text)), "drop it sure:yes"
    )
    assert [s.text for s in await stage.settle()] == ["Dropped."]


async def test_in_a_room_a_question_is_answered_once_by_typing_or_by_press(stage: Stage) -> None:
    for again in (False, True):
        await stage.says("Ana", "!helio drop it", "lobby")
        asked = stage.server.last_from_bot(channel("lobby"))
        assert asked is not None
        if again:
            await stage.says("Ana", "!helio drop it sure:yes", "lobby")
        else:
            assert [s.text for s in await stage.reacts("Ana", "✅", "lobby")] == ["Dropped."]
        stage.server.press("Ana", asked, "drop it sure:yes")
        assert [s.text for s in await stage.settle()] == SETTLED


async def test_a_choice_runs_its_command_by_press_or_reaction(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    assert [s.text for s in await stage.reacts("Bo", "⏭️")] == ["Passed."]
    await stage.says("Bo", "ask me colour")
    assert [s.text for s in await stage.presses("Bo", "pass")] == ["Passed."]


async def test_a_reaction_that_is_no_choice_is_nobodys_business(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    assert await stage.reacts("Bo", "❤️") == []
    assert await stage.reacts("Bo", "⏭", removed=True) == []


async def test_edits_and_deletions_reach_the_cogs(stage: Stage) -> None:
    await stage.says("Bo", "pass")
    assert [s.text for s in await stage.edits("Bo", 1, "other")] == ["Now other"]
    assert [s.text for s in await stage.deletes("Bo", 1)] == ["Gone"]


@pytest.mark.parametrize("how", ["bad", "broken"])
async def test_a_handler_that_fails_leaves_nothing_behind_but_an_answer(stage: Stage, how: str) -> None:
    (answer,) = await said(stage, "Bo", f"half done {how}")
    assert answer == "That was bad." if how == "bad" else "nothing was changed" in answer
    assert await said(stage, "Bo", "look") == ["0 questions"]


async def test_what_needs_confirming_is_done_only_after_a_yes(stage: Stage) -> None:
    (question,) = await said(stage, "Ana", "drop it")
    assert question.startswith("Drop everything? Answer yes or no.")
    assert await said(stage, "Ana", "no") == ["Nothing was changed."]
    await stage.says("Ana", "drop it")
    assert await said(stage, "Ana", "Yes") == ["Dropped."]
    (unknown,) = await said(stage, "Ana", "yes")
    assert "Dropped" not in unknown


async def test_a_question_that_is_returned_keeps_what_was_done_before_it(stage: Stage) -> None:
    for answer, answered in (("no", "Nothing was changed."), ("yes", "Moved.")):
        (question,) = await said(stage, "Bo", "move house")
        assert question.startswith("Move? Answer yes or no.")
        assert await said(stage, "Bo", answer) == [answered]
    assert await said(stage, "Bo", "a tent") == ["house: a tent"]


@pytest.mark.parametrize("how", ["press", "react", "say"])
async def test_a_no_settles_what_needs_confirming_and_a_yes_after_it_does_nothing(stage: Stage, how: str) -> None:
    (question,) = await said(stage, "Ana", "drop it")
    assert question.endswith("[✅ Yes: drop it sure:yes] [❌ no]")
    asked = stage.server.last_from_bot(direct("Ana")) or ""
    if how == "press":
        stage.server.press("Ana", asked, "no")
    elif how == "react":
        stage.server.react("Ana", asked, "❌")
    else:
        stage.server.say("Ana", "no", address=direct("Ana"))
    (answer,) = await stage.settle()
    assert answer.text == "Nothing was changed."
    for choice in ("drop it sure:yes", "no"):
        stage.server.press("Ana", asked, choice)
        (answer,) = await stage.settle()
        assert answer.text == "That is settled already, so nothing has changed."
    (unknown,) = await said(stage, "Ana", "yes")
    assert "Dropped" not in unknown


async def test_a_no_is_to_its_own_question_alone(stage: Stage) -> None:
    await stage.says("Ana", "drop it")
    earlier = stage.server.last_from_bot(direct("Ana")) or ""
    await stage.says("Ana", "drop all")
    stage.server.press("Ana", earlier, "no")
    assert [seen.text for seen in await stage.settle()] == ["Nothing was changed."]
    assert await said(stage, "Ana", "yes") == ["Dropped all."]


async def test_a_no_after_a_yes_explains(stage: Stage) -> None:
    await stage.says("Ana", "drop it")
    asked = stage.server.last_from_bot(direct("Ana")) or ""
    assert [s.text for s in await stage.presses("Ana", "drop it sure:yes")] == ["Dropped."]
    stage.server.press("Ana", asked, "no")
    assert [s.text for s in await stage.settle()] == ["That is settled already, so nothing has changed."]


@pytest.mark.parametrize("text", ["yes please", "what?", "paint", ""])
async def test_what_neither_agrees_nor_declines_is_said_to_do_nothing_and_a_later_yes_does_nothing(
    stage: Stage, text: str
) -> None:
    await stage.says("Ana", "drop it")
    (answer,) = await said(stage, "Ana", text)
    if text != "paint":
        assert answer == (
            "That is no answer to what I asked you, so nothing was changed. "
            "If you still want it, type `drop it sure:yes`."
        )
    (unknown,) = await said(stage, "Ana", "yes")
    assert "Dropped" not in unknown


@pytest.mark.parametrize(
    ("text", "painted"),
    [
        ("1", "crimson"),
        ("2.", "azul marino"),
        ("2️⃣", "azul marino"),
        ("２", "azul marino"),
        ("Crimson", "crimson"),
        ("AZUL MARINO!", "azul marino"),
        ("azúl marino", "azul marino"),
    ],
)
async def test_what_was_offered_can_be_taken_by_number_and_by_name(stage: Stage, text: str, painted: str) -> None:
    await stage.says("Bo", "paint red")
    assert await said(stage, "Bo", text) == [f"Painted {painted}."]
    (again,) = await said(stage, "Bo", text)
    assert "Painted" not in again


@pytest.mark.parametrize("text", ["3", "red", "yes"])
async def test_what_was_not_offered_is_not_taken(stage: Stage, text: str) -> None:
    await stage.says("Bo", "paint red")
    (answer,) = await said(stage, "Bo", text)
    assert answer == (
        "That is no answer to what I asked you, so nothing was changed. "
        'If you still want it, type `paint crimson` or `paint "azul marino"`.'
    )


async def test_an_answer_is_an_answer_although_something_was_offered_before(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    await stage.says("Bo", "paint red")
    assert await said(stage, "Bo", "green, I think") == ["colour: green, I think"]
    assert await said(stage, "Bo", "1") == ["colour: 1"]


async def test_in_a_room_the_question_shows_the_command_that_confirms(stage: Stage) -> None:
    (question,) = await said(stage, "Ana", "!helio drop it", "lobby")
    assert "If so, confirm with `!helio drop it sure:yes`" in question
    assert question.endswith("[✅ Yes: !helio drop it sure:yes]")  # others read it: no answer is a no
    assert await said(stage, "Ana", "!helio drop it sure:yes", "lobby") == ["Dropped."]


@pytest.mark.parametrize("text", ["!helio\npass", "!helio\tpass", "!HELIO, pass", "  !helio: pass "])
async def test_the_prefix_is_a_word_whatever_stands_around_it(stage: Stage, text: str) -> None:
    assert await said(stage, "Bo", text, "lobby") == ["Passed."]


async def test_a_picture_without_an_open_question_is_said_not_to_be_kept(stage: Stage) -> None:
    (answer,) = await said(stage, "Bo", "", attachments=("cat.png",))
    assert "I kept nothing of that" in answer


async def test_two_people_of_one_name_are_never_mistaken_for_each_other(stage: Stage) -> None:
    await stage.member("Mo", zone="Europe/Lisbon")
    async with stage.transaction() as tx:
        (mo,) = await tx.people.members_of_identity(Identity("console", "Mo"))
        twin = replace(mo, id=MemberId(0))
        await tx.people.create_member(twin, Account(Identity("console", "mo-2"), "Mo"))
    (answer,) = await said(stage, "Bo", "greet 'mo'")
    assert answer == "Several people here are called “Mo”: mention the one you mean."


async def test_an_unknown_command_suggests_the_nearest(stage: Stage) -> None:
    (answer,) = await said(stage, "Bo", "!helio ask mee colour", "lobby")
    assert "Did you mean `!helio ask me`?" in answer


async def test_free_text_without_an_open_question_is_not_swallowed_silently(stage: Stage) -> None:
    (answer,) = await said(stage, "Bo", "I wonder what you are for, dear little bot")
    assert "no question open" in answer


async def test_a_stranger_is_greeted_once_a_day_and_changes_nothing(stage: Stage) -> None:
    stage.account("Zed")
    (hello,) = await said(stage, "Zed", "hello?")
    assert "you are in none of them yet" in hello
    assert await said(stage, "Zed", "pass") == []
    assert len(await said(stage, "Zed", "!helio help", "lobby")) == 1
    assert await said(stage, "Zed", "!helio pass", "lobby") == []
    await stage.until(START + timedelta(days=1))
    assert len(await said(stage, "Zed", "pass")) == 1


async def test_other_bots_and_the_bot_itself_are_never_answered(stage: Stage) -> None:
    stage.account("Robo", bot=True)
    assert await said(stage, "Robo", "!helio pass", "lobby") == []
    assert await said(stage, "Robo", "hello") == []


async def test_an_event_that_is_told_again_is_handled_once(stage: Stage) -> None:
    place = Place("console", "dm:Bo")
    event = MessageReceived(
        "replayed", place, Account(Identity("console", "Bo"), "Bo"), START, direct=True, message_id="x", text="pass"
    )
    await stage.installation.engine.receive(event)
    await stage.installation.engine.receive(event)
    assert [s.text for s in await stage.settle()] == ["Passed."]


async def test_what_came_while_the_database_was_full_is_handled_when_it_is_told_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(dispatcher: Any, tx: Transaction, event: Any) -> None:
        raise StorageFull("disk full")

    place = Place("console", "dm:Bo")
    event = MessageReceived(
        "full", place, Account(Identity("console", "Bo"), "Bo"), START, direct=True, message_id="x", text="pass"
    )
    with monkeypatch.context() as broken:
        broken.setattr(type(stage.installation.engine.dispatcher), "handle", full)
        with pytest.raises(StorageFull):
            await stage.installation.engine.receive(event)
    await stage.installation.engine.receive(event)
    assert [s.text for s in await stage.settle()] == ["Passed."]


async def test_a_timer_whose_job_fails_keeps_no_other_waiting_and_is_tried_again(stage: Stage) -> None:
    async with stage.transaction() as tx:
        (ana,) = await tx.people.members_of_identity(Identity("console", "Ana"))
        at = START + timedelta(hours=1)
        timers = [Timer("test", "ring", key, at, ana.workspace, ana.id) for key in ("a", "b")]
        broken = Timer("test", "ring", "0", at, ana.workspace, ana.id, {"broken": True})
        await tx.timers.set([broken, *timers])
    seen = await stage.until(at)
    assert {line for s in seen for line in s.text.split("\n") if line.startswith("Ring")} == {"Ring a", "Ring b"}
    async with stage.transaction() as tx:
        (again,) = await tx.timers.find("test", "ring", ["0"])
    assert again.due == at + timedelta(minutes=5)


async def test_in_a_room_a_question_is_answered_by_who_was_asked(stage: Stage) -> None:
    await stage.says("Bo", "!helio paint red", "lobby")
    asked = stage.server.last_from_bot(channel("lobby"))
    assert asked is not None
    assert await stage.reacts("Ana", "1️⃣", "lobby") == []
    assert [s.text for s in await stage.presses("Ana", "paint crimson", "lobby")] == [
        "That question was for somebody else, so nothing has changed."
    ]
    stage.server.react("Bo", asked, "1️⃣")
    assert [s.text for s in await stage.settle()] == ["Painted crimson."]
    await stage.says("Bo", "!helio ask me food", "lobby")
    assert [s.text for s in await stage.reacts("Ana", "⏭", "lobby")] == ["Passed."]


async def test_an_unknown_command_is_not_taken_for_an_answer_to_nothing(stage: Stage) -> None:
    await stage.says("Bo", "ask me colour")
    for text in ("/xyzzy", "!helio xyzzy"):
        assert await said(stage, "Bo", text) == ["I know no command “xyzzy”. `help` shows them all."]
    assert await said(stage, "Bo", "green") == ["colour: green"]


@pytest.mark.parametrize(("administers", "allowed"), [(("console",), True), (("elsewhere",), False), ((), False)])
async def test_in_a_direct_conversation_only_the_workspaces_own_scopes_give_rights(
    stage: Stage, administers: tuple[str, ...], allowed: bool
) -> None:
    event = MessageReceived(
        "rights",
        Place("console", "dm:Bo"),
        Account(Identity("console", "Bo"), "Bo"),
        START,
        direct=True,
        admin=True,
        admin_of=administers,
        message_id="x",
        text="drop it sure:yes",
    )
    await stage.installation.engine.receive(event)
    (answer,) = await stage.settle()
    assert (answer.text == "Dropped.") is allowed

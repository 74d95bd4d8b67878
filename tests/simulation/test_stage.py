"""The stage, on which cogs are tested: people say things, time passes, the process dies, and what was seen is there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.api import (
    N_,
    Call,
    Choice,
    Cog,
    Message,
    Purpose,
    Rest,
    SourceDeleted,
    SourceEdited,
    Timer,
    Transaction,
    catalogue,
    command,
    say,
    to_channel,
    to_member,
)
from bot.engine.ports import Op
from bot.testing.stage import Stage

_, n_ = catalogue("echo")
START = datetime(2026, 10, 26, 10, tzinfo=UTC)


@command("echo", help=N_("Say it back"), example="echo hello")
async def echo(call: Call, text: Rest) -> Message:
    return say(_("You said {text}.", text=text), choices=(Choice("echo again", _("Again"), "🔁"),))


@command("wake", help=N_("Say something in an hour"), example="wake")
async def wake(call: Call) -> Message:
    due = call.tx.now + timedelta(hours=1)
    key = str(call.member.id)
    await call.tx.timers.set([Timer("echo", "ring", key, due, call.workspace.id, call.member.id)])
    return say(_("All right."))


async def ring(tx: Transaction, due: Sequence[Timer]) -> None:
    for timer in due:
        assert timer.member is not None
        key, day = f"echo:{timer.key}", date(2026, 10, 26)
        late = say(_("It is {text}.", text=f"{tx.now:%H:%M}"))
        tx.send(to_member(timer.member), late, workspace=timer.workspace, kind="echo.ring", key=key, day=day)


async def edited(tx: Transaction, event: SourceEdited) -> None:
    member = await tx.people.member(event.member)
    now = say(_("Now it is {text}.", text=event.text))
    tx.reply(now, workspace=member.workspace, kind="echo.edited")


async def deleted(tx: Transaction, event: SourceDeleted) -> None:
    member = await tx.people.member(event.member)
    tx.reply(say(_("Gone.")), workspace=member.workspace, kind="echo.deleted")


COG = Cog(
    "echo",
    commands=[echo, wake],
    jobs={"ring": ring},
    listeners={SourceEdited: edited, SourceDeleted: deleted},
)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage.create(start=START, cogs=[COG]) as stage:
        await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        yield stage


async def test_it_is_made_by_await_too() -> None:
    stage = await Stage.create(cogs=[])
    assert stage.clock.now() == datetime(2026, 10, 26, tzinfo=UTC)


async def test_what_is_said_is_answered_and_seen(stage: Stage) -> None:
    (seen,) = await stage.says("Ana", "echo hello")
    assert (seen.text.split("\n")[0], seen.to, seen.kind) == ("You said hello.", "dm:Ana", "echo.echo")
    assert (seen.op, seen.unasked, seen.at) == (Op.SEND, False, START)
    assert stage.seen == stage.to("Ana") == [seen]


async def test_a_channel_needs_the_prefix_and_answers_there(stage: Stage) -> None:
    stage.room("general")
    assert await stage.says("Ana", "echo hello", place="general") == []
    (seen,) = await stage.says("Ana", "!helio echo hello", place="general")
    assert seen.to == "channel:general"
    assert stage.inside("general") == [seen]


async def test_a_thread_is_found_by_its_title(stage: Stage) -> None:
    ana = await stage.member("Bo")
    team = await stage.team("Atlas", ana)
    channel = await stage.channel(team, Purpose.SOCIAL, "fun")
    async with stage.transaction() as tx:
        tx.send(
            to_channel(channel),
            say(_("Cats?")),
            workspace=team.workspace,
            kind="echo.post",
            key="post",
            title=_("Pets"),
        )
    (post,) = await stage.settle()
    assert post.to == "channel:fun"
    (seen,) = await stage.says("Bo", "!helio echo miaow", place="thread:Pets")
    assert seen.to == "thread:Pets"


async def test_edits_and_deletions_are_of_the_nth_message_said(stage: Stage) -> None:
    await stage.says("Ana", "echo one")
    await stage.says("Ana", "echo two")
    (changed,) = await stage.edits("Ana", 1, "echo uno")
    assert changed.text == "Now it is echo uno."
    (gone,) = await stage.deletes("Ana", 2)
    assert gone.text == "Gone."


async def test_a_reaction_or_press_chooses_under_the_last_message(stage: Stage) -> None:
    await stage.says("Ana", "echo hello")
    (reacted,) = await stage.reacts("Ana", "🔁")
    assert reacted.text.startswith("You said again.")
    (pressed,) = await stage.presses("Ana", "echo once more")
    assert pressed.text.startswith("You said once more.")


async def test_time_passes_through_everything_that_is_due(stage: Stage) -> None:
    await stage.says("Ana", "wake")
    (rang,) = await stage.until(START + timedelta(hours=3))
    assert (rang.at, rang.text, rang.date) == (START + timedelta(hours=1), "It is 11:00.", date(2026, 10, 26))
    assert rang.unasked
    assert rang.local is not None
    assert rang.local.isoformat() == "2026-10-26T11:00:00+00:00"
    assert stage.clock.now() == START + timedelta(hours=3)


async def test_in_downtime_nothing_happens_until_the_process_is_back(stage: Stage) -> None:
    await stage.says("Ana", "wake")
    (rang,) = await stage.downtime(START + timedelta(minutes=30), START + timedelta(hours=2))
    assert (rang.at, rang.text) == (START + timedelta(hours=2), "It is 12:00.")


async def test_what_is_said_while_the_process_is_dead_is_read_back(stage: Stage) -> None:
    stage.kill()
    assert await stage.says("Ana", "echo hello") == []
    (seen,) = await stage.restart()
    assert seen.text.startswith("You said hello.")
    assert await stage.settle() == []


async def test_strangers_and_other_bots_are_no_members(stage: Stage) -> None:
    stage.account("Zed")
    stage.account("Robo", bot=True)
    (seen,) = await stage.says("Zed", "hello")
    assert seen.kind == "bot.stranger"
    assert await stage.says("Robo", "echo hello") == []


async def test_a_transaction_sees_and_prepares_real_state(stage: Stage) -> None:
    async with stage.transaction() as tx:
        (ana,) = await tx.people.members_of_workspace((await stage.workspace()).id)
        tx.send(to_member(ana.id), say(_("Hi.")), workspace=ana.workspace, kind="echo.hi", key="hi")
    assert [seen.text for seen in await stage.settle()] == ["Hi."]
    async with stage.transaction() as tx:
        tx.send(to_member(ana.id), say(_("Hi.")), workspace=ana.workspace, kind="echo.hi", key="hi")
    assert await stage.settle() == []

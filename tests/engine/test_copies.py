"""One post in a room on each of two platforms: it is changed in both, and a mention in it notifies a person once."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.api import Message, Person, Purpose, catalogue, say, to_channel, to_place, to_thread
from bot.engine.ports import Target
from bot.model.identity import Identity, MemberId
from bot.testing.stage import Annex, Stage

_, n_ = catalogue("test")
MORNING = datetime(2026, 10, 26, 10, tzinfo=UTC)
"""A Monday, when she is at work."""


async def posted(stage: Stage, text: Message, key: str, to: Target, *also: Target) -> None:
    workspace = await stage.workspace()
    async with stage.transaction() as tx:
        tx.send(to, text, workspace=workspace.id, kind="test.post", key=key, also=also)
    await stage.settle()


async def texts(stage: Stage) -> tuple[list[str], list[str]]:
    """What stands in the room on the main platform and in the other one, by order of posting."""
    here = [seen.text for seen in stage.seen if seen.kind.startswith("test.")]
    return here, [seen.text for seen in stage.annex.seen if seen.kind.startswith("test.")]


async def test_a_thread_and_a_change_go_where_the_post_stands() -> None:
    async with Stage.create(annex=True) as stage:
        team = await stage.team("Atlas", await stage.member("Ana", admin=True))
        channel = await stage.channel(team, Purpose.HANDOFF, "atlas-handoff")
        await posted(stage, say(_("One.")), "post", to_channel(channel), to_place(stage.annex.room("lobby")))
        await posted(stage, say(_("Under it.")), "reply", to_thread("post"))
        async with stage.transaction() as tx:
            workspace = await stage.workspace()
            tx.edit("post", say(_("Two.")), workspace=workspace.id, kind="test.edit", key="post:2")
            tx.edit("reply", say(_("Still under it.")), workspace=workspace.id, kind="test.edit", key="reply:2")
        await stage.settle()
        here, there = await texts(stage)
        assert here == there == ["One.", "Under it.", "Two.", "Still under it."]


async def test_a_person_on_both_platforms_is_notified_where_they_answered_last() -> None:
    async with Stage.create(start=MORNING, annex=True) as stage:
        ana = await stage.member("Ana", admin=True)
        channel = await stage.channel(await stage.team("Atlas", ana), Purpose.HANDOFF, "atlas-handoff")
        room = stage.annex.room("lobby")
        async with stage.transaction() as tx:
            await tx.stores.directory.add_account(ana, stage.annex.account("ana2"))
            await tx.stores.directory.answered_from(Identity(Annex.NAME, "ana2"), tx.now)
        needs = say(_("Needs {person}.", person=Person(MemberId(ana.id), "Ana", ping=True)))
        await posted(stage, needs, "both", to_channel(channel), to_place(room))
        await posted(stage, needs, "here", to_channel(channel))
        here = [stage.server.notified(seen.message) for seen in stage.seen if seen.kind == "test.post"]
        there = [stage.annex.server.notified(seen.message) for seen in stage.annex.seen if seen.kind == "test.post"]
        assert (here, there) == ([(), ("Ana",)], [("ana2",)])

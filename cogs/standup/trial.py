"""A test prompt: what members get, shown to an administrator alone. Nothing that comes back of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

from bot.api import (
    N_,
    Call,
    Conversation,
    Feature,
    Form,
    FormOf,
    Message,
    Shift,
    Team,
    TeamSurveyed,
    Transaction,
    command,
    to_member,
)
from cogs.standup import domain, form_messages, schedule_messages, store, trial_messages
from cogs.standup.commands import standup_of
from cogs.standup.planning import COG, CONVERSATION
from cogs.standup.prompting import Asking, written
from cogs.standup.records import Standup
from cogs.standup.writing import MOST_SHOWN, fields

PATIENCE = timedelta(minutes=30)
"""How long what somebody says is taken for an answer to a test."""
Press = Literal["write", "skip", "snooze"]
WRITE: Final = "write"


async def open_form(call: Call, team: Team, press: Press | None = None) -> Form | None:
    """The form that members write in; none for the prompt itself."""
    standup = await standup_of(call, team)
    first = range(min(len(standup.questions), MOST_SHOWN))
    form = form_messages.form(standup.name, fields(standup.questions, dict.fromkeys(first, "")))
    return form if press == WRITE else None


async def submit(call: Call, values: Mapping[str, str], team: Team, press: Press | None = None) -> Message:
    """Say what would become of it, and keep nothing."""
    return trial_messages.pressed(WRITE, (await standup_of(call, team)).name)


@command(
    "standup test",
    help=N_("See in our direct chat what members are asked; what you answer is not kept"),
    example="standup test Atlas",
    admin=True,
    form=FormOf(open_form, submit),
    options={"press": N_("What to try of the prompt")},
)
async def rehearse(call: Call, team: Team, press: Press | None = None) -> Message | None:
    """Send the caller the prompt that a member would get now; its choices say what they would do."""
    standup = await standup_of(call, team)
    if press is not None:
        return trial_messages.pressed(press, standup.name)
    tx, member = call.tx, await call.reread()
    day = (await tx.people.working_time(member)).local_date(tx.now)
    asking = Asking(standup, member, domain.Ask(day, tx.now, False), Shift(day, tx.now, tx.now))
    (prompt,) = await written(tx, [asking])
    tx.send(
        to_member(member.id),
        trial_messages.labelled(prompt, standup.name),
        workspace=standup.workspace,
        kind="standup.test",
        key=f"standup:{standup.id}:test:{member.id}:{call.said.source.place.address}:{call.said.source.message_id}",
        asked=True,
    )
    await _open(call, standup)
    return None if call.direct else trial_messages.sent(standup.name)


async def _open(call: Call, standup: Standup) -> None:
    """Let what the caller says next be an answer to the test, unless a question is open that it could be for."""
    tx, member = call.tx, call.member
    if any(question.cog == COG for question in await tx.conversations.of_member(member.id, tx.now)):
        return
    # A real prompt takes its place, for it opens the same question.
    data: dict[str, Any] = {"test": standup.name}
    label = trial_messages.label(standup.name)
    until = tx.now + PATIENCE
    subject = str(standup.id)
    await tx.conversations.open(
        Conversation(0, standup.workspace, member.id, COG, CONVERSATION, subject, label, data, until)
    )


async def survey(tx: Transaction, event: TeamSurveyed) -> None:
    """Say when a team is asked, if it is."""
    for standup in await store.standups_of(tx, [event.team]):
        event.found[COG] = Feature(True, schedule_messages.summary(standup))

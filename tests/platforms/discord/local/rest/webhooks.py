"""What an interaction's token allows after the first response: its original, and follow-ups, for 15 minutes."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import answers, posting, shapes
from tests.platforms.discord.local.content import read
from tests.platforms.discord.local.errors import refuse
from tests.platforms.discord.local.interactions import DEFERRED, Interaction
from tests.platforms.discord.local.routing import Call, Routes
from tests.platforms.discord.local.state import LOADING, Message

routes = Routes()
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = _HOOK + "/messages/@original"
_MESSAGE = _HOOK + "/messages/{message_id}"
_LIMIT = (5, 2.0)


@routes("POST", _HOOK, _LIMIT, bucket="webhook", free=True, keyed=True)
def follow_up(call: Call) -> Any:
    """Post a follow-up; right after a deferred answer it fills that answer instead, as the API has it."""
    interaction = _interaction(call)
    original = interaction.original
    if interaction.answered == DEFERRED and original is not None and original.flags & LOADING:
        answers.change(call.world, original, call.body, call.files)
        return shapes.message(call.world, original)
    said = read(call.world, call.body, call.files, ephemeral=True)
    message = answers.post(call.world, interaction, said, followup=True)
    interaction.followups.append(message)
    return shapes.message(call.world, message)


@routes("GET", _ORIGINAL, _LIMIT, bucket="webhook", free=True, keyed=True)
@routes("GET", _MESSAGE, _LIMIT, bucket="webhook", free=True, keyed=True)
def get(call: Call) -> Any:
    return shapes.message(call.world, _message(call, _interaction(call)))


@routes("PATCH", _ORIGINAL, _LIMIT, bucket="webhook", free=True, keyed=True)
@routes("PATCH", _MESSAGE, _LIMIT, bucket="webhook", free=True, keyed=True)
def edit(call: Call) -> Any:
    message = _message(call, _interaction(call))
    answers.change(call.world, message, call.body, call.files)
    return shapes.message(call.world, message)


@routes("DELETE", _ORIGINAL, _LIMIT, bucket="webhook", free=True, keyed=True)
@routes("DELETE", _MESSAGE, _LIMIT, bucket="webhook", free=True, keyed=True)
def delete(call: Call) -> Any:
    posting.remove(call.world, _message(call, _interaction(call)))


def _interaction(call: Call) -> Interaction:
    if call.id("webhook_id") != call.world.application_id:
        raise refuse(10015)
    return call.world.interactions.acknowledged(call.params["webhook_token"])


def _message(call: Call, interaction: Interaction) -> Message:
    """Return the original or a follow-up, while it is there."""
    wanted = call.params.get("message_id", "@original")
    known = [each for each in (interaction.original, *interaction.followups) if each is not None]
    if wanted == "@original":
        found = interaction.original
    else:
        found = next((each for each in known if each.id == call.id("message_id")), None)
    if found is None or found.channel.any_message(found.id) is None:
        raise refuse(10008)
    return found

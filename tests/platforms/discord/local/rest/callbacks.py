"""The first response to an interaction: within 3 seconds, once."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import answers, shapes
from tests.platforms.discord.local.components import check_modal
from tests.platforms.discord.local.content import read
from tests.platforms.discord.local.errors import bad_choice, bad_length, refuse, required
from tests.platforms.discord.local.interactions import (
    ANSWER,
    CHOICES,
    COMMAND,
    COMPLETION,
    COMPONENT,
    DEFERRED,
    DEFERRED_UPDATE,
    MODAL,
    SUBMISSION,
    UPDATE,
    Interaction,
)
from tests.platforms.discord.local.routing import Call, Routes
from tests.platforms.discord.local.state import EPHEMERAL, LOADING, Json

routes = Routes()
_NO_MODAL = (ANSWER, DEFERRED, DEFERRED_UPDATE, UPDATE)
_ALLOWED = {
    COMMAND: (ANSWER, DEFERRED, MODAL),
    COMPONENT: (*_NO_MODAL, MODAL),
    COMPLETION: (CHOICES,),
    SUBMISSION: _NO_MODAL,
}


@routes("POST", "/interactions/{interaction_id}/{interaction_token}/callback", free=True, keyed=True)
def respond(call: Call) -> Any:
    world = call.world
    interaction = world.interactions.to_answer(call.id("interaction_id"), call.params["interaction_token"])
    kind = call.body.get("type")
    allowed = _ALLOWED[interaction.kind]
    if interaction.kind == SUBMISSION and interaction.message is None:
        allowed = (ANSWER, DEFERRED)  # there is no message to update
    if kind not in allowed:
        raise bad_choice("type", str(set(allowed)))
    data = call.body.get("data") or {}
    _RESPONSES[kind](call, interaction, data)
    interaction.answered, interaction.answered_at = kind, world.clock.now()
    if call.query.get("with_response", "").lower() in ("1", "true"):
        return _described(call, interaction, kind)
    return None


def _answer(call: Call, interaction: Interaction, data: Json) -> None:
    said = read(call.world, data, call.files, ephemeral=True)
    interaction.original = answers.post(call.world, interaction, said)


def _defer(call: Call, interaction: Interaction, data: Json) -> None:
    interaction.original = answers.loading(call.world, interaction, ephemeral=bool(data.get("flags", 0) & EPHEMERAL))


def _defer_update(call: Call, interaction: Interaction, data: Json) -> None:
    interaction.original = interaction.message


def _update(call: Call, interaction: Interaction, data: Json) -> None:
    message = interaction.message
    if message is None or message.channel.any_message(message.id) is None:
        raise refuse(10008)
    answers.change(call.world, message, data, call.files)
    interaction.original = message


def _choices(call: Call, interaction: Interaction, data: Json) -> None:
    choices = data.get("choices")
    if not isinstance(choices, list):
        raise required("data.choices")
    if len(choices) > 25:
        raise bad_length("data.choices", 0, 25)
    for n, choice in enumerate(choices):
        for key in ("name", "value"):
            text = choice.get(key)
            needs_text = key == "name" or isinstance(text, str)
            if needs_text and not (isinstance(text, str) and 1 <= len(text) <= 100):
                raise bad_length(f"data.choices.{n}.{key}", 1, 100)
    interaction.choices = choices


def _modal(call: Call, interaction: Interaction, data: Json) -> None:
    interaction.modal = check_modal(data)


_RESPONSES = {
    ANSWER: _answer,
    DEFERRED: _defer,
    DEFERRED_UPDATE: _defer_update,
    UPDATE: _update,
    CHOICES: _choices,
    MODAL: _modal,
}


def _described(call: Call, interaction: Interaction, kind: int) -> Json:
    about: Json = {"id": str(interaction.id), "type": interaction.kind}
    original = interaction.original
    if original is None:
        return {"interaction": about}
    about["response_message_id"] = str(original.id)
    about["response_message_loading"] = bool(original.flags & LOADING)
    about["response_message_ephemeral"] = bool(original.flags & EPHEMERAL)
    if kind in (DEFERRED, DEFERRED_UPDATE):
        return {"interaction": about}
    return {"interaction": about, "resource": {"type": kind, "message": shapes.message(call.world, original)}}

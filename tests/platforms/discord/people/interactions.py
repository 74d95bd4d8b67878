"""What a person used (a command, a button, a modal), and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.people.sight import Input, Json, Seen, text_input
from tests.platforms.discord.people.waiting import NoAnswer, eventually

if TYPE_CHECKING:
    from tests.platforms.discord.people.person import User


@dataclass(frozen=True)
class Modal:
    """An open modal."""

    user: User = field(repr=False)
    interaction_id: int
    title: str
    custom_id: str
    inputs: tuple[Input, ...]
    texts: tuple[str, ...]
    """What its text displays say."""

    async def submit(self, values: Mapping[str, Any] | None = None) -> Interaction:
        """Send it, with `values` by label or custom_id in place of what the inputs came with."""
        made = await self.user.call("submit", interaction=str(self.interaction_id), values=dict(values or {}))
        return Interaction(self.user, int(made["id"]))

    async def dismiss(self) -> None:
        await self.user.call("dismiss", interaction=str(self.interaction_id))


@dataclass(frozen=True)
class Interaction:
    """Something that a person used: a command, a button, a modal."""

    user: User = field(repr=False)
    id: int

    async def state(self) -> Json:
        """How it stands: failed, response (type of the first one, or None), seconds, original, followups, modal, …"""
        answer: Json = await self.user.server.call("interaction", interaction=str(self.id))
        return answer

    async def acknowledged(self) -> Json:
        """Wait for the first response; return the state. Raises NoAnswer if there is none in 3 seconds."""

        async def check() -> Json | None:
            state = await self.state()
            return state if state["failed"] or state["response"] is not None else None

        state = await eventually(check)
        if state is None or state["failed"]:
            raise NoAnswer("the application did not respond")
        return state

    async def answer(self) -> Seen:
        """Wait for the message that answers it: its own, a follow-up, or the updated one that it came from."""
        await self.acknowledged()

        async def check() -> Json | None:
            state = await self.state()
            if state["modal"] is not None:
                raise NoAnswer(f"it opened the modal {state['modal']['title']!r} instead")
            shown = state["original"]
            if state["response"] == 6:  # a deferred update: answered when its message changed, or by a follow-up
                shown = shown if state["updated"] else None
            if shown is not None and not shown["loading"]:
                return dict(shown)
            return dict(state["followups"][0]) if state["followups"] else None

        found = await eventually(check)
        assert found is not None
        return self.user.server.seen(found)

    async def followups(self, count: int = 1) -> list[Seen]:
        """Wait for so many follow-ups at least."""
        await self.acknowledged()

        async def check() -> list[Json] | None:
            found: list[Json] = (await self.state())["followups"]
            return found if len(found) >= count else None

        return [self.user.server.seen(each) for each in await eventually(check) or []]

    async def modal(self) -> Modal:
        """Wait for the modal that it opens."""
        state = await self.acknowledged()
        if state["modal"] is None:
            raise NoAnswer(f"it opened no modal, but got a response of type {state['response']}")
        return _modal(self.user, self.id, state["modal"])

    async def choices(self) -> list[tuple[str, str]]:
        """Wait for completions, as (shown, value)."""
        state = await self.acknowledged()
        return [(each["name"], each["value"]) for each in state["choices"]]

    async def failed(self) -> bool:
        """Wait for the end of the 3 seconds, or the first response; return whether the person was told of a failure."""
        try:
            await self.acknowledged()
        except NoAnswer:
            return True
        return False


def _modal(user: User, interaction_id: int, data: Json) -> Modal:
    inputs, texts = [], []
    for each in data["components"]:
        if each["type"] == 10:
            texts.append(each["content"])
        elif each["type"] == 18:
            inputs.append(text_input({**each["component"], "label": each["label"]}, each.get("description") or ""))
        else:
            inputs += [text_input(inner, "") for inner in each["components"]]
    return Modal(user, interaction_id, data["title"], data["custom_id"], tuple(inputs), tuple(texts))

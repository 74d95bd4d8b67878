"""What a simulated world asks of the chat service that its members live on: a Protocol, filled once per platform.

`on_console` fills it with the chat service in memory, `matrix` with real accounts on a homeserver, `discord` with
accounts on a local Discord. A further platform is one more `ChatService`; worlds, transcripts and the printed day stay
as they are. It needs

- a **client for each member**: an account of its own, that says things and that reads what the server shows it;
- the **bot's own port**, as it is in production, inside a `WatchedPlatform` (`watched`), which knows which chunk each
  message came from, keeps the neutral text beside it, and puts the world's time on what comes in;
- a **chronicle** (`chronicle.Observations`): what members did once the server took it, and of the bot only what
  members' clients were shown. What the bot believes to have sent is no record.

The records are those that `bot.platforms.console.server` lists. Two spellings are the same on every platform: a
conversation's address, "dm:<member>" or "#<channel>", and a member's name, as in the scenario. Message ids are the
platform's own, and a thread's id is that of the message it is under.

**Time.** A world's clock stands still while anything is under way. It asks `heard` before the bot works, and `shown`
after: between the two nothing is in flight, and only then does it look for the next instant and move the clock. A
server's own time shows nowhere: `at` of a record, and of what the engine is told, is the clock's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.engine.immediate import Immediate
from bot.engine.ports import Platform
from bot.model.errors import HeliotropeError
from bot.model.identity import Account, Place
from bot.platforms.console.log import Log
from bot.platforms.console.server import channel, direct
from bot.platforms.console.state import Standing

__all__ = ["Attends", "ChatService", "Chronicle", "Resident", "Stuck", "channel", "direct"]


class Stuck(HeliotropeError):
    """The chat service or the bot does not go on; the message says in one line what was waited for."""


@runtime_checkable
class Attends(Protocol):
    """A platform that asks for what answers while a person waits, before it is started."""

    def attend(self, immediate: Immediate) -> None:
        """Take it."""
        ...


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives on a chat service: their name there, and whether they administer its channels."""

    name: str
    admin: bool = False


class Chronicle(Protocol):
    """What members did and saw, in one order. A `ConsoleServer` is one."""

    @property
    def log(self) -> Log:
        """The records."""
        ...

    @property
    def messages(self) -> Mapping[str, Standing]:
        """Every message as it stands now, by id; the title of the thread under it too, where there is one."""
        ...

    def done(self, act: str) -> str | None:
        """Return the id of the message that a member's act was about ("" if it had none), or None if it is undone."""
        ...

    def said_by(self, name: str) -> Sequence[str]:
        """Return the ids of what a member said, oldest first."""
        ...

    def last_from_bot(self, address: str) -> str | None:
        """Return the id of the bot's newest message in a conversation or channel."""
        ...


class ChatService(Protocol):
    """Where members live. `move_in` first; then members act, and the bot's processes come and go.

    Acts raise `bot.platforms.console.server.ServiceRefuses` when the service won't do them. An `act` names one for
    ever: the same act twice is one. Whatever waits for a server raises Stuck instead of waiting for ever.
    """

    @property
    def name(self) -> str:
        """The platform's name, as in `Identity.platform` and `Place.platform`."""
        ...

    @property
    def chronicle(self) -> Chronicle:
        """What members did and saw until now."""
        ...

    @property
    def differences(self) -> Sequence[str]:
        """Where a member was shown other words than the chronicle has; each a line for whoever runs the world."""
        ...

    # --- who is there ---------------------------------------------------------------------------------------

    async def move_in(self, residents: Sequence[Resident], channels: Sequence[str]) -> None:
        """Give everybody an account and every channel a place with all of them in it; the bot is let in as well.

        Before the first process of the bot. A second time it changes nothing.
        """
        ...

    def account(self, name: str) -> Account:
        """Return a resident's account, as the bot's directory has it."""
        ...

    def place(self, channel: str) -> Place:
        """Return where a channel is, as the bot is to address it."""
        ...

    @property
    def scopes(self) -> Sequence[str]:
        """The tenants (`Inbound.scope`) that the channels belong to, which the team's workspace is made of."""
        ...

    # --- what members do ------------------------------------------------------------------------------------

    async def say(
        self, by: str, text: str, *, address: str | None = None, thread: str | None = None, act: str | None = None
    ) -> str:
        """Say something, by default in the direct conversation with the bot; return the message's id.

        Who has no direct conversation yet opens one. Returns once the bot, if it runs, was told: what is done later
        reaches it later.
        """
        ...

    async def edit(self, by: str, message: str, text: str, *, act: str | None = None) -> None:
        """Change one's own message; returns as `say` does."""
        ...

    async def delete(self, by: str, message: str, *, act: str | None = None) -> None:
        """Take one's own message back; returns as `say` does."""
        ...

    async def react(self, by: str, message: str, emoji: str, *, act: str | None = None) -> None:
        """Put an emoji on a message; returns as `say` does."""
        ...

    # --- the bot --------------------------------------------------------------------------------------------

    async def process(self) -> Platform:
        """Return the port for a new process of the bot, not started; the last one must have ended."""
        ...

    def cut_off(self) -> None:
        """End the bot's process where it is: from now on it is told nothing, and reaches nobody."""
        ...

    async def heard(self) -> None:
        """Return when the bot's engine was told all that members did. The bot runs."""
        ...

    async def shown(self) -> None:
        """Return when all that the bot did is in the chronicle, because members were shown it."""
        ...

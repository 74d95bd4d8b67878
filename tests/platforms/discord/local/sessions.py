"""Gateway sessions: what each has been sent, so that RESUME can replay it."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tests.platforms.discord.local.state import Guild, Json

if TYPE_CHECKING:
    from tests.platforms.discord.local.world import World

GUILDS, GUILD_MEMBERS = 1 << 0, 1 << 1
GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 9, 1 << 10, 1 << 11
DIRECT_MESSAGES, DIRECT_REACTIONS, DIRECT_TYPING = 1 << 12, 1 << 13, 1 << 14
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = {"members": GUILD_MEMBERS, "presences": 1 << 8, "message_content": MESSAGE_CONTENT}
ALL_INTENTS = (1 << 26) - 1

_REPLAYABLE = 20_000
"""Events kept for a session that is away; one that missed more cannot resume."""


class Line(Protocol):
    """A connection that a session can write to."""

    def send(self, text: str) -> None: ...


@dataclass(slots=True)
class Session:
    id: str
    shard: tuple[int, int]
    intents: int
    sequence: int = 0
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_REPLAYABLE))
    line: Line | None = None
    away_since: float | None = None
    """Real seconds; None while it is connected."""

    def wants(self, guild: Guild | None, intent: int) -> bool:
        """Whether an event is for this shard (DMs are shard 0's) and within its intents."""
        shard, count = self.shard
        return (not intent or bool(self.intents & intent)) and shard == ((guild.id >> 22) % count if guild else 0)

    def dispatch(self, name: str, data: Json) -> None:
        self.sequence += 1
        text = json.dumps({"op": 0, "t": name, "s": self.sequence, "d": data}, separators=(",", ":"))
        self.sent.append((self.sequence, text))
        if self.line is not None:
            self.line.send(text)

    def missed(self, sequence: int) -> list[str] | None:
        """Return what came after this number, or None if some of it is no longer known."""
        if sequence < self.sequence and (not self.sent or self.sent[0][0] > sequence + 1):
            return None
        return [text for number, text in self.sent if number > sequence]


class Sessions:
    """A world's sessions, connected or to be resumed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._all: dict[str, Session] = {}
        self.started = 0
        self.resumed = 0
        self.refused = 0
        """How many more connections the gateway refuses."""

    def start(self, shard: tuple[int, int], intents: int) -> Session:
        self.started += 1
        session = Session(secrets.token_hex(16), shard, intents)
        self._all[session.id] = session
        return session

    def find(self, session_id: str, now: float) -> Session | None:
        self._forget(now)
        return self._all.get(session_id)

    def end(self, session: Session) -> None:
        self._all.pop(session.id, None)

    def forget_all(self) -> None:
        """Make every session one that cannot be resumed."""
        self._all = {key: each for key, each in self._all.items() if each.line is not None}

    def connected(self) -> list[Session]:
        return [each for each in self._all.values() if each.line is not None]

    def emit(
        self, name: str, data: Json | Callable[[Session], Json], guild: Guild | None = None, intent: int = 0
    ) -> None:
        """Send an event to every session that it is for, connected or to be resumed."""
        if guild is not None and self._world.bot.id not in guild.members and name != "GUILD_DELETE":
            return
        for session in list(self._all.values()):
            if session.wants(guild, intent):
                session.dispatch(name, data(session) if callable(data) else data)

    def refuses(self) -> bool:
        """Whether the gateway is out of order for this connection; counts it."""
        if self.refused > 0:
            self.refused -= 1
            return True
        return False

    def _forget(self, now: float) -> None:
        oldest = now - self._world.settings.session_life
        for each in list(self._all.values()):
            if each.away_since is not None and each.away_since < oldest:
                self.end(each)

"""How a world behaves where the real service's behaviour is a matter of degree, or a test wants it otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(slots=True)
class Settings:
    """Seconds are of the server's clock, which tests may move, except where they say real seconds."""

    nonce_window: float = 180
    """How long a nonce is remembered ("the past few minutes")."""
    interaction_deadline: float = 3
    interaction_life: float = 900
    link_life: float = 86_400
    """How long a signed link to an attachment works."""
    session_life: float = 180
    """Real seconds that a cut gateway session can be resumed."""
    heartbeat_interval: float = 41.25
    """Real seconds; a client that misses two is cut off."""
    identify_interval: float = 0
    """Real seconds between IDENTIFYs of one shard bucket: the real service wants 5; 0 does not look."""
    identify_limit: int = 1000
    """Sessions that may start in a day."""
    limits: bool = True
    """Whether rate limits are enforced, and told of in headers."""
    bucket_scale: float = 1.0
    """What the seconds of the routes' limits are multiplied with; the global limit stays."""
    global_limit: int = 50
    invalid_limit: int = 10_000
    """401, 403 and 429 in ten minutes until the address is banned."""
    dm_openings: int = 0
    """New DM channels an hour until the bot is quarantined (code 20026); 0 never does."""
    intents: tuple[str, ...] = ()
    """Privileged intents that the application has: "members", "presences", "message_content"."""
    shards: int = 1
    """What /gateway/bot recommends."""
    check_requests: bool = True
    """Whether requests are checked against the API's own description, where that is at hand."""
    check_responses: bool = False
    """Whether this server's own answers are."""

    def change(self, values: dict[str, Any]) -> None:
        """Set some by name. Raises KeyError for a name that there is not."""
        known = {field.name for field in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise KeyError(name)
            setattr(self, name, tuple(value) if name == "intents" else value)

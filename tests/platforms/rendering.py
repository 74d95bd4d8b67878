"""Who reads what the platforms' renderers are tested with."""

from __future__ import annotations

from bot.app import services
from bot.engine.ports import Reader
from bot.model.identity import MemberId
from bot.model.message import Person

LOCALIZER = services(()).localizer
ROOM = Reader("en")
DM = Reader("en", "UTC", direct=True)
ANA = Person(MemberId(1), "Ana")

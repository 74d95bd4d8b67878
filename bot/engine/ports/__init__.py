"""The Protocols that the engine stands on. `app` fills them; `bot.testing` has a fake of each."""

from bot.engine.ports.language import Gazetteer, Localizer, Reader, Style, ZoneMatch
from bot.engine.ports.outbound import Chunk, ChunkState, Op, Outgoing, Parcel, Part, Sent, Target, TargetKind
from bot.engine.ports.platform import Platform, Rendered
from bot.engine.ports.records import Contact, Conversation, Occurrence, OccurrenceState, Said, Timer
from bot.engine.ports.storage import (
    Contacts,
    Conversations,
    Directory,
    Inbox,
    Journal,
    Occurrences,
    Outbox,
    Result,
    Storage,
    Stores,
    Timers,
)
from bot.engine.ports.time import CRASH_POINTS, Alarm, Clock, Holidays, Probe, no_probe

__all__ = [
    "CRASH_POINTS",
    "Alarm",
    "Chunk",
    "ChunkState",
    "Clock",
    "Contact",
    "Contacts",
    "Conversation",
    "Conversations",
    "Directory",
    "Gazetteer",
    "Holidays",
    "Inbox",
    "Journal",
    "Localizer",
    "Occurrence",
    "OccurrenceState",
    "Occurrences",
    "Op",
    "Outbox",
    "Outgoing",
    "Parcel",
    "Part",
    "Platform",
    "Probe",
    "Reader",
    "Rendered",
    "Result",
    "Said",
    "Sent",
    "Storage",
    "Stores",
    "Style",
    "Target",
    "TargetKind",
    "Timer",
    "Timers",
    "ZoneMatch",
    "no_probe",
]

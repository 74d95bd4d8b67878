"""What the standup cog stores: its tables, and the statements on them."""

from cogs.standup.store.answer import add_answer, change_answer, delete_answer
from cogs.standup.store.standup import save_standup, standup_row, standups, standups_of
from cogs.standup.store.tables import METADATA
from cogs.standup.store.unreached import (
    asked_in_channels,
    asked_nowhere,
    forget_nowhere,
    list_in_channel,
    list_no_more,
    listed_for,
)
from cogs.standup.store.update import (
    add_updates,
    after,
    asked_since,
    before,
    is_last,
    kept,
    of_message,
    one,
    save_update,
)

__all__ = [
    "METADATA",
    "add_answer",
    "add_updates",
    "after",
    "asked_in_channels",
    "asked_nowhere",
    "asked_since",
    "before",
    "change_answer",
    "delete_answer",
    "forget_nowhere",
    "is_last",
    "kept",
    "list_in_channel",
    "list_no_more",
    "listed_for",
    "of_message",
    "one",
    "save_standup",
    "save_update",
    "standup_row",
    "standups",
    "standups_of",
]

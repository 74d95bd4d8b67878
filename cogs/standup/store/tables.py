"""The standup cog's tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text, UniqueConstraint

METADATA = MetaData()
_INSTANT = BigInteger().with_variant(Integer, "sqlite")

STANDUPS = Table(
    "standup_standups",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("days", Text, nullable=False),
    Column("every_weeks", Integer, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("questions", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("creator", Integer, nullable=False),
    Column("created", _INSTANT, nullable=False),
    UniqueConstraint("team", name="standup_standups_team_key"),
    Index("standup_standups_workspace_index", "workspace"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""One row a team for ever: a standup that is made again is the one that was deleted, with its dates claimed."""

UPDATES = Table(
    "standup_updates",
    METADATA,
    Column("workspace", Integer, nullable=False),
    Column("standup", Integer, nullable=False),
    Column("team", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("questions", Text, nullable=False),
    Column("asked", _INSTANT, nullable=False),
    Column("ends", _INSTANT, nullable=False),
    Column("expires", _INSTANT, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("snoozed", _INSTANT, nullable=False),
    Column("receipts", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("resolved", Text, nullable=False),
    PrimaryKeyConstraint("standup", "member", "date", name="standup_updates_pkey"),
    Index("standup_updates_member_index", "member", "date"),
    sqlite_strict=True,
)
"""What a member was asked on a local date, with the questions as they were then. `receipts` counts versions."""

ANSWERS = Table(
    "standup_answers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("standup", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("question", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", Text, nullable=False),
    Column("command", Integer, nullable=False),
    Column("platform", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("thread", Text, nullable=True),
    Column("message", Text, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("picked", Text, nullable=False, server_default=""),
    Column("speaker", Text, nullable=False, server_default=""),
    Index("standup_answers_update_index", "standup", "member", "date"),
    Index("standup_answers_message_index", "message"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
"""One message each, whole as written, with the position of the question that was open when it was said."""

UNREACHED = Table(
    "standup_unreached",
    METADATA,
    Column("workspace", Integer, nullable=False),
    Column("standup", Integer, nullable=False),
    Column("member", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("post", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    PrimaryKeyConstraint("standup", "date", "member", name="standup_unreached_pkey"),
    sqlite_strict=True,
)
"""Who was asked for a local date in a channel: in which of that date's posts first, and whether they still are."""

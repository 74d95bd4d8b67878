"""The bot's own tables.

Types are the few that mean the same on STRICT SQLite and on PostgreSQL: counters and truth values (0, 1) are
`Integer`, instants microseconds since 1970 UTC, local dates ISO text, structured values JSON text. Ids are never
used again, so that what outlives a deleted team is not taken for its successor's.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

METADATA: Final = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_index",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)
INSTANT: Final = BigInteger().with_variant(Integer, "sqlite")

# Written into the SQL as they are, never bound: a database uses a partial index only where it can see, before any
# value is bound, that the query asks for nothing outside it.
QUEUED: Final = literal_column("'queued'", Text)
YES: Final = literal_column("1", Integer)
NOTHING: Final = literal_column("0", Integer)


def _table(name: str, *items: Any, numbered: bool = False) -> Table:
    if numbered:
        items = (Column("id", Integer, primary_key=True), *items)
    return Table(name, METADATA, *items, sqlite_strict=True, sqlite_autoincrement=numbered)


def _text(name: str, *, null: bool = False, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=null, server_default=default)


def _number(name: str, *reference: ForeignKey, null: bool = False, default: str | None = None) -> Column[int]:
    return Column(name, Integer, *reference, nullable=null, server_default=default)


def _instant(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, INSTANT, nullable=null)


def _partial(name: str, *columns: Any, where: Any) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


META: Final = _table("meta", Column("key", Text, primary_key=True), _text("value"))
"""What the database knows of itself: `instance`, which chunk keys begin with, and `next_id`, theirs and parcels'."""

WORKSPACES: Final = _table("workspaces", _text("name"), _text("language"), numbered=True)

SCOPES: Final = _table(
    "scopes",
    _text("platform"),
    _text("scope"),
    _number("workspace", ForeignKey("workspaces.id")),
    PrimaryKeyConstraint("platform", "scope"),
)

MEMBERS: Final = _table(
    "members",
    _number("workspace", ForeignKey("workspaces.id")),
    _text("name"),
    _text("zone"),
    _text("week"),
    _text("language", null=True),
    _text("holidays", null=True),
    _number("admin"),
    _number("zone_known"),
    _number("active"),
    Index(None, "workspace", "name"),
    numbered=True,
)

IDENTITIES: Final = _table(
    "identities",
    _number("workspace", ForeignKey("workspaces.id")),
    _number("member", ForeignKey("members.id")),
    _text("platform"),
    _text("account"),
    _text("name"),
    _instant("answered"),
    _instant("gone", null=True),
    UniqueConstraint("platform", "account", "workspace"),
    Index(None, "member"),
    numbered=True,
)
"""`gone` is when the account left the workspace, as long as it stays away."""

ABSENCES: Final = _table(
    "absences",
    _number("member", ForeignKey("members.id")),
    _text("first"),
    _text("last"),
    _text("reason"),
    Index(None, "member", "last"),
    numbered=True,
)

TEAMS: Final = _table(
    "teams",
    _number("workspace", ForeignKey("workspaces.id")),
    _text("name"),
    _text("zone"),
    _number("owner", ForeignKey("members.id")),
    Index(None, "workspace"),
    numbered=True,
)

TEAM_MEMBERS: Final = _table(
    "team_members",
    _number("team", ForeignKey("teams.id")),
    _number("member", ForeignKey("members.id")),
    PrimaryKeyConstraint("team", "member"),
    Index(None, "member"),
)

CHANNELS: Final = _table(
    "channels",
    _number("workspace", ForeignKey("workspaces.id")),
    _number("team", ForeignKey("teams.id")),
    _text("purpose"),
    _text("platform"),
    _text("address"),
    _text("thread", null=True),
    _text("name"),
    _text("scope", default=""),
    UniqueConstraint("team", "purpose", "platform"),
    Index(None, "platform", "address"),
    numbered=True,
)

DIRECT_PLACES: Final = _table(
    "direct_places",
    _text("platform"),
    _text("account"),
    _text("address"),
    _text("thread", null=True),
    PrimaryKeyConstraint("platform", "account"),
)

CONTACTS: Final = _table(
    "contacts",
    _text("platform"),
    _text("account"),
    _instant("reached", null=True),
    _instant("closed", null=True),
    _instant("again", null=True),
    _text("remedy", null=True),
    PrimaryKeyConstraint("platform", "account"),
)
"""`reached` is when something first arrived; `closed` is since when nothing does, and `again` when to try next."""

JOURNAL: Final = _table(
    "journal",
    _number("workspace", ForeignKey("workspaces.id")),
    _number("team"),
    _number("author", ForeignKey("members.id")),
    _text("date"),
    _text("kind"),
    _text("text"),
    _instant("at"),
    _text("topic"),
    _text("source_platform", null=True),
    _text("source_address", null=True),
    _text("source_thread", null=True),
    _text("source_message", null=True),
    _number("addressee", ForeignKey("members.id"), null=True),
    _text("since", null=True),
    _text("state"),
    Index(None, "team", "date"),
    Index(None, "team", "state", "kind", "date"),
    Index(None, "author", "state", "kind", "date"),
    Index(None, "source_message"),
    numbered=True,
)

OCCURRENCES: Final = _table(
    "occurrences",
    _number("workspace", ForeignKey("workspaces.id")),
    _text("subject"),
    _number("member", ForeignKey("members.id")),
    _text("date"),
    _text("state"),
    _instant("due"),
    _number("late"),
    PrimaryKeyConstraint("subject", "member", "date"),
    Index(None, "subject", "date"),
    Index(None, "member", "date"),
)

TIMERS: Final = _table(
    "timers",
    _text("cog"),
    _text("job"),
    _text("key"),
    _instant("due"),
    _number("workspace"),
    _number("member", null=True),
    _text("data"),
    _text("wall", null=True),
    _text("zone", null=True),
    UniqueConstraint("cog", "job", "key"),
    Index(None, "due"),
    numbered=True,
)

CONVERSATIONS: Final = _table(
    "conversations",
    _number("workspace", ForeignKey("workspaces.id")),
    _number("member", ForeignKey("members.id")),
    _text("cog"),
    _text("kind"),
    _text("subject"),
    _text("label", null=True),
    _text("data"),
    _instant("expires"),
    UniqueConstraint("member", "cog", "kind", "subject"),
    Index(None, "expires"),
    numbered=True,
)

INBOX: Final = _table(
    "inbox",
    _text("platform"),
    _text("event"),
    _instant("at"),
    PrimaryKeyConstraint("platform", "event"),
    Index(None, "at"),
)

POSITIONS: Final = _table("positions", Column("platform", Text, primary_key=True), _text("position"))

# What a platform must remember between runs: its keys (which it encrypts itself), its rooms, how far it has read.
PLATFORM_STATE: Final = _table(
    "platform_state", Column("platform", Text, primary_key=True), Column("key", Text, primary_key=True), _text("value")
)

OUTBOX: Final = _table(
    "outbox",
    _number("workspace"),
    _text("target"),
    _number("member", null=True),
    _text("platform", null=True),
    _text("address", null=True),
    _text("thread", null=True),
    _text("target_root", null=True),
    _text("kind"),
    _text("key"),
    _text("op"),
    _text("message", null=True),
    _text("root", null=True),
    _text("date", null=True),
    _number("asked"),
    _number("first"),
    _text("title", null=True),
    _text("ref", null=True),
    _text("emoji", null=True),
    _instant("not_before"),
    _text("state"),
    _number("parcel", null=True),
    _number("place_in_parcel", null=True),
    _instant("created"),
    _instant("expires", null=True),
    _number("secret", default="0"),
    UniqueConstraint("key"),
    Index(None, "parcel"),
    Index(None, "root"),
    Index(None, "created"),
    numbered=True,
)
"""`not_before` is 0 for "at once"; `state` queued, packed or dropped; `parcel` what a packed row left in."""

CHUNKS: Final = _table(
    "chunks",
    Column("id", Integer, primary_key=True, autoincrement=False),
    _number("parcel"),
    _text("platform"),
    _text("stream"),
    _text("op"),
    _text("key"),
    _text("content"),
    _text("text"),
    _text("parts"),
    _number("unasked"),
    _number("member", null=True),
    _text("address", null=True),
    _text("place_thread", null=True),
    _text("root", null=True),
    _number("of", null=True),
    _number("after", null=True),
    _text("state"),
    _number("pending"),
    _instant("first_try", null=True),
    _number("tries"),
    _instant("next_try"),
    _text("message", null=True),
    _text("thread", null=True),
    _text("title", null=True),
    _text("emoji", null=True),
    _text("target_message", null=True),
    _text("reason", null=True),
    _instant("changed"),
    _instant("expires", null=True),
    _number("secret", default="0"),
    UniqueConstraint("key"),
    Index(None, "parcel"),
    Index(None, "message"),
    Index(None, "changed"),
)
"""`pending` is 1 until it is sent, refused or dropped; `after` is the chunk that must have been sent before it:
`of`, or the first one of the post `root`. `next_try` is 0 for "at once"; `changed` is when it was stored, and once
it is not pending any more when it came to its end."""

AT_ONCE: Final = (OUTBOX.c.state == QUEUED) & (OUTBOX.c.not_before == NOTHING)
HELD: Final = (OUTBOX.c.state == QUEUED) & (OUTBOX.c.not_before > NOTHING)
PENDING: Final = CHUNKS.c.pending == YES
ROOTLESS: Final = CHUNKS.c.after.is_(None) & CHUNKS.c.root.is_not(None) & PENDING

_partial("outbox_at_once", OUTBOX.c.id, where=AT_ONCE)
_partial("outbox_held", OUTBOX.c.not_before, where=HELD)
_partial("outbox_member", OUTBOX.c.member, where=OUTBOX.c.state == QUEUED)
_partial("chunks_turn", CHUNKS.c.platform, CHUNKS.c.id, where=PENDING)
_partial("chunks_stream", CHUNKS.c.platform, CHUNKS.c.stream, CHUNKS.c.id, where=PENDING)
_partial("chunks_next", CHUNKS.c.next_try, where=PENDING)
_partial("chunks_of", CHUNKS.c.of, where=CHUNKS.c.of.is_not(None))
_partial("chunks_after", CHUNKS.c.after, where=CHUNKS.c.after.is_not(None))
_partial("chunks_unrooted", CHUNKS.c.root, where=ROOTLESS)

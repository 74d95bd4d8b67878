"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "bot_0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parcel", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("unasked", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("place_thread", sa.Text(), nullable=True),
        sa.Column("root", sa.Text(), nullable=True),
        sa.Column("of", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("first_try", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", INSTANT, nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("emoji", sa.Text(), nullable=True),
        sa.Column("target_message", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="chunks_pkey"),
        sa.UniqueConstraint("key", name="chunks_key_key"),
        sqlite_strict=True,
    )
    op.create_index("chunks_after", "chunks", ["after"], **_where('"after" IS NOT NULL'))
    op.create_index("chunks_changed_index", "chunks", ["changed"])
    op.create_index("chunks_message_index", "chunks", ["message"])
    op.create_index("chunks_next", "chunks", ["next_try"], **_where("pending = 1"))
    op.create_index("chunks_of", "chunks", ["of"], **_where('"of" IS NOT NULL'))
    op.create_index("chunks_parcel_index", "chunks", ["parcel"])
    op.create_index("chunks_stream", "chunks", ["platform", "stream", "id"], **_where("pending = 1"))
    op.create_index("chunks_turn", "chunks", ["platform", "id"], **_where("pending = 1"))
    op.create_index(
        "chunks_unrooted", "chunks", ["root"], **_where('"after" IS NULL AND root IS NOT NULL AND pending = 1')
    )
    op.create_table(
        "direct_places",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "account", name="direct_places_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "inbox",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "event", name="inbox_pkey"),
        sqlite_strict=True,
    )
    op.create_index("inbox_at_index", "inbox", ["at"])
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="meta_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("target_root", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("root", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("emoji", sa.Text(), nullable=True),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("parcel", sa.Integer(), nullable=True),
        sa.Column("place_in_parcel", sa.Integer(), nullable=True),
        sa.Column("created", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="outbox_pkey"),
        sa.UniqueConstraint("key", name="outbox_key_key"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("outbox_at_once", "outbox", ["id"], **_where("state = 'queued' AND not_before = 0"))
    op.create_index("outbox_created_index", "outbox", ["created"])
    op.create_index("outbox_held", "outbox", ["not_before"], **_where("state = 'queued' AND not_before > 0"))
    op.create_index("outbox_parcel_index", "outbox", ["parcel"])
    op.create_index("outbox_root_index", "outbox", ["root"])
    op.create_table(
        "positions",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", name="positions_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "platform_state",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "key", name="platform_state_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "timers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cog", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("wall", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="timers_pkey"),
        sa.UniqueConstraint("cog", "job", "key", name="timers_cog_job_key_key"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("timers_due_index", "timers", ["due"])
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="workspaces_pkey"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("holidays", sa.Text(), nullable=True),
        sa.Column("admin", sa.Integer(), nullable=False),
        sa.Column("zone_known", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="members_workspace_fkey"),
        sa.PrimaryKeyConstraint("id", name="members_pkey"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("members_workspace_name_index", "members", ["workspace", "name"])
    op.create_table(
        "scopes",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="scopes_workspace_fkey"),
        sa.PrimaryKeyConstraint("platform", "scope", name="scopes_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name="absences_member_fkey"),
        sa.PrimaryKeyConstraint("id", name="absences_pkey"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("absences_member_last_index", "absences", ["member", "last"])
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("cog", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("expires", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name="conversations_member_fkey"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="conversations_workspace_fkey"),
        sa.PrimaryKeyConstraint("id", name="conversations_pkey"),
        sa.UniqueConstraint("member", "cog", "kind", "subject", name="conversations_member_cog_kind_subject_key"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("conversations_expires_index", "conversations", ["expires"])
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("answered", INSTANT, nullable=False),
        sa.Column("gone", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name="identities_member_fkey"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="identities_workspace_fkey"),
        sa.PrimaryKeyConstraint("id", name="identities_pkey"),
        sa.UniqueConstraint("platform", "account", "workspace", name="identities_platform_account_workspace_key"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("identities_member_index", "identities", ["member"])
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("source_platform", sa.Text(), nullable=True),
        sa.Column("source_address", sa.Text(), nullable=True),
        sa.Column("source_thread", sa.Text(), nullable=True),
        sa.Column("source_message", sa.Text(), nullable=True),
        sa.Column("addressee", sa.Integer(), nullable=True),
        sa.Column("since", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["addressee"], ["members.id"], name="journal_addressee_fkey"),
        sa.ForeignKeyConstraint(["author"], ["members.id"], name="journal_author_fkey"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="journal_workspace_fkey"),
        sa.PrimaryKeyConstraint("id", name="journal_pkey"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("journal_author_state_kind_date_index", "journal", ["author", "state", "kind", "date"])
    op.create_index("journal_source_message_index", "journal", ["source_message"])
    op.create_index("journal_team_date_index", "journal", ["team", "date"])
    op.create_index("journal_team_state_kind_date_index", "journal", ["team", "state", "kind", "date"])
    op.create_table(
        "occurrences",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name="occurrences_member_fkey"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="occurrences_workspace_fkey"),
        sa.PrimaryKeyConstraint("subject", "member", "date", name="occurrences_pkey"),
        sqlite_strict=True,
    )
    op.create_index("occurrences_member_date_index", "occurrences", ["member", "date"])
    op.create_index("occurrences_subject_date_index", "occurrences", ["subject", "date"])
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["members.id"], name="teams_owner_fkey"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="teams_workspace_fkey"),
        sa.PrimaryKeyConstraint("id", name="teams_pkey"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("teams_workspace_index", "teams", ["workspace"])
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="channels_team_fkey"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="channels_workspace_fkey"),
        sa.PrimaryKeyConstraint("id", name="channels_pkey"),
        sa.UniqueConstraint("team", "purpose", name="channels_team_purpose_key"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_index("channels_platform_address_index", "channels", ["platform", "address"])
    op.create_table(
        "team_members",
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name="team_members_member_fkey"),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="team_members_team_fkey"),
        sa.PrimaryKeyConstraint("team", "member", name="team_members_pkey"),
        sqlite_strict=True,
    )
    op.create_index("team_members_member_index", "team_members", ["member"])


def downgrade() -> None:
    """Drop the tables, those that refer to others first."""
    for table in (
        "team_members",
        "channels",
        "teams",
        "occurrences",
        "journal",
        "identities",
        "conversations",
        "absences",
        "scopes",
        "members",
        "workspaces",
        "timers",
        "positions",
        "platform_state",
        "outbox",
        "meta",
        "inbox",
        "direct_places",
        "chunks",
    ):
        op.drop_table(table)

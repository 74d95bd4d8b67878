"""What tests set up and break: people, servers, rights, time, faults, the gateway."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Any

from tests.platforms.discord.local import events, places, views
from tests.platforms.discord.local.errors import NotPossible
from tests.platforms.discord.local.faults import Fault
from tests.platforms.discord.local.gateway import INVALID, RECONNECT, Connection
from tests.platforms.discord.local.permissions import bits
from tests.platforms.discord.local.state import TEXT, Channel, Guild, Json, Member, Overwrite, Role, User
from tests.platforms.discord.local.world import World


class Staging:
    """One verb a method; ids are strings, permissions names as "send_messages"."""

    def __init__(self, world: World) -> None:
        self._world = world

    # --- people and servers --------------------------------------------------------------------------------------

    def user(self, name: str, locale: str = "en-US", display: str | None = None, bot: bool = False) -> Json:
        world = self._world
        user = User(world.snowflakes.next(), name, locale, display, bot)
        world.users[user.id] = user
        return {"id": str(user.id)}

    def change_user(
        self,
        user: str,
        locale: str | None = None,
        display: str | None = None,
        dms_open: bool | None = None,
        deleted: bool | None = None,
    ) -> None:
        one = self._user(user)
        one.locale = locale or one.locale
        one.display = display or one.display
        one.dms_open = one.dms_open if dms_open is None else dms_open
        one.deleted = one.deleted if deleted is None else deleted

    def guild(
        self, name: str, owner: str, locale: str = "en-US", bot: bool = True, permissions: list[str] | None = None
    ) -> Json:
        """Make a server; with the bot in it, whose own role has these permissions (none: what @everyone has)."""
        guild = places.make_guild(self._world, name, self._user(owner), locale)
        if bot:
            places.add_bot(self._world, guild, bits(permissions or []))
        return {"id": str(guild.id)}

    def add_bot(self, guild: str, permissions: list[str] | None = None) -> None:
        places.add_bot(self._world, self._guild(guild), bits(permissions or []))

    def remove_bot(self, guild: str) -> None:
        places.remove_bot(self._world, self._guild(guild))

    def outage(self, guild: str, down: bool) -> None:
        one = self._guild(guild)
        one.down = down
        if down:
            events.guild_gone(self._world, one, outage=True)
        else:
            events.guild_available(self._world, one, joined=False)

    def channel(self, guild: str, name: str, kind: int = TEXT) -> Json:
        return {"id": str(places.make_channel(self._world, self._guild(guild), name, kind).id)}

    def delete_channel(self, channel: str) -> None:
        """Delete a channel or a thread."""
        places.delete_channel(self._world, self._channel(channel))

    def archive(self, channel: str, locked: bool = False) -> None:
        """Close a thread, as a person does."""
        one = self._channel(channel)
        if one.thread is None:
            raise NotPossible("it is no thread")
        one.thread.archived, one.thread.archived_at, one.thread.locked = True, self._world.clock.now(), locked
        events.thread_changed(self._world, "THREAD_UPDATE", one)

    def lock(self, channel: str, locked: bool = True) -> None:
        """Lock or unlock a thread, as a moderator does."""
        one = self._channel(channel)
        if one.thread is None:
            raise NotPossible("it is no thread")
        one.thread.locked = locked
        events.thread_changed(self._world, "THREAD_UPDATE", one)

    def role(self, guild: str, name: str, permissions: list[str] | None = None) -> Json:
        one = self._guild(guild)
        role = Role(self._world.snowflakes.next(), name, bits(permissions or []), len(one.roles))
        one.roles[role.id] = role
        events.role_changed(self._world, "GUILD_ROLE_CREATE", one, role)
        return {"id": str(role.id)}

    def change_role(self, guild: str, role: str, permissions: list[str]) -> None:
        """Give a role these permissions in place of its own; `role` may be "everyone" or "bot"."""
        one = self._guild(guild)
        found = self._role(one, role)
        found.permissions = bits(permissions)
        events.role_changed(self._world, "GUILD_ROLE_UPDATE", one, found)

    def take_permissions(self, guild: str, permissions: list[str]) -> None:
        """Take permissions away from the bot, whichever of its roles gives them."""
        one = self._guild(guild)
        for role_id in (one.id, *one.members[self._world.bot.id].roles):
            role = one.roles[role_id]
            role.permissions &= ~bits(permissions)
            events.role_changed(self._world, "GUILD_ROLE_UPDATE", one, role)

    def delete_role(self, guild: str, role: str) -> None:
        one = self._guild(guild)
        places.delete_role(self._world, one, self._role(one, role))

    def join(self, guild: str, user: str, roles: list[str] | None = None, nick: str | None = None) -> None:
        one = self._guild(guild)
        member = Member(self._user(user), self._world.clock.now(), {int(each) for each in roles or []}, nick)
        one.members[member.user.id] = member
        events.member_changed(self._world, "GUILD_MEMBER_ADD", one, member)

    def crowd(self, guild: str, count: int, prefix: str) -> list[str]:
        """Let so many new people join, each with a DM channel that is open already."""
        one, world = self._guild(guild), self._world
        made = []
        for number in range(count):
            user = User(world.snowflakes.next(), f"{prefix}{number}")
            world.users[user.id] = user
            one.members[user.id] = Member(user, world.clock.now())
            world.dm(user)
            made.append(str(user.id))
        return made

    def leave(self, guild: str, user: str) -> None:
        one = self._guild(guild)
        member = one.members.pop(int(user))
        for channel in one.channels.values():
            if channel.thread is not None:
                channel.thread.members.pop(int(user), None)
        events.member_changed(self._world, "GUILD_MEMBER_REMOVE", one, member)

    def change_member(
        self,
        guild: str,
        user: str,
        add: list[str] | None = None,
        remove: list[str] | None = None,
        nick: str | None = None,
    ) -> None:
        """Give and take roles, or name somebody anew."""
        one = self._guild(guild)
        member = one.members[int(user)]
        member.roles |= {int(each) for each in add or []}
        member.roles -= {int(each) for each in remove or []}
        member.nick = nick if nick is not None else member.nick
        events.member_changed(self._world, "GUILD_MEMBER_UPDATE", one, member)

    def overwrite(self, channel: str, who: str, allow: list[str] | None = None, deny: list[str] | None = None) -> None:
        """Set a channel's overwrite for a role, a member, "everyone" or "bot" (its member)."""
        one = self._channel(channel)
        assert one.guild is not None
        guild = one.guild
        of = {"everyone": guild.id, "bot": self._world.bot.id}.get(who) or int(who)
        one.overwrites[of] = Overwrite(0 if of in guild.roles else 1, bits(allow or []), bits(deny or []))
        events.channel_changed(self._world, "CHANNEL_UPDATE", one)

    def allow_command(self, guild: str, command: str, who: str) -> None:
        """What an admin sets under Integrations: a user or role may use a command, whatever its defaults."""
        self._guild(guild).commands_for.add((command, int(who)))

    # --- time, faults, the gateway -------------------------------------------------------------------------------

    def settings(self, values: Json) -> None:
        self._world.settings.change(values)

    def now(self) -> Json:
        return {"now": self._world.clock.now().isoformat()}

    def skew(self, seconds: float) -> None:
        self._world.clock.skew(timedelta(seconds=seconds))

    def stand(self, at: str | None) -> None:
        """Let the server's time stand still at an instant, or run on (null)."""
        self._world.clock.stand(datetime.fromisoformat(at) if at else None)

    def fault(self, kind: str, method: str = "", route: str = "", times: int = 1, **more: Any) -> None:
        known: Any = kind
        self._world.faults.order(Fault(known, method, re.compile(route), times, **more))

    def clear_faults(self) -> None:
        self._world.faults.clear()

    def drop(self, code: int | None = None) -> int:
        """Close every gateway connection with a code, or cut it; the sessions can be resumed. Return how many."""
        lines = self._lines()
        for each in lines:
            if code is None:
                each.cut()
            else:
                each.close(code)
        return len(lines)

    def invalidate(self, resumable: bool = False) -> None:
        """Tell every connection that its session is invalid; unless `resumable`, it is forgotten."""
        for each in self._lines():
            each.say(INVALID, resumable)
            if not resumable and each.session is not None:
                self._world.sessions.end(each.session)
                each.session.line, each.session = None, None

    def lose_sessions(self) -> None:
        """Cut every connection, and forget the sessions: a RESUME is refused."""
        for each in self._lines():
            if each.session is not None:
                self._world.sessions.end(each.session)
            each.cut()
        self._world.sessions.forget_all()

    def reconnect(self) -> None:
        """Ask every connection to reconnect and resume."""
        for each in self._lines():
            each.say(RECONNECT)

    def go_silent(self) -> None:
        """Keep the connections open and say nothing more on them: half-open sockets."""
        for each in self._lines():
            each.silent = True

    def refuse_connections(self, times: int) -> None:
        """Answer the next gateway connections with 503."""
        self._world.sessions.refused = times

    def dispatch(self, event: str, data: Any) -> None:
        """Send an event of the test's making, malformed for instance, to every session."""
        for session in self._world.sessions.connected():
            session.dispatch(event, data)

    def revoke_token(self) -> None:
        """Make the token worthless from now on, and end the gateway's sessions with 4004."""
        self._world.token_revoked = True
        for each in self._lines():
            each.close(4004)

    # --- looking -------------------------------------------------------------------------------------------------

    def requests(self, since: int = 0) -> list[Json]:
        """The requests so far, from number `since` on."""
        return [
            {
                "at": each.at.isoformat(),
                "monotonic": each.monotonic,
                "method": each.method,
                "route": each.route,
                "path": each.path,
                "status": each.status,
                "code": each.code,
            }
            for each in self._world.requests[since:]
        ]

    def violations(self) -> list[str]:
        return self._world.violations

    def forgive(self) -> list[str]:
        """Return the violations so far, and forget them."""
        found, self._world.violations = self._world.violations, []
        return found

    def statistics(self) -> Json:
        world = self._world
        return {
            "requests": len(world.requests),
            "denied_globally": world.limits.denied_globally,
            "denied_by_bucket": world.limits.denied_by_bucket,
            "invalid": world.limits.invalid(time.monotonic()),
            "sessions_started": world.sessions.started,
            "sessions_resumed": world.sessions.resumed,
            "connected": len(world.sessions.connected()),
            "dm_openings": [each.isoformat() for each in world.dm_openings],
            "tree_writes": world.tree.writes,
            "acknowledgements": world.interactions.waits(),
            "faults_waiting": len(world.faults.waiting),
            "faults_happened": world.faults.happened,
        }

    def received(self) -> dict[str, list[tuple[str, str]]]:
        """What the bot wrote to each person's DM: when, and the text."""
        bot = self._world.bot
        return {
            str(user_id): [
                (m.at.isoformat(), views.message(self._world, m)["text"])
                for m in dm.messages.values()
                if m.author is bot
            ]
            for user_id, dm in self._world.dms.items()
        }

    def tree(self, guild: str | None = None) -> list[Json]:
        """The registered commands, whole."""
        return self._world.tree.commands(int(guild) if guild else None)

    # --- finding -------------------------------------------------------------------------------------------------

    def _lines(self) -> list[Connection]:
        return [each.line for each in self._world.sessions.connected() if isinstance(each.line, Connection)]

    def _user(self, user: str) -> User:
        return self._world.users[int(user)]

    def _guild(self, guild: str) -> Guild:
        return self._world.guilds[int(guild)]

    def _channel(self, channel: str) -> Channel:
        if (found := self._world.channels.get(int(channel))) is None:
            raise NotPossible("the channel is gone")
        return found

    def _role(self, guild: Guild, role: str) -> Role:
        if role == "everyone":
            return guild.roles[guild.id]
        if role == "bot":
            return next(each for each in guild.roles.values() if each.of_bot is not None)
        return guild.roles[int(role)]

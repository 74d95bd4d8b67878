"""Random teams and what their members do over simulated weeks, as a function of a seed.

Settings are read back from the directory after every deed and kept with their instants, so that the promises can be
checked against what held at the time (`tests.simulation.promises`).
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from re import compile as pattern
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.engine.ports import Holidays, Op
from bot.model.identity import Account, ChannelId, Identity, Place, TeamId, WorkspaceId
from bot.model.identity import MemberId as Id
from bot.model.people import Channel, Member, Purpose, Team
from bot.model.working_time import WorkingWeek, parse_weekdays
from bot.platforms.console import server as chat
from bot.platforms.console.adapter import NAME
from bot.platforms.console.server import ConsoleServer
from bot.storage.database import Database
from bot.storage.migrate import create_all
from bot.testing.assembly import Kit
from bot.testing.clock import VirtualClock
from bot.testing.installation import Installation
from bot.testing.on_console import ConsoleService
from bot.testing.transcript import Seen, Transcript

ZONES = (
    "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Atlantic/Azores", "America/Nuuk",
    "Africa/Cairo", "America/Santiago", "Africa/Casablanca", "Antarctica/Troll", "Europe/London", "America/New_York",
    "Asia/Kolkata", "Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC",
)  # fmt: skip
WEEKS = (
    *["09:00-17:00 mon-fri"] * 6, "22:00-06:00 sun-thu", "20:00-04:00 mon-fri", "07:00-11:30 daily",
    "09:00-17:00 mon,wed,fri", "09:00-17:00 mon-thu; 10:00-13:00 sat", "00:00-08:00 mon-fri", "15:00-23:30 tue-sat",
    "08:00-18:00 sun-thu", "23:30-07:30 daily",
)  # fmt: skip
STARTS = (
    "2026-02-14", "2026-03-05", "2026-03-24", "2026-04-01", "2026-04-20", "2026-07-01", "2026-09-01", "2026-09-22",
    "2026-10-01", "2026-10-20", "2026-10-28", "2026-12-20", "2027-02-05", "2027-03-10", "2027-03-24", "2027-04-01",
    "2027-09-24",
)  # fmt: skip
"""Mostly just before clocks change somewhere."""
NAMES = ("Ana", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hana", "Ivo", "Jun", "Kai", "Lea")
SIZES = (1, 2, 3, 4, 5, 6, 8, 12)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
DOWNTIMES = (3, 30, 90, 240, 480, 900, 1440, 2880, 4320)
"""Minutes."""
WORD = pattern(r"zq\d{5}")
"""In everything that people write there are words that nobody wrote before."""


@dataclass(frozen=True)
class Settings:
    """A member's settings at an instant, and working time by them: written anew here, to be compared with."""

    zone: str
    week: str
    holidays: str | None
    leave: tuple[tuple[date, date], ...]
    calendar: Holidays

    def hours(self, day: date) -> tuple[time, time] | None:
        """The hours of a date's weekday."""
        for part in self.week.split("; ") if self.week != "off" else ():
            hours, days = part.split(" ")
            if day.weekday() in parse_weekdays(days):
                start, end = hours.split("-")
                return time.fromisoformat(start), time.fromisoformat(end)
        return None

    def at(self, day: date, wall: time) -> datetime:
        """A wall time's instant."""
        return datetime.combine(day, wall, ZoneInfo(self.zone)).astimezone(UTC)

    def shift(self, day: date) -> tuple[datetime, datetime] | None:
        """The stretch of work that begins on a local date."""
        hours = self.hours(day)
        off = any(first <= day <= last for first, last in self.leave)
        if hours is None or off or (self.holidays and self.calendar.holiday(self.holidays, day)):
            return None
        start, end = hours
        stretch = self.at(day, start), self.at(day + DAY if end <= start else day, end)
        return stretch if stretch[0] < stretch[1] else None

    def working(self, at: datetime) -> bool:
        """Whether it is working time."""
        today = at.astimezone(ZoneInfo(self.zone)).date()
        shifts = (self.shift(today + step * DAY) for step in (-2, -1, 0, 1))
        return any(shift[0] <= at < shift[1] for shift in shifts if shift)

    def due(self, day: date, wall: time, weekdays: str) -> datetime | None:
        """When a standup of that time and those weekdays ("0124") is due on a local date."""
        hours, shift = self.hours(day), self.shift(day)
        if hours is None or shift is None or str(day.weekday()) not in weekdays:
            return None
        night = hours[1] <= hours[0]
        if not night and wall >= hours[1]:
            return None
        after_midnight = night and wall < hours[1]
        at = self.at(day + DAY if after_midnight else day, wall)
        following = self.shift(day + DAY) if after_midnight else None
        if not shift[0] <= at < shift[1] or (following and following[0] <= at):
            return shift[0]
        return at


@dataclass(frozen=True)
class Standup:
    """A team's standup and members, as they were at an instant."""

    id: int
    at: time
    days: str
    every_weeks: int
    state: str
    members: tuple[Id, ...]


class Trouble(logging.Handler):
    """Keeps warnings and what is worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()} {record.exc_info[1] if record.exc_info else ''}")


class FuzzedTeams:
    """One random world; `play` it, then look at what came of it."""

    def __init__(self, kit: Kit, database: Database, seed: int, days: int, calm: bool = False) -> None:
        self.random = Random(seed)
        self.start = datetime.fromisoformat(self.random.choice(STARTS)).replace(tzinfo=UTC)
        self.start += self.random.randrange(48) * HOUR
        self.days = days
        self.calm = calm
        self.clock = VirtualClock(self.start)
        self.server = ConsoleServer(self.clock)
        self.calendar = kit.services.holidays
        self.installation = Installation(self.clock, ConsoleService(self.server), database, kit.services)
        self.seen: list[Seen] = []
        self.done: list[tuple[datetime, str, str]] = []
        self.down: list[tuple[datetime, datetime]] = []
        self.taken_back: dict[str, str] = {}
        """Words that were edited away or deleted, and whose they are."""
        self.members: dict[str, Member] = {}
        self.settings: dict[str, list[tuple[datetime, Settings]]] = {}
        self.standups: list[tuple[datetime, dict[int, Standup]]] = []
        """By team, as they were from an instant on."""
        self._transcript = Transcript(self.server)
        self._words = count(1)
        self._serial = count()
        self._plans: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._texts: dict[str, tuple[str, str]] = {}
        self._workspace = WorkspaceId(0)

    async def play(self) -> None:
        """Live through the days, and three more days twice in which nobody does anything."""
        await self._move_in()
        end = self.start + self.days * DAY
        while self.clock.now() < end:
            await self._until(self.clock.now() + self.random.choice((3, 20, 60, 120, 240, 400)) * MINUTE)
            if self.random.random() < 0.05:
                await self._die_for(self.random.choice(DOWNTIMES) * MINUTE)
            if self.random.random() < 0.5:
                await self._deed()
        self._plans.clear()
        for _ in range(2):
            await self._wait(self.clock.now() + 3 * DAY)
            self._plans.clear()

    # --- who is there -----------------------------------------------------------------------------------------

    async def _move_in(self) -> None:
        await self.installation.start()
        async with self.installation.storage.transaction() as stores:
            self._workspace = (await stores.directory.create_workspace("Stage", "en", NAME, NAME)).id
        for name in NAMES[: self.random.choice(SIZES)]:
            self.server.add_account(name, admin=name == "Ana")
            self.members[name] = await self._member(name)
        for team in ("Atlas", "Borealis")[: self.random.choice((1, 1, 2))]:
            picked = [m for m in self.members.values() if self.random.random() < 0.8] or [self.members["Ana"]]
            await self._team(team, picked)
            await self._says("Ana", self._create(team))
            if self.random.random() < 0.6:
                await self._says("Ana", f"social on {team} days:{self.random.choice(('mon,wed,fri', 'daily', 'tue'))}")
        if self.random.random() < 0.2:
            await self._says("Ana", f"handoff report Atlas at:{self.random.randrange(8, 18):02}:00")
        await self._note()

    async def _member(self, name: str) -> Member:
        member = Member(
            Id(0),
            self._workspace,
            name,
            self.random.choice(ZONES),
            WorkingWeek.from_text(self.random.choice(WEEKS)),
            self.random.choice((None, "en", "es")),
            self.random.choice((None, None, None, "PT", "US", "IN")),
            name == "Ana",
            zone_known=self.random.random() < 0.9,
        )
        async with self.installation.transaction() as tx:
            return await tx.people.create_member(member, Account(Identity(NAME, name), name))

    async def _team(self, name: str, members: list[Member]) -> None:
        owner = self.random.choice(members)
        async with self.installation.transaction() as tx:
            team = await tx.people.create_team(Team(TeamId(0), self._workspace, name, owner.zone, owner.id))
            for member in members:
                await tx.people.add_to_team(team, member)
            for purpose, share in ((Purpose.HANDOFF, 0.9), (Purpose.SOCIAL, 0.7)):
                if self.random.random() < share:
                    channel = f"{name.lower()}-{purpose}"
                    self.server.add_channel(channel)
                    here = Channel(
                        ChannelId(0), team.workspace, team.id, purpose, Place(NAME, chat.channel(channel)), channel
                    )
                    await tx.people.set_channel(here)
        await self._settle()

    def _create(self, team: str) -> str:
        early, late = self.random.randrange(6, 19), self.random.choice(("00", "15", "30"))
        at = f"{early:02}:{late}" if self.random.random() < 0.5 else "09:30"
        days = self.random.choice(("mon-fri", "mon-fri", "mon-fri", "daily", "mon,wed,fri"))
        return f"standup create {team} at:{at} days:{days}"

    async def _note(self) -> None:
        """Keep everybody's settings as they are stored now."""
        now = self.clock.now()
        async with self.installation.transaction() as tx:
            people = await tx.people.members([m.id for m in self.members.values()])
            absences = await tx.people.absences(list(people))
            rows: Any = (await tx.execute(text("SELECT * FROM standup_standups"))).rows
            teams = {row.team: tuple(m.id for m in await tx.people.members_of_team(row.team)) for row in rows}
        for member in people.values():
            leave = tuple(sorted((a.first, a.last) for a in absences.get(member.id, ())))
            found = Settings(member.zone, member.week.to_text(), member.holidays, leave, self.calendar)
            known = self.settings.setdefault(member.name, [])
            if not known or known[-1][1] != found:
                known.append((now, found))
        standups = {
            row.team: Standup(row.id, time.fromisoformat(row.at), row.days, row.every_weeks, row.state, teams[row.team])
            for row in rows
        }
        if not self.standups or self.standups[-1][1] != standups:
            self.standups.append((now, standups))

    def settings_at(self, name: str, at: datetime) -> Settings:
        """A member's settings at an instant."""
        known = self.settings[name]
        return next((found for since, found in reversed(known) if since <= at), known[0][1])

    # --- time -------------------------------------------------------------------------------------------------

    async def _settle(self) -> None:
        await self.installation.settle()
        for one in self._transcript.more():
            self.seen.append(one)
            prompts = [p for p in one.parts if p.kind == "standup.prompt" and one.op is Op.SEND]
            if prompts and one.to.startswith("dm:"):
                self._answer(one.to.removeprefix("dm:"))

    async def _wait(self, at: datetime) -> None:
        await self._settle()
        while (due := await self.installation.next_due()) is not None and due <= at:
            self.clock.move_to(due)
            await self._settle()
        self.clock.move_to(at)
        await self._settle()

    async def _until(self, at: datetime) -> None:
        while self._plans and self._plans[0][0] <= at:
            when, _, do = heapq.heappop(self._plans)
            await self._wait(max(when, self.clock.now()))
            await do()
        await self._wait(at)

    async def _die_for(self, length: timedelta) -> None:
        """Kill the process where it stands; people go on writing meanwhile."""
        dead, back = self.clock.now(), self.clock.now() + length
        self.installation.kill()
        while self._plans and self._plans[0][0] <= back:
            when, _, do = heapq.heappop(self._plans)
            self.clock.move_to(max(when, self.clock.now()))
            await do()
        self.clock.move_to(back)
        self.down.append((dead, back))
        await self.installation.start()
        await self._settle()
        await self._note()
        await self._wait(back + MINUTE)

    # --- what people do ---------------------------------------------------------------------------------------

    def _word(self) -> str:
        return f"zq{next(self._words):05}"

    def _written(self, by: str, message: str, words: str) -> None:
        before = self._texts.get(message, ("", ""))[1]
        self.taken_back.update({word: by for word in WORD.findall(before) if word not in words})
        self._texts[message] = (by, words)

    async def _says(self, by: str, words: str) -> None:
        self.done.append((self.clock.now(), by, words))
        self._written(by, self.server.say(by, words), words)
        if self.installation.running:
            await self._settle()
            await self._note()

    def _whole(self) -> str:
        mate = self.random.choice(list(self.members))
        last = self.random.choice(("none", f"{self._word()} waiting for keys", f"@{mate} {self._word()} please review"))
        return f"1. {self._word()} merged\n2. {self._word()} the docs\n3. {last}"

    def _answer(self, name: str) -> None:
        """Plan what a member does because of a prompt."""
        at = self.clock.now() + self.random.choice((2, 10, 45, 120, 300, 700, 1500)) * MINUTE
        habit = self.random.random()
        if habit < 0.15:
            return
        if habit < 0.55:
            self._plan(at, name, self._whole)
        elif habit < 0.75:
            for n in range(3):
                self._plan(at + n * 3 * MINUTE, name, lambda: f"{self._word()} a part")
        elif habit < 0.85:
            self._plan(at, name, lambda: "skip")
        else:
            self._plan(at, name, lambda: f"snooze {self.random.choice(('30m', '1h', '2h'))}")

    def _plan(self, at: datetime, name: str, words: Callable[[], str]) -> None:
        heapq.heappush(self._plans, (at, next(self._serial), lambda: self._says(name, words())))

    async def _deed(self) -> None:
        name, roll = self.random.choice(list(self.members)), self.random.random()
        if roll < 0.30:
            await self._change_own()
        elif roll < 0.35:
            await self._react(name)
        elif roll < 0.52:
            early = self.random.choice(("", f" {self._whole()}", f" {self._word()} extra"))
            said = self.random.choice((f"update{early}", f"update{early}", self._whole(), "skip", "snooze 1h"))
            await self._says(name, said)
        elif self.calm:
            return
        elif roll < 0.79:
            await self._says(name, self._setting())
        else:
            await self._says("Ana", self._order(name))
            await self._says("Ana", "yes") if "delete" in self.done[-1][2] else None

    async def _change_own(self) -> None:
        own = [m for m, (_, words) in self._texts.items() if WORD.search(words)]
        if not own:
            return
        message = self.random.choice(own[-8:])
        by, words = self._texts[message]
        if self.random.random() < 0.4:
            self.server.delete(by, message)
            self._written(by, message, "")
        else:
            changed = self._whole() if self.random.random() < 0.5 else WORD.sub(lambda _: self._word(), words)
            self.server.edit(by, message, changed)
            self._written(by, message, changed)
        await self._settle()

    async def _react(self, name: str) -> None:
        last = self.server.last_from_bot(chat.direct(name))
        if last is not None and not self.server.messages[last].deleted:
            emoji = self.random.choice(("✅", "⏭", "⏰", "😴"))
            self.done.append((self.clock.now(), name, f"react {emoji}"))
            self.server.react(name, last, emoji)
            await self._settle()

    def _setting(self) -> str:
        first = self.clock.now().date() + self.random.randrange(4) * DAY
        last = first + self.random.randrange(5) * DAY
        week = self.random.choice(WEEKS).split("; ", maxsplit=1)[0]
        return self.random.choice(
            (
                *[f"me timezone {self.random.choice(ZONES)}"] * 4,
                *[f"me hours {week} night:yes"] * 3,
                f"me away until {last} starting:{first}",
                f"me away until {last}",
                "me back",
                self.random.choice(("me holidays PT", "me holidays none", "me language es", "me language en")),
            )
        )

    def _order(self, name: str) -> str:
        """Something that the admin orders."""
        team = self.random.choice(("Atlas", "Borealis"))
        at = f"{self.random.randrange(5, 20):02}:{self.random.choice(('00', '30'))}"
        days = self.random.choice(("", " days:daily", " days:mon-fri", " days:mon,wed,fri", " every:2", " every:1"))
        legs = self.random.choice(("auto", f"One: Ana | Two: {name}" if name != "Ana" else "One: Ana"))
        return self.random.choice(
            (
                *[f"team remove {team} {name}"] * 3, *[f"team add {team} {name}"] * 4,
                *[f"standup edit {team} at:{at}{days}"] * 3, f"standup pause {team}", *[f"standup resume {team}"] * 2,
                f"standup delete {team}", *[self._create(team)] * 2, f"standup now {team}",
                f"social {self.random.choice(('on', 'off', 'now'))} {team}", f"handoff now {team}",
                f"handoff report {team}{self.random.choice(('', ' at:12:00', ' at:16:30'))}",
                f"handoff legs {team} {legs}",
            )
        )  # fmt: skip


@asynccontextmanager
async def played(
    kit: Kit, seed: int, days: int, *, calm: bool = False, file: Path | None = None
) -> AsyncIterator[FuzzedTeams]:
    """A world that has been played, in memory or on a file; what was logged meanwhile is a broken promise too.

    In a `calm` one people write and the bot dies, but nobody changes any settings.
    """
    database = await Database.open(file, inline=True) if file else Database.in_memory()
    trouble = Trouble()
    logging.getLogger().addHandler(trouble)
    try:
        await create_all(database, kit.cogs)
        teams = FuzzedTeams(kit, database, seed, days, calm)
        await teams.play()
        assert trouble.lines == [], f"seed {seed} logged"
        yield teams
    finally:
        logging.getLogger().removeHandler(trouble)
        await database.close()

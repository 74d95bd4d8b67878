"""The simulated world: a scenario's members live their days with the real engine, under a clock that jumps.

They live on any chat service (see `service`): on the console's, or on real accounts of a platform.

Events happen in the order of their instants; at one instant members act before the bot works, and the clock moves
only when there is nothing left to do. What a world does is a function of the scenario, the start and the seed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from bot.engine.ports import Directory
from bot.model.identity import Account, ChannelId, MemberId, TeamId, WorkspaceId
from bot.model.people import Absence, Channel, Member, Purpose, Team
from bot.model.working_time import format_weekdays
from bot.platforms.console.log import Record
from bot.testing.installation import Installation
from bot.testing.members import Deed, Prompt, SimulatedMember, Verb, simulated
from bot.testing.scenario import Event, MemberPlan, Scenario
from bot.testing.service import Chronicle, Resident, channel, direct
from bot.testing.transcript import seen


class World:
    """A scenario that is being played. `begin` once, then `step` until there is nothing more, or `run`.

    A world whose log and storage have survived a crash goes on where they end.
    """

    def __init__(
        self,
        scenario: Scenario,
        installation: Installation,
        *,
        start: datetime,
        end: datetime,
        seed: int,
        note_time: Callable[[datetime], None] | None = None,
    ) -> None:
        """Take the parts; `end` is the first instant that is not played any more. Events before `start` are past.

        `note_time` is told each move of the clock, for worlds that may be killed and go on.
        """
        self.scenario = scenario
        self.installation = installation
        self.clock = installation.clock
        self.service = installation.service
        self.chronicle = installation.service.chronicle
        self.end = end
        self._start = start
        self.members: dict[str, SimulatedMember] = simulated(scenario, installation.services.holidays, seed)
        self._note_time = note_time
        self._deeds: list[Deed] = []
        self._read = 0
        self._social = channel(scenario.social_channel)
        self._posts: dict[str, str] = {}
        """The names for ever of what was posted in the social channel, by message."""
        self._edges = sorted(at for down in scenario.downtimes for at in (down.start, down.end))

    async def begin(self) -> None:
        """Put everybody in their place, start the bot and let the first admin set the team up."""
        residents = [Resident(member.name, member.admin) for member in self.scenario.members]
        await self.service.move_in(residents, list(self._places()))
        await self._provision()
        await self._die_or_rise()
        for n, command in enumerate(_set_up(self.scenario)):
            await self.service.say(self.scenario.first_admin.name, command, act=f"setup:{n}")
            await self.settle()
        for deed in _scripted(self.scenario, self._start):
            self._plan(deed)
        await self.settle()

    async def run(self) -> None:
        """Play until the end."""
        while await self.step():
            pass

    async def step(self) -> bool:
        """Go to the next instant at which something happens, and let it; False when there is none before the end."""
        at = await self.next()
        if at is None:
            self.move_to(max(self.end, self.clock.now()))
            return False
        self.move_to(at)
        await self.settle()
        return True

    async def next(self) -> datetime | None:
        """The next instant at which something happens, or None if there is none before the end."""
        due = await self.installation.next_due()
        deed = self._deeds[0].at if self._deeds else None
        edge = next((at for at in self._edges if at > self.clock.now()), None)
        at = min((at for at in (due, deed, edge) if at is not None), default=None)
        return at if at is not None and at < self.end else None

    def move_to(self, at: datetime) -> None:
        """Move the clock on."""
        if at > self.clock.now():
            self.clock.move_to(at)
            if self._note_time is not None:
                self._note_time(at)

    async def settle(self) -> None:
        """Let everything happen that happens at this instant."""
        await self._die_or_rise()
        while True:
            while self._deeds and self._deeds[0].at <= self.clock.now():
                await self._do(heapq.heappop(self._deeds))
            await self.installation.settle()
            self._watch()
            if not self._deeds or self._deeds[0].at > self.clock.now():
                return

    # --- who is there -----------------------------------------------------------------------------------------

    def _places(self) -> Iterable[str]:
        """The names of all channels: the team's, and those that somebody will say something in."""
        named = [event.channel for event in self.scenario.events if event.channel is not None]
        return dict.fromkeys([name for _, name in self._channels()] + named)

    async def _provision(self) -> None:
        """Write the directory as an admin would by and by, all at once."""
        async with self.installation.storage.transaction() as stores:
            directory = stores.directory
            platform, (first, *others) = self.service.name, self.service.scopes
            if await directory.workspace_of_scope(platform, first) is not None:
                return
            name, language = self.scenario.team, self.scenario.language
            workspace = (await directory.create_workspace(name, language, platform, first)).id
            for scope in others:
                await directory.add_scope(workspace, platform, scope)
            members = [
                await _member(directory, workspace, plan, self.service.account(plan.name))
                for plan in self.scenario.members
            ]
            owner = next(member for member in members if member.name == self.scenario.first_admin.name)
            team = await directory.create_team(Team(TeamId(0), workspace, name, owner.zone, owner.id))
            for member in members:
                await directory.add_to_team(team.id, member.id)
            for purpose, serving in self._channels():
                place = self.service.place(serving)
                await directory.set_channel(Channel(ChannelId(0), workspace, team.id, purpose, place, serving))

    def _channels(self) -> Iterator[tuple[Purpose, str]]:
        yield Purpose.HANDOFF, self.scenario.handoff_channel
        if self.scenario.social is not None:
            yield Purpose.SOCIAL, self.scenario.social_channel

    # --- what happens -----------------------------------------------------------------------------------------

    async def _die_or_rise(self) -> None:
        now = self.clock.now()
        dead = any(down.start <= now < down.end for down in self.scenario.downtimes)
        if dead and self.installation.running:
            self.installation.kill()
        elif not dead and not self.installation.running:
            await self.installation.start()

    def _plan(self, deed: Deed) -> None:
        if self.chronicle.done(deed.act) is None:
            heapq.heappush(self._deeds, deed)

    async def _do(self, deed: Deed) -> None:
        service = self.service
        match deed.verb:
            case Verb.SAY:
                await service.say(deed.member, deed.text, address=deed.address, thread=deed.thread, act=deed.act)
            case Verb.EDIT:
                await service.edit(deed.member, self._done(deed.of), deed.text, act=deed.act)
            case Verb.DELETE:
                await service.delete(deed.member, self._done(deed.of), act=deed.act)
            case Verb.REACT:
                last = self.chronicle.last_from_bot(direct(deed.member))
                if last is not None and not self.chronicle.messages[last].deleted:
                    await service.react(deed.member, last, deed.text, act=deed.act)

    def _done(self, act: str | None) -> str:
        message = self.chronicle.done(act) if act is not None else None
        if not message:
            raise LookupError(f"nothing was said by {act}")
        return message

    def _watch(self) -> None:
        """Let the members see what is new, and plan what they do because of it."""
        for record in self.chronicle.log.after(self._read):
            self._read = record.n
            for deed in self._because_of(record):
                self._plan(deed)

    def _because_of(self, record: Record) -> Iterable[Deed]:
        address = record.data.get("address", "")
        if record.kind == "sent" and address.startswith("dm:"):
            member = self.members.get(address.removeprefix("dm:"))
            return self._prompted(record, member) if member else ()
        if record.kind == "sent" and address == self._social:
            parts = seen(self.chronicle, record).parts
            self._posts[record.data["message"]] = parts[0].key if parts else record.data["key"]
        if record.kind == "threaded" and address == self._social:
            return self._threaded(record, address)
        return ()

    def _prompted(self, record: Record, member: SimulatedMember) -> Iterator[Deed]:
        message = seen(self.chronicle, record)
        for part in message.parts:
            if part.kind == "standup.prompt" and part.date is not None:
                yield from member.on_prompt(Prompt(part.key, part.date, record.at, message.text))

    def _threaded(self, record: Record, address: str) -> Iterator[Deed]:
        message: str = record.data["message"]
        for member in self.members.values():
            yield from member.on_thread(self._posts[message], record.at, address, message)


async def _member(directory: Directory, workspace: WorkspaceId, plan: MemberPlan, account: Account) -> Member:
    member = Member(MemberId(0), workspace, plan.name, plan.zone, plan.week, plan.language, plan.holidays, plan.admin)
    stored = await directory.create_member(member, account)
    for leave in plan.leave:
        await directory.add_absence(Absence(stored.id, leave.first, leave.last))
    return stored


def _set_up(scenario: Scenario) -> Iterator[str]:
    """What the first admin types, before anything else happens."""
    team = f'"{scenario.team}"' if " " in scenario.team else scenario.team
    days = format_weekdays(scenario.days)
    yield f"standup create {team} at:{scenario.standup:%H:%M} days:{days}"
    if scenario.social is not None:
        yield f"social on {team} days:{format_weekdays(scenario.social)}"


def _scripted(scenario: Scenario, start: datetime) -> Iterator[Deed]:
    """The scenario's events from the start on, as deeds; a change names its message by that one's act."""
    said: dict[str, list[str]] = {}
    past: set[str] = set()
    for n, event in enumerate(scenario.events):
        act = f"event:{n:05}"
        messages = said.setdefault(event.member, [])
        deed = _deed(event, act, messages)
        if event.at < start or deed.of in past:
            past.add(act)
        else:
            yield deed
        if event.says is not None and event.edits is None:
            messages.append(act)


def _deed(event: Event, act: str, messages: list[str]) -> Deed:
    if event.reacts is not None:
        return Deed(event.at, act, event.member, Verb.REACT, event.reacts)
    if event.deletes is not None:
        return Deed(event.at, act, event.member, Verb.DELETE, of=messages[event.deletes - 1])
    text = event.says or ""
    if event.edits is not None:
        return Deed(event.at, act, event.member, Verb.EDIT, text, of=messages[event.edits - 1])
    address = channel(event.channel) if event.channel is not None else None
    return Deed(event.at, act, event.member, Verb.SAY, text, address=address)


def last_instant(chronicle: Chronicle, otherwise: datetime) -> datetime:
    """When a chronicle ends, to go on from there; `otherwise` if it is empty."""
    records = list(chronicle.log.after(max(0, len(chronicle.log) - 1)))
    return records[-1].at if records else otherwise

"""The commands by which administrators make teams, and everyone sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Literal

from bot.api import (
    N_,
    Account,
    Call,
    Channel,
    ChannelId,
    Hours,
    Member,
    MemberId,
    Message,
    NamedPlace,
    Person,
    Purpose,
    Rest,
    Team,
    TeamId,
    WorkingWeek,
    Zone,
    command,
    quoted,
)
from cogs.admin import board_messages, domain, messages

FIRST_WEEK = WorkingWeek.uniform(Hours(time(9), time(17)))
"""The hours a person is taken to work before they say: Monday to Friday."""


@command(
    "team create",
    help=N_("Make a team; you become its owner and first member"),
    example="team create Borealis zone:Lisbon",
    admin=True,
    founds=True,
)
async def create(call: Call, *, zone: Zone | None = None, name: Rest) -> Message:
    """Make a team in the given zone (left out: the caller's), with the caller as owner and first member."""
    people = call.tx.people
    name = await _usable_name(call, name, "team create Atlas")
    call = await call.founded()
    caller = await call.reread()
    if zone and not caller.zone_known:
        caller = replace(caller, zone=zone)
        await people.save_member(caller)
    team = await people.create_team(Team(TeamId(0), call.workspace.id, name, zone or caller.zone, caller.id))
    await people.add_to_team(team, caller)
    known = call.tx.services.registry.commands
    return messages.created(team, messages.next_steps(team, standup="standup create" in known, setup="setup" in known))


@command("team rename", help=N_("Give a team another name"), example="team rename Atlas Polaris", admin=True)
async def rename(call: Call, team: Team, name: Rest) -> Message:
    """Rename a team."""
    name = await _usable_name(call, name, f"team rename {quoted(team.name)} Polaris", besides=team)
    after = replace(team, name=name)
    await call.tx.people.save_team(after)
    return messages.renamed(team, after)


@command(
    "team timezone",
    help=N_("Set the zone that a team's members start with until they tell theirs"),
    example="team timezone Atlas Lisbon",
    admin=True,
)
async def move(call: Call, team: Team, zone: Zone) -> Message:
    """Set a team's zone; its members without a zone of their own follow."""
    people, after = call.tx.people, replace(team, zone=zone)
    await people.save_team(after)
    followers = [m for m in await people.members_of_team(team.id) if not m.zone_known]
    for member in followers:
        await people.save_member(replace(member, zone=zone))
    return messages.moved(team, after, len(followers))


@command("team delete", help=N_("Delete a team; what people wrote stays"), example="team delete Atlas", admin=True)
async def delete(call: Call, team: Team, yes: bool = False) -> Message:
    """Delete a team, after asking."""
    members = len(await call.tx.people.members_of_team(team.id))
    if not yes:
        raise messages.ask_delete(team, members)
    await call.tx.people.delete_team(team)
    return messages.deleted(team, members)


@command("team add", help=N_("Add a person to a team"), example="team add Atlas Dee", admin=True)
async def add(call: Call, team: Team, member: Account) -> Message:
    """Put a person in a team; who is new here starts with the team's zone, and is asked for their own."""
    person = await _member_of(call, member) or await _new_member(call, team, member)
    if not person.zone_known and not await call.tx.people.teams_of(person.id):
        person = replace(person, zone=team.zone)
        await call.tx.people.save_member(person)
    shown = Person(person.id, person.name)
    if not await call.tx.people.add_to_team(team, person):
        raise messages.in_already(team, shown)
    return messages.added(team, shown, None if person.zone_known else person.zone)


@command("team remove", help=N_("Take a person out of a team"), example="team remove Atlas Bo", admin=True)
async def remove(call: Call, team: Team, member: Member) -> Message:
    """Take a person out of a team; they stay in the workspace."""
    shown = Person(member.id, member.name)
    if not await call.tx.people.remove_from_team(team, member):
        raise messages.not_in(team, shown)
    return messages.removed(team, shown, owner=team.owner == member.id)


@command(
    "team show",
    help=N_("See who of a team is at work now, and who is next"),
    example="team show Atlas",
    read=True,
)
async def show(call: Call, team: Team | None = None) -> Message:
    """Show one team; without a name the only one there is, or the list."""
    teams = [team] if team else await call.tx.people.teams(call.workspace.id)
    if len(teams) != 1:
        return await _list(call, teams)
    own = await call.tx.people.channels(teams[0].id)
    board = await _board(call, teams[0])
    shown = board_messages.team_board(teams[0], board, own, call.tx.now)
    if not call.admin or not call.private:
        return shown
    members = [desk.member for desk in (*board.working, *board.waiting)]
    return board_messages.with_reach(shown, members, await call.tx.reach([m.id for m in members]))


@command("team list", help=N_("See all teams"), example="team list", read=True)
async def list_teams(call: Call) -> Message:
    """List the workspace's teams."""
    return await _list(call, await call.tx.people.teams(call.workspace.id))


@command(
    "channel set",
    help=N_("Make the channel you type this in a team's place for handoffs or social threads"),
    example="channel set Atlas handoff here",
    admin=True,
    options={"where": N_("The channel; the one that you type this in if you leave it out")},
)
async def set_channel(
    call: Call, team: Team, purpose: Literal["handoff", "social"], where: NamedPlace | None = None
) -> Message:
    """Give a team a channel: the one that was picked, or that of the call."""
    people, wanted = call.tx.people, Purpose(purpose)
    if where is None and call.direct:
        raise messages.only_in_a_channel(team, wanted)
    picked = where or NamedPlace(call.place, call.place_name)
    place = picked.place.channel
    before = await people.channels(team.id, wanted)
    sharing = await people.channel_at(place)
    other = await people.team(sharing.team) if sharing and sharing.team != team.id else None
    restriction = call.restriction(place)
    if restriction is not None and restriction.mute:
        raise messages.cannot_post(team, wanted, picked, restriction)
    scope = call.scope.name if call.scope else ""
    channel = Channel(ChannelId(0), call.workspace.id, team.id, wanted, place, picked.name, scope)
    here = place == call.place.channel
    stored = await people.set_channel(channel)
    kept = [each for each in await people.channels(team.id, wanted) if each.id != stored.id]
    gone = next((each for each in before if each not in kept), None)
    done = messages.channel_set(stored, team, gone, kept, other, here=here)
    return done + messages.lacking(picked, restriction) if restriction is not None else done


@command(
    "channel remove",
    help=N_("Stop using a channel for a team's handoffs or social threads"),
    example="channel remove Atlas handoff here",
    admin=True,
    options={"where": N_("The channel; the one that you type this in if you leave it out")},
)
async def remove_channel(
    call: Call, team: Team, purpose: Literal["handoff", "social"], where: NamedPlace | None = None
) -> Message:
    """Take a channel from a team: the one that was picked, or that of the call."""
    people, unwanted = call.tx.people, Purpose(purpose)
    picked = where or NamedPlace(call.place, call.place_name)
    every = await people.channels(team.id, unwanted)
    channel = next((each for each in every if each.place == picked.place.channel), None)
    if channel is None:
        raise messages.not_its_channel(team, unwanted, every)
    await people.remove_channel(channel)
    return messages.channel_removed(channel, team, [each for each in every if each != channel])


@command("channel show", help=N_("See which channels the teams use"), example="channel show", read=True)
async def show_channels(call: Call, team: Team | None = None) -> Message:
    """Show the channels of one team, or of all."""
    teams = [team] if team else await call.tx.people.teams(call.workspace.id)
    if not teams:
        return messages.no_teams(admin=call.admin)
    return messages.channels([(t, await call.tx.people.channels(t.id)) for t in teams])


async def _list(call: Call, teams: Sequence[Team]) -> Message:
    if not teams:
        return messages.no_teams(admin=call.admin)
    return board_messages.team_list([(team, await _board(call, team)) for team in teams])


async def _board(call: Call, team: Team) -> domain.Board:
    members = await call.tx.people.members_of_team(team.id)
    return domain.board(members, await call.tx.people.working_times(members), call.tx.now)


async def _usable_name(call: Call, written: str, form: str, besides: Team | None = None) -> Rest:
    """Return the name as it is kept; raises BadInput for one that can't be used or that another team has."""
    name = domain.clean_name(written)
    if problem := domain.name_problem(name):
        raise messages.name_refused(problem, form)
    for team in await call.tx.people.teams(call.workspace.id):
        if domain.same_name(team.name, name) and (team.name == name or besides is None or team.id != besides.id):
            raise messages.name_taken(team)
    return Rest(name)


async def _member_of(call: Call, account: Account) -> Member | None:
    known = await call.tx.people.members_of_identity(account.identity)
    return next((member for member in known if member.workspace == call.workspace.id), None)


async def _new_member(call: Call, team: Team, account: Account) -> Member:
    fresh = Member(MemberId(0), call.workspace.id, account.name, team.zone, FIRST_WEEK, zone_known=False)
    return await call.tx.people.create_member(fresh, account)

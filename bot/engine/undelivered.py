"""What could not be delivered is told to the team's owner, once a day for each destination: never silent."""

from __future__ import annotations

from datetime import datetime

from bot.engine.ports import Chunk, ChunkState, Outgoing, Stores
from bot.engine.transaction import to_member
from bot.model.message import Message, catalogue, say
from bot.model.people import Member, Team

_, n_ = catalogue("bot")


async def tell_owner(stores: Stores, chunk: Chunk, state: ChunkState, reason: str, now: datetime) -> None:
    """Queue a notice about a refused or uncertain chunk; nobody is told about their own notices."""
    member = await stores.directory.member(chunk.member) if chunk.member is not None else None
    team = await _team(stores, chunk, member)
    if team is None or team.owner == chunk.member:
        return
    key = f"bot:undelivered:{state}:{chunk.stream}:{now.date()}"
    notice = _notice(chunk, member, team, state, reason)
    await stores.outbox.queue(
        [Outgoing(team.workspace, to_member(team.owner), "bot.undelivered", key, message=notice)], now
    )


async def _team(stores: Stores, chunk: Chunk, member: Member | None) -> Team | None:
    if member is not None:
        teams = await stores.directory.teams_of(member.id)
        return teams[0] if teams else None
    channel = await stores.directory.channel_at(chunk.place) if chunk.place is not None else None
    return await stores.directory.team(channel.team) if channel is not None else None


def _notice(chunk: Chunk, member: Member | None, team: Team, state: ChunkState, reason: str) -> Message:
    if state is ChunkState.UNCERTAIN:
        return say(
            _("I can't tell whether a message of {team} arrived, so I do not send it again.", team=team.name),
            _("{platform} says: {reason}", platform=chunk.platform, reason=reason),
            _("It began with: {start}", start=chunk.text[:80]),
        )
    if member is not None:
        return say(
            _("I could not reach {name}: {platform} refused my message.", name=member.name, platform=chunk.platform),
            _("{platform} says: {reason}", platform=chunk.platform, reason=reason),
        )
    return say(
        _("I could not post in {team}'s channel: {platform} refused it.", team=team.name, platform=chunk.platform),
        _("{platform} says: {reason}", platform=chunk.platform, reason=reason),
    )

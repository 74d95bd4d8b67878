"""What could not be delivered is told to whoever looks after the team: never silent, and not again and again."""

from __future__ import annotations

from datetime import datetime

from bot.engine.errors import Refused
from bot.engine.ports import Chunk, ChunkState, Outgoing, Stores
from bot.engine.transaction import to_member
from bot.model.identity import Identity, Place, platform_name
from bot.model.message import ChannelName, CommandText, Message, Sentence, catalogue, say
from bot.model.people import Channel, Member, Team

_, n_ = catalogue("bot")


async def tell_owner(
    stores: Stores, chunk: Chunk, state: ChunkState, reason: str, now: datetime, advice: Sentence | None = None
) -> None:
    """Queue a notice about a refused or uncertain chunk, with the reason, or instead of it the platform's advice.

    Of a person who can't be written to it tells once, of other destinations once a day. Nobody is told about their
    own notices.
    """
    member = await stores.directory.member(chunk.member) if chunk.member is not None else None
    team = await _team(stores, chunk, member)
    if team is None or team.owner == chunk.member:
        return
    key = f"bot:undelivered:{state}:{chunk.stream}"
    if member is None or state is ChunkState.UNCERTAIN:
        key = f"{key}:{now.date()}"
    said = advice if advice is not None else _reason(chunk.platform, reason)
    channel = await _channel(stores, chunk.place) if member is None else None
    await _tell(stores, team, key, _notice(chunk, member, team, channel, state, said), now)


async def tell_barred(stores: Stores, chunk: Chunk, problem: Refused, now: datetime) -> None:
    """Tell that what the bot said can't be changed or taken back where it stands, and that it is tried again.

    Once a day for each place, however much waits for it.
    """
    channel = await _channel(stores, chunk.place)
    team = await stores.directory.team(channel.team) if channel is not None else None
    if channel is None or team is None:
        return
    about = _(
        "I could not change or take back a message in {channel}, a channel of {team}: it still reads as before.",
        channel=ChannelName(channel.name),
        team=team.name,
    )
    again = _("I try again every hour, until it is done.")
    notice = say(about, problem.advice or _reason(chunk.platform, str(problem)), again)
    await _tell(stores, team, f"bot:barred:{chunk.stream}:{now.date()}", notice, now)


async def tell_unreached(stores: Stores, account: Identity, problem: Refused, now: datetime) -> None:
    """Tell in each workspace of an account that its person takes nothing in private, from this instant on."""
    platform = account.platform
    said = problem.advice or _reason(platform, str(problem))
    for member in await stores.directory.members_of_identity(account):
        teams = await stores.directory.teams_of(member.id)
        if not teams or teams[0].owner == member.id:
            continue
        name = teams[0].name
        show = CommandText(f'team show "{name}"' if " " in name else f"team show {name}")
        notice = say(
            _could_not_reach(member, platform),
            said,
            _("I try again when they write to me or press a button; {show} tells you how it stands.", show=show),
        )
        await _tell(stores, teams[0], f"bot:unreached:{member.id}:{platform}:{now.isoformat()}", notice, now)


async def tell_of_place(stores: Stores, place: Place, key: str, sentence: Sentence, now: datetime) -> None:
    """Queue a notice about a place for the owner of the team that has it as a channel, once for each key."""
    channel = await _channel(stores, place)
    team = await stores.directory.team(channel.team) if channel is not None else None
    if channel is not None and team is not None:
        about = _("About {channel}, a channel of {team}:", channel=ChannelName(channel.name), team=team.name)
        await _tell(stores, team, f"bot:place:{key}", say(about, sentence), now)


async def _tell(stores: Stores, team: Team, key: str, notice: Message, now: datetime) -> None:
    row = Outgoing(team.workspace, to_member(team.owner), "bot.undelivered", key, message=notice)
    await stores.outbox.queue([row], now)


async def _team(stores: Stores, chunk: Chunk, member: Member | None) -> Team | None:
    if member is not None:
        teams = await stores.directory.teams_of(member.id)
        return teams[0] if teams else None
    channel = await _channel(stores, chunk.place)
    return await stores.directory.team(channel.team) if channel is not None else None


async def _channel(stores: Stores, place: Place | None) -> Channel | None:
    """Return the channel that a place is, or that it is a thread in."""
    return await stores.directory.channel_at(place.channel) if place is not None else None


def _reason(platform: str, problem: str) -> Sentence:
    """Return what a platform gave as its reason; some problems say themselves whose words they are."""
    name = platform_name(platform)
    return _("{platform} says: {reason}", platform=name, reason=problem.removeprefix(f"{name} says: "))


def _could_not_reach(member: Member, platform: str) -> Sentence:
    return _(
        "I could not reach {name}: {platform} refused my message.", name=member.name, platform=platform_name(platform)
    )


def _notice(
    chunk: Chunk, member: Member | None, team: Team, channel: Channel | None, state: ChunkState, said: Sentence
) -> Message:
    if state is ChunkState.UNCERTAIN:
        return say(
            _("I can't tell whether a message of {team} arrived, so I do not send it again.", team=team.name),
            said,
            *([] if chunk.secret else [_("It began with: {start}", start=chunk.text[:80])]),
        )
    if member is not None:
        return say(_could_not_reach(member, chunk.platform), said)
    assert channel is not None, "a team without a member was found by its channel"
    return say(
        _(
            "I could not post in {channel}, a channel of {team}: {platform} refused it.",
            channel=ChannelName(channel.name),
            team=team.name,
            platform=platform_name(chunk.platform),
        ),
        said,
    )

"""The local Discord's rate limits, and the faults that tests order."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import discord as dpy
import pytest

from tests.platforms.discord.people import Discord, Guild, User
from tests.platforms.discord.plain import Listener, refused
from tests.platforms.discord.process import LocalDiscord

POST = "/channels/{channel_id}/messages"


@pytest.fixture
async def ana(discord: Discord) -> User:
    return await discord.user("ana")


@pytest.fixture
async def atlas(discord: Discord, ana: User) -> Guild:
    return await discord.guild("Atlas", owner=ana)


@pytest.fixture
async def dm(client: Listener, discord: Discord, atlas: Guild, ana: User) -> dpy.DMChannel:
    """The client logged in (no gateway), with its DM to ana."""
    await client.login(discord.token)
    return await (await client.fetch_user(ana.id)).create_dm()


class Raw:
    """Requests without any client's patience."""

    def __init__(self, session: aiohttp.ClientSession, server: Discord) -> None:
        self.session = session
        self.server = server
        self.headers = {"Authorization": f"Bot {server.token}"}

    async def __call__(self, method: str, path: str, **options: Any) -> tuple[int, Any, dict[str, str]]:
        url = self.server.api_base + path
        options["headers"] = {**self.headers, **options.get("headers", {})}
        async with self.session.request(method, url, **options) as response:
            is_json = response.content_type == "application/json"
            body = await response.json() if is_json else await response.text()
            return response.status, body, dict(response.headers)


@pytest.fixture
async def raw(discord: Discord) -> Any:
    async with aiohttp.ClientSession() as session:
        yield Raw(session, discord)


async def test_headers_tell_of_a_bucket_and_a_429_of_its_end(discord: Discord, atlas: Guild, raw: Raw) -> None:
    await discord.settings(bucket_scale=1.0)
    general = await atlas.channel("general")
    path = f"/channels/{general.id}/messages"
    answers = [await raw("POST", path, json={"content": str(number)}) for number in range(6)]
    assert [status for status, _, _ in answers] == [200] * 5 + [429]
    left = [headers["X-RateLimit-Remaining"] for _, _, headers in answers]
    assert left == ["4", "3", "2", "1", "0", "0"]
    buckets = {headers["X-RateLimit-Bucket"] for _, _, headers in answers}
    assert len(buckets) == 1
    _, body, headers = answers[5]
    assert headers["X-RateLimit-Scope"] == "user"
    assert headers["Via"]
    assert 0 < body["retry_after"] <= 5
    assert body["global"] is False
    other = await atlas.channel("other")
    status, _, headers = await raw("POST", f"/channels/{other.id}/messages", json={"content": "x"})
    assert (status, headers["X-RateLimit-Bucket"]) == (200, buckets.pop())


async def test_a_client_that_waits_is_never_refused(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    for number in range(12):
        await dm.send(str(number))
    assert [each["status"] for each in await discord.requests("POST", POST)] == [200] * 12


async def test_the_global_limit_counts_everything_but_interactions(discord: Discord, atlas: Guild, raw: Raw) -> None:
    await discord.settings(global_limit=3)
    answers = [await raw("GET", "/users/@me") for _ in range(4)]
    assert [status for status, _, _ in answers] == [200, 200, 200, 429]
    _, body, headers = answers[3]
    assert body["global"] is True
    assert headers["X-RateLimit-Global"] == "true"
    assert headers["X-RateLimit-Scope"] == "global"
    assert (await discord.statistics())["denied_globally"] == 1
    status, body, _ = await raw("POST", "/interactions/1/w1-unknown/callback", json={"type": 5})
    assert status == 404  # not 429


async def test_refused_requests_are_counted_until_the_address_is_banned(discord: Discord, ana: User, raw: Raw) -> None:
    await discord.settings(invalid_limit=3)
    for _ in range(3):
        assert (await raw("GET", "/guilds/1/members/1"))[0] == 404
    status, body, _ = await raw("POST", "/users/@me/channels", json={"recipient_id": str(ana.id)})
    for _ in range(3):
        path = f"/channels/{body['id']}/messages"
        status, _, _ = await raw("POST", path, json={"content": "x"})
        assert status == 403
    status, text, headers = await raw("GET", "/users/@me")
    assert (status, text) == (429, "error code: 1015")
    assert "Via" not in headers
    assert (await discord.statistics())["invalid"] >= 3


async def test_a_503_is_answered_without_effect(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    await discord.fault(503, method="POST", route="/messages$", times=2)
    for _ in range(2):
        with pytest.raises(dpy.DiscordServerError):
            await dm.send("hello", nonce="row-1")
    assert not await ana.from_bot()
    await dm.send("hello", nonce="row-1")
    assert len(await ana.from_bot()) == 1
    assert (await discord.statistics())["faults_waiting"] == 0


async def test_a_cut_after_the_effect_loses_only_the_reply(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    await discord.fault(cut=True, method="POST", route=r"/channels/\d+/messages$")
    with pytest.raises(aiohttp.ClientError):
        await dm.send("hello", nonce="row-1")
    first = await ana.reads("hello")
    again = await dm.send("hello", nonce="row-1")
    assert again.id == first.id
    assert len(await ana.from_bot()) == 1
    assert [each["status"] for each in await discord.requests("POST", POST)] == [0, 200]


async def test_a_reset_before_the_effect_leaves_nothing(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    await discord.fault(reset=True, method="POST", route="/messages$")
    with pytest.raises(aiohttp.ClientError):
        await dm.send("hello")
    assert not await ana.from_bot()


async def test_a_request_that_hangs_is_never_answered(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    await discord.fault(hang=True, route="/messages$")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(dm.send("hello"), 0.3)
    assert not await ana.from_bot()


async def test_a_request_may_hang_after_its_effect(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    await discord.fault(hang=True, cut=True, route="/messages$")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(dm.send("hello", nonce="row-1"), 0.5)
    await ana.reads("hello")
    await dm.send("hello", nonce="row-1")
    assert len(await ana.from_bot()) == 1


async def test_a_crowd_is_written_to_without_first_contact(discord: Discord, atlas: Guild, raw: Raw) -> None:
    await discord.settings(limits=False)
    ids = await atlas.crowd(30)
    for each in ids:
        _, channel, _ = await raw("POST", "/users/@me/channels", json={"recipient_id": str(each)})
        await raw("POST", f"/channels/{channel['id']}/messages", json={"content": f"to {each}"})
    received = await discord.received()
    assert [text for each in ids for _, text in received[each]] == [f"to {each}" for each in ids]
    assert (await discord.statistics())["dm_openings"] == []


async def test_a_fault_lets_others_pass_first(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    await discord.fault(403, code=50013, method="POST", route="/messages$", skip=1)
    await dm.send("first")
    assert await refused(dm.send("second")) == (403, 50013)
    await dm.send("third")
    assert [each.text for each in await ana.from_bot()] == ["first", "third"]


async def test_an_ordered_429_is_waited_for(discord: Discord, ana: User, dm: dpy.DMChannel) -> None:
    await discord.fault(429, route="/messages$", retry_after=0.05, is_global=True)
    await dm.send("hello")
    assert [each["status"] for each in await discord.requests("POST", POST)] == [429, 200]


async def test_opening_dms_too_fast_is_punished(discord: Discord, client: Listener, atlas: Guild) -> None:
    await discord.settings(dm_openings=2)
    await client.login(discord.token)
    people = [await discord.user(f"user{number}") for number in range(4)]
    for each in people[:2]:
        await client.http.start_private_message(each.id)
    await client.http.start_private_message(people[0].id)  # no new one
    assert await refused(client.http.start_private_message(people[2].id)) == (403, 20026)
    await discord.skew(timedelta(hours=2))
    assert await refused(client.http.start_private_message(people[3].id)) == (403, 20026)  # for good


async def test_worlds_do_not_meet(discord_server: LocalDiscord, discord: Discord, atlas: Guild, raw: Raw) -> None:
    other = await discord_server.world(raw.session)
    assert (await raw("GET", f"/guilds/{atlas.id}"))[0] == 200
    stranger = {"Authorization": f"Bot {other.token}"}
    assert (await raw("GET", f"/guilds/{atlas.id}", headers=stranger))[0] == 404
    await other.end()
    assert (await raw("GET", "/users/@me", headers=stranger))[0] == 401


async def test_time_stands_still_until_it_is_moved(discord: Discord, atlas: Guild) -> None:
    instant = await discord.now() + timedelta(days=30)
    await discord.stand(instant)
    assert await discord.now() == instant
    await discord.skew(timedelta(hours=1))
    assert await discord.now() == instant + timedelta(hours=1)
    await discord.stand(None)
    assert timedelta(0) <= await discord.now() - instant - timedelta(hours=1) < timedelta(minutes=1)

"""What the local Discord refuses as a broken form, and what it notes as beyond the API's description."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.platforms.discord.people import Discord, Place

Json = dict[str, Any]


def button(custom_id: str = "b", **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id, **more}


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def text(content: str) -> Json:
    return {"type": 10, "content": content}


V2 = {"flags": 1 << 15}


class Poster:
    """Posts to one channel, without a client that would look at it first."""

    def __init__(self, session: aiohttp.ClientSession, server: Discord, channel: Place) -> None:
        self._session = session
        self._server = server
        self.path = f"{server.api_base}/channels/{channel.id}/messages"

    async def __call__(self, body: Any, method: str = "POST", more: str = "", **options: Any) -> tuple[int, Json]:
        headers = {"Authorization": f"Bot {self._server.token}"}
        async with self._session.request(method, self.path + more, json=body, headers=headers, **options) as response:
            return response.status, await response.json()


@pytest.fixture
async def post(discord: Discord) -> AsyncIterator[Poster]:
    await discord.settings(limits=False, check_responses=True)
    ana = await discord.user("ana")
    guild = await discord.guild("Atlas", owner=ana)
    channel = await guild.channel("general")
    async with aiohttp.ClientSession() as session:
        yield Poster(session, discord, channel)


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000},
        {"content": "hello", "components": [row(*[button(str(n)) for n in range(5)])]},
        {"content": "hello", "components": [row(button(f"{m}")) for m in range(5)]},
        {"components": [row(button())]},
        {"embeds": [{"title": "Atlas", "fields": [{"name": "who", "value": "Ana"}]}]},
        {"content": "hello", "components": [row({"type": 2, "style": 5, "label": "Open", "url": "https://a.example"})]},
        {"content": "hello", "allowed_mentions": {"parse": [], "users": ["1"]}},
        {**V2, "components": [text("# Title"), row(button())]},
        {**V2, "components": [{"type": 17, "components": [text("in a box"), {"type": 14}, row(button())]}]},
        {**V2, "components": [{"type": 9, "components": [text("beside")], "accessory": button()}]},
        {**V2, "components": [text("x" * 2000), text("y" * 2000)]},
        {**V2, "components": [{"type": 12, "items": [{"media": {"url": "https://a.example/cat.png"}}]}]},
        {"content": "who?", "components": [row({"type": 5, "custom_id": "who"})]},
        {"content": "hello", "nonce": 7, "enforce_nonce": True},
    ],
)
async def test_what_the_api_accepts_is_accepted(post: Poster, body: Json) -> None:
    status, answer = await post(body)
    assert (status, answer.get("errors")) == (200, None)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, 50006, ""),
        ({"content": "   "}, 50006, ""),
        ({"content": "x" * 2001}, 50035, "content"),
        ({"content": "hello", "components": [row(*[button(str(n)) for n in range(6)])]}, 50035, "components"),
        ({"content": "hello", "components": [row(button(str(n))) for n in range(6)]}, 50035, "components"),
        ({"content": "hello", "components": [row(button("a"), button("a"))]}, 50035, "components"),
        ({"content": "hello", "components": [row(button("x" * 101))]}, 50035, "components"),
        ({"content": "hello", "components": [row(button(label="x" * 81))]}, 50035, "components"),
        ({"content": "hello", "components": [row(button(url="https://a.example"))]}, 50035, "components"),
        ({"content": "hello", "components": [row({"type": 2, "style": 1, "label": "x"})]}, 50035, "components"),
        ({"content": "hello", "components": [row()]}, 50035, "components"),
        ({"content": "hello", "components": [button()]}, 50035, "components"),
        ({"content": "hello", "components": [text("without the flag")]}, 50035, "components"),
        ({**V2, "content": "hello", "components": [text("both")]}, 50035, "content"),
        ({**V2, "components": [text("x" * 2000), text("y" * 2001)]}, 50035, "components"),
        ({**V2, "components": [text("x") for _ in range(41)]}, 50035, "components"),
        ({**V2, "components": [{"type": 17, "components": [{"type": 17, "components": []}]}]}, 50035, "components"),
        ({**V2, "components": [{"type": 9, "components": [text("beside")]}]}, 50035, "components"),
        ({"embeds": [{"title": "x" * 257}]}, 50035, "embeds"),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, 50035, "embeds"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, 50035, "allowed_mentions"),
        ({"content": "x", "nonce": "x" * 26}, 50035, "nonce"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, 50035, "message_reference"),
        (
            {
                "content": "x",
                "components": [
                    row(
                        {
                            "type": 3,
                            "custom_id": "s",
                            "options": [{"label": str(n), "value": str(n)} for n in range(26)],
                        }
                    )
                ],
            },
            50035,
            "components",
        ),
    ],
)
async def test_what_the_api_refuses_is_refused(
    discord: Discord, post: Poster, body: Json, code: int, field: str
) -> None:
    status, answer = await post(body)
    assert (status, answer["code"]) == (400, code)
    assert field in answer.get("errors", {"": ""})
    await discord.forgive()  # much of it is against the description too


async def test_a_refused_request_leaves_nothing_behind(discord: Discord, post: Poster) -> None:
    await post({"content": "x" * 2001})
    ana = await discord.user("bo")
    assert not (await post(None, "GET"))[1]
    assert ana.id
    await discord.forgive()


async def test_an_edit_cannot_make_a_message_of_components_ordinary(discord: Discord, post: Poster) -> None:
    _, made = await post({**V2, "components": [text("layout")]})
    status, answer = await post({"flags": 0}, "PATCH", f"/{made['id']}")
    assert (status, answer["code"]) == (400, 50035)
    status, answer = await post({"content": "plain"}, "PATCH", f"/{made['id']}")
    assert (status, answer["code"]) == (400, 50035)
    status, answer = await post({"components": [text("other layout")]}, "PATCH", f"/{made['id']}")
    assert status == 200
    assert answer["edited_timestamp"]


@pytest.mark.parametrize(
    ("method", "more", "body", "options", "wrong"),
    [
        ("POST", "", {"content": "x", "colour": "red"}, {}, "'colour' was unexpected"),
        ("POST", "", {"content": "x", "tts": "no"}, {}, "tts"),
        ("POST", "", {"content": "x", "components": [row(button(style="blue"))]}, {}, "style"),
        ("POST", "", {"content": "x", "components": [row({"type": 99})]}, {}, "type 99"),
        ("POST", "", {"content": "x", "message_reference": {"message_id": "m"}}, {}, "message_reference"),
        ("GET", "", None, {"params": {"limit": "500"}}, "limit"),
        ("GET", "", None, {"params": {"befor": "5"}}, "befor"),
        ("PATCH", "/1", {"nonce": "x"}, {}, "nonce"),
        ("POST", "/1/publish", None, {}, "no such route"),
        ("POST", "", {"content": "x", "poll": {"question": {"text": "?"}, "answers": []}}, {}, "poll"),
    ],
)
async def test_what_the_description_does_not_know_fails_the_test(
    discord: Discord, post: Poster, method: str, more: str, body: Any, options: Json, wrong: str
) -> None:
    if discord.openapi is None:
        pytest.skip("no openapi.json at hand")
    await post(body, method, more, **options)
    found = await discord.forgive()
    assert any(wrong in each for each in found), found
    assert await discord.violations() == []


async def test_ids_may_be_numbers_as_the_api_has_it(discord: Discord, post: Poster) -> None:
    status, made = await post({"content": "x", "allowed_mentions": {"parse": [], "users": [1]}})
    assert status == 200
    reply = {"content": "y", "message_reference": {"message_id": int(made["id"])}}
    assert (await post(reply))[0] == 200
    assert await discord.violations() == []


async def test_a_body_that_is_no_json_is_said_to_be_none(discord: Discord, post: Poster) -> None:
    headers = {"Authorization": f"Bot {discord.token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session:
        async with session.post(post.path, data="{", headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (400, 50109)
        async with session.get(post.path + "/abc", headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (400, 50035)

"""`heliotrope demo --platform matrix`: the same days as on the console, lived with real accounts on a real Synapse."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.platforms.matrix.http import Homeserver, path
from bot.platforms.matrix.outbound import KEY
from bot.testing import matrix
from bot.testing.assembly import in_memory
from bot.testing.matrix import MatrixService
from bot.testing.platforms import SECRET
from bot.testing.service import Stuck
from bot.testing.transcript import Transcript
from bot.testing.world import World
from tests.platforms.matrix.synapse import SERVER_NAME, Synapse
from tests.platforms.two_days import is_whole, lines, played
from tests.simulation.playing import heliotrope, kit, scenario

TEAM = """
[team]
name = "Atlas"
[[member]]
name = "Ana"
zone = "Europe/Lisbon"
answers = "none"
"""
MONDAY = datetime(2026, 10, 26, 8, tzinfo=UTC)


def secret(synapse: Synapse) -> str:
    """The server's registration secret, as its administrator knows it."""
    settings = json.loads((synapse.folder / "homeserver.yaml").read_text(encoding="utf-8"))
    return str(settings["registration_shared_secret"])


def test_two_days_are_the_same_as_on_the_console(default_synapse_server: Synapse, tmp_path: Path) -> None:
    """At the server's default limits, which are made for a person who types: the accounts of a demo have none."""
    there, here = tmp_path / "matrix.jsonl", tmp_path / "console.jsonl"
    where = ("--platform", "matrix", "--homeserver", default_synapse_server.url)

    on_matrix = played(there, *where, environment={SECRET: secret(default_synapse_server)})
    assert (on_matrix.returncode, on_matrix.stderr) == (0, "")
    on_console = played(here)
    assert on_console.returncode == 0, on_console.stderr

    expected = lines(here)
    assert lines(there) == expected
    assert is_whole(expected)
    # The day reads the same, too; before it stands whom to log in as to look on.
    day = "Polaris: 4 members in 4 time zones"
    assert on_matrix.stdout[on_matrix.stdout.index(day) :] == on_console.stdout[on_console.stdout.index(day) :]
    assert re.search(rf"@ana-\w+:{SERVER_NAME}", on_matrix.stdout)
    assert secret(default_synapse_server) not in on_matrix.stdout


@asynccontextmanager
async def world(synapse: Synapse) -> AsyncIterator[tuple[World, MatrixService]]:
    """Ana alone with the bot, after she set up a standup."""
    accounts = await matrix.household(synapse.url, secret(synapse), ["Ana"])
    living = partial(matrix.living, synapse.url, accounts)
    end = MONDAY + timedelta(days=1)
    async with in_memory(scenario(TEAM), kit(), start=MONDAY, end=end, seed=1, living=living) as world:
        assert isinstance(world.service, MatrixService)
        await world.begin()
        yield world, world.service


async def test_what_the_bot_does_not_know_to_have_sent_is_shown_all_the_same(synapse: Synapse) -> None:
    async with world(synapse) as (living, service):
        (first,) = Transcript(living.chronicle).more()
        bot = Homeserver(synapse.url)
        bot.token = service.household.bot.token
        where = path("rooms", service.clients["Ana"].directs[-1], "send", "m.room.message", "behind-its-back")
        await bot.call("PUT", where, {"msgtype": "m.notice", "body": "said twice", KEY: first.key})
        await bot.close()
        await living.run()

        again = [one for one in Transcript(living.chronicle).more() if not one.parts]
        assert [(one.to, one.text) for one in again] == [("dm:Ana", "said twice")]
        (difference,) = service.differences
        assert "said twice" in difference


async def test_what_no_member_was_shown_is_in_no_transcript(synapse: Synapse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.testing.news.PATIENCE", 0.5)
    async with world(synapse) as (living, service):
        before = len(living.chronicle.messages)
        await service.clients["Ana"].stop()
        with pytest.raises(Stuck, match="members to be shown"):
            await living.run()  # which comes to her prompt
        assert len(living.chronicle.messages) == before


async def test_the_clock_stands_still_until_the_bot_was_told(synapse: Synapse) -> None:
    async with world(synapse) as (living, service):
        said = await service.say("Ana", "help")
        assert living.installation.service.chronicle.said_by("Ana")[-1] == said
        await living.settle()
        *_, answer = Transcript(living.chronicle).more()
        assert (answer.kind, answer.at) == ("admin.help", MONDAY)


async def test_a_demo_leaves_no_administrators_account(synapse: Synapse) -> None:
    accounts = await matrix.household(synapse.url, secret(synapse), ["Ana"])
    suffix = accounts.bot.user_id.partition(":")[0].rpartition("-")[2]
    listed = await synapse.admin("GET", "/v2/users?deactivated=true&limit=1000")
    made = {user["name"]: bool(user["deactivated"]) for user in listed["users"] if suffix in user["name"]}
    assert len(made) == 3
    assert {name for name, gone in made.items() if not gone} == {
        f"@ana-{suffix}:{SERVER_NAME}",
        f"@heliotrope-{suffix}:{SERVER_NAME}",
    }


async def test_names_in_any_script_get_user_ids_of_their_own(synapse: Synapse) -> None:
    names = ["花子", "太郎", "Zoë", "Zoe", "Heliotrope demo"]
    accounts = await matrix.household(synapse.url, secret(synapse), names)
    assert len({account.user_id for account in accounts.members.values()}) == len(names)
    profile = Homeserver(synapse.url)
    for name, account in accounts.members.items():
        assert (await profile.call("GET", path("profile", account.user_id)))["displayname"] == name
    await profile.close()


# --- what can't be done ---------------------------------------------------------------------------------------------


def demo(*options: str, **variables: str) -> CompletedProcess[str]:
    """Run the demo on Matrix."""
    return heliotrope("demo", "--platform", "matrix", *options, environment=variables)


def test_a_wrong_secret_is_one_line_and_status_2(synapse_server: Synapse, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("not the secret\n", encoding="utf-8")
    done = demo("--homeserver", synapse_server.url, "--registration-secret", str(file))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "registration_shared_secret" in done.stderr and synapse_server.url in done.stderr
    assert "not the secret" not in done.stderr


def test_a_homeserver_that_is_down_is_one_line_and_status_2() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = demo("--homeserver", url, **{SECRET: "s"})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--homeserver" in done.stderr and url in done.stderr


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (web.Response(text="<h1>It works!</h1>", content_type="text/html"), "not JSON"),
        (web.json_response({"hello": "world"}), "no Matrix homeserver"),
        (web.json_response({"errcode": "M_UNRECOGNIZED"}, status=404), "shared-secret registration"),
        (web.json_response({"errcode": "M_UNKNOWN", "error": "not enabled"}, status=400), "not enabled"),
    ],
    ids=["HTML", "other JSON", "another homeserver", "no registration secret set"],
)
async def test_what_is_no_synapse_that_registers_is_said_in_one_line(answer: web.Response, said: str) -> None:
    async def versions(request: web.Request) -> web.StreamResponse:
        other = answer.status != 200
        return (
            web.json_response({"versions": ["v1.11"]})
            if other
            else web.Response(body=answer.body, content_type=answer.content_type)
        )

    async def anything(request: web.Request) -> web.StreamResponse:
        return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)

    app = web.Application()
    app.router.add_get("/_matrix/client/versions", versions)
    app.router.add_route("*", "/{rest:.*}", anything)
    async with TestServer(app) as server:
        with pytest.raises(matrix.NoAccounts, match=said) as raised:
            await matrix.household(str(server.make_url("")).rstrip("/"), "s", ["Ana"])
    assert "\n" not in str(raised.value)

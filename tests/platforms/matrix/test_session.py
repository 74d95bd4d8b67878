"""Logging in, staying one device, and what each answer of a homeserver, or none, means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.clock import SystemClock
from bot.engine.errors import BadCredentials, OutcomeUnknown, Refused, TryLater
from bot.model.event import Inbound
from bot.model.identity import Identity
from bot.platforms.matrix import adapter
from bot.platforms.matrix.adapter import MatrixPlatform
from bot.platforms.matrix.http import Homeserver, Rejected, TokenGone
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.settings import MatrixSettings
from bot.platforms.matrix.state import MemoryState
from tests.platforms.matrix.account import BotAccount
from tests.platforms.matrix.synapse import Synapse

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Strange:
    """A server that answers anything with what a test says."""

    def __init__(self) -> None:
        self.url = ""
        self.answer: Answer | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert self.answer is not None
        return await self.answer(request)

    def says(self, status: int, text: str, content_type: str = "application/json", **headers: str) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, text=text, content_type=content_type, headers=headers)

        self.answer = answer


@pytest_asyncio.fixture
async def strange() -> AsyncIterator[Strange]:
    server = Strange()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest_asyncio.fixture
async def calls(strange: Strange) -> AsyncIterator[Homeserver]:
    homeserver = Homeserver(strange.url)
    homeserver.token = "t"
    yield homeserver
    await homeserver.close()


HTML = "<html><body>502 Bad Gateway</body></html>"
CASES = [
    (200, HTML, "text/html", TryLater, OutcomeUnknown),
    (502, HTML, "text/html", TryLater, OutcomeUnknown),
    (504, "", "text/plain", TryLater, OutcomeUnknown),
    (200, "[" * 5_000, "application/json", TryLater, OutcomeUnknown),
    (200, "null", "application/json", TryLater, OutcomeUnknown),
    (404, HTML, "text/html", TryLater, OutcomeUnknown),
    (500, '{"errcode": "M_UNKNOWN", "error": "Internal server error"}', "application/json", TryLater, OutcomeUnknown),
    (403, '{"errcode": "M_FORBIDDEN", "error": "You are not in it"}', "application/json", Rejected, Rejected),
    (404, '{"errcode": "M_NOT_FOUND", "error": "Nothing there"}', "application/json", Rejected, Rejected),
    (413, '{"errcode": "M_TOO_LARGE", "error": "Too large"}', "application/json", Rejected, Rejected),
    (400, '{"errcode": "M_UNKNOWN", "error": 7}', "application/json", Rejected, Rejected),
    (429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}', "application/json", TryLater, TryLater),
    (429, HTML, "text/html", TryLater, TryLater),
    (401, '{"errcode": "M_UNKNOWN_TOKEN", "error": "Unknown"}', "application/json", TokenGone, TokenGone),
    (403, '{"errcode": "M_USER_DEACTIVATED", "error": "Gone"}', "application/json", TokenGone, TokenGone),
]


@pytest.mark.parametrize(("status", "text", "kind", "reading", "writing"), CASES)
async def test_each_answer_has_its_meaning(
    strange: Strange,
    calls: Homeserver,
    status: int,
    text: str,
    kind: str,
    reading: type[Exception],
    writing: type[Exception],
) -> None:
    strange.says(status, text, kind)
    for method, meaning in (("GET", reading), ("PUT", writing)):
        with pytest.raises(meaning) as raised:
            await calls.call(method, "/x", None if method == "GET" else {})
        assert type(raised.value) is meaning or isinstance(raised.value, meaning)


async def test_the_wait_that_a_server_asks_for_is_kept(strange: Strange, calls: Homeserver) -> None:
    strange.says(429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}')
    with pytest.raises(TryLater) as in_body:
        await calls.call("PUT", "/x", {})
    strange.says(429, "{}", "application/json", **{"Retry-After": "7"})
    with pytest.raises(TryLater) as in_header:
        await calls.call("PUT", "/x", {})
    waits = [raised.value.after for raised in (in_body, in_header)]
    assert [wait.total_seconds() for wait in waits if wait] == [1.5, 7.0]


async def test_a_refusal_is_one_for_the_engine(strange: Strange, calls: Homeserver) -> None:
    strange.says(403, '{"errcode": "M_FORBIDDEN", "error": "You are not in it"}')
    with pytest.raises(Refused, match="M_FORBIDDEN: You are not in it"):
        await calls.call("PUT", "/x", {})


async def test_a_server_that_is_down_did_nothing() -> None:
    homeserver = Homeserver("http://127.0.0.1:9")
    with pytest.raises(TryLater):
        await homeserver.call("PUT", "/x", {})
    await homeserver.close()


async def test_a_server_that_is_slow_may_have_done_it(strange: Strange, calls: Homeserver) -> None:
    async def slowly(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.json_response({})

    strange.answer = slowly
    with pytest.raises(OutcomeUnknown):
        await calls.call("PUT", "/x", {}, timeout=0.2)
    with pytest.raises(TryLater):
        await calls.call("GET", "/x", timeout=0.2)


async def test_a_connection_that_breaks_off_may_have_done_it(calls: Homeserver) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    homeserver = Homeserver(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(OutcomeUnknown):
        await homeserver.call("PUT", "/x", {})
    await homeserver.close()
    server.close()


async def test_a_bot_whose_server_answers_html_waits_and_says_so(
    strange: Strange, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    strange.says(200, HTML, "text/html")
    settings = MatrixSettings(strange.url, "@b:x", tmp_path, password="pw", encryption="never")
    platform = MatrixPlatform(settings, MemoryState(), SystemClock())
    await platform.start(nothing, None)
    async with asyncio.timeout(10):
        while "not JSON" not in caplog.text:  # noqa: ASYNC110 -- a log has no event
            await asyncio.sleep(0.02)
    with pytest.raises(TryLater):
        await platform.direct_place(Identity("matrix", "@ana:x"))
    await platform.stop()
    assert "pw" not in caplog.text


async def test_a_bot_whose_server_hangs_starts_all_the_same(
    strange: Strange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.json_response({})

    strange.answer = hang
    monkeypatch.setattr(adapter, "AT_START", 0.2)
    settings = MatrixSettings(strange.url, "@b:x", tmp_path, password="pw", encryption="never")
    platform = MatrixPlatform(settings, MemoryState(), SystemClock())
    await asyncio.wait_for(platform.start(nothing, None), 5)
    with pytest.raises(TryLater):
        await platform.direct_place(Identity("matrix", "@ana:x"))
    await asyncio.wait_for(platform.stop(), 5)


async def nothing(event: Inbound) -> None:
    """Hear nothing."""


# --- a device ---------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def account(synapse: Synapse, tmp_path: Path) -> AsyncIterator[BotAccount]:
    made = await BotAccount.make(synapse, tmp_path, encryption="never")
    yield made
    await made.platform.stop()


def session(account: BotAccount) -> Session:
    return Session(account.settings, account.state, account.clock)


async def test_the_device_is_the_same_for_ever(account: BotAccount) -> None:
    devices = []
    for _ in range(3):
        opened = session(account)
        devices.append((await opened.open()).id)
        await opened.close()
    (account.settings.store / "token.json").unlink()
    opened = session(account)
    devices.append((await opened.open()).id)
    await opened.close()
    assert len(set(devices)) == 1


async def test_the_device_is_named_as_the_operator_says(account: BotAccount) -> None:
    account.change(device_id="STANDUP")
    opened = session(account)
    assert (await opened.open()).id == "STANDUP"
    await opened.close()


async def test_a_password_may_stand_in_a_file(account: BotAccount, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("pw\n")
    account.change(password="", password_file=file)
    opened = session(account)
    await opened.open()
    await opened.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "does not let"),
        ({"password": ""}, "set matrix.password"),
        ({"password": "", "password_file": Path("/nowhere/at/all")}, "password_file can't be read"),
        ({"access_token": "syt_wrong"}, "does not know matrix.access_token"),
        ({"user_id": "@nobody:heliotrope.test"}, "does not let"),
    ],
)
async def test_wrong_credentials_are_said_in_one_line(
    account: BotAccount, change: dict[str, object], said: str
) -> None:
    account.change(**change)
    account.platform = account.process()
    with pytest.raises(BadCredentials, match=said) as raised:
        await account.start()
    assert "\n" not in str(raised.value) and "wrong" not in str(raised.value)


async def test_an_access_token_is_enough(synapse: Synapse, account: BotAccount) -> None:
    login = await synapse.login(account.user_id)
    account.change(password="", access_token=login["access_token"])
    opened = session(account)
    assert (await opened.open()).id == login["device_id"]
    await opened.close()


async def test_another_accounts_token_is_refused(synapse: Synapse, account: BotAccount) -> None:
    login = await synapse.login(await synapse.register(synapse.fresh("other")))
    account.change(access_token=login["access_token"])
    opened = session(account)
    with pytest.raises(BadCredentials, match="belongs to"):
        await opened.open()
    await opened.close()


async def test_a_revoked_token_stops_a_running_bot_loudly(synapse: Synapse, account: BotAccount) -> None:
    platform = await account.start()
    watch = asyncio.create_task(platform.watch())
    await synapse.admin(
        "POST", f"/v2/users/{account.user_id}/delete_devices", {"devices": [platform.session.device_id]}
    )
    with pytest.raises(BadCredentials, match="revoked"):
        await asyncio.wait_for(watch, 15)


async def test_a_token_revoked_while_the_bot_was_down_is_renewed_by_the_password(
    synapse: Synapse, account: BotAccount
) -> None:
    platform = await account.start()
    device = platform.session.device_id
    await platform.stop()
    await synapse.admin("POST", f"/v2/users/{account.user_id}/delete_devices", {"devices": [device]})
    account.platform = account.process()
    assert (await account.start()).session.device_id == device


def test_secrets_do_not_show() -> None:
    settings = MatrixSettings(
        "http://x", "@b:x", Path("s"), password="hunter2", access_token="syt_1", store_passphrase="horse"
    )
    assert not any(secret in repr(settings) for secret in ("hunter2", "syt_1", "horse"))

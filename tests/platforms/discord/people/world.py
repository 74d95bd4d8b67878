"""One world of the local Discord, from the test's side."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import aiohttp

from tests.platforms.discord.people.person import User
from tests.platforms.discord.people.places import Guild, Place
from tests.platforms.discord.people.sight import Json, Seen, message
from tests.platforms.discord.people.waiting import NotPossible, eventually


class Discord:
    """One world: its own token, bot, people and servers."""

    def __init__(self, session: aiohttp.ClientSession, url: str, made: Json) -> None:
        self._session = session
        self._url = f"{url}/control/worlds/{made['token']}"
        self._places: dict[int, Place] = {}
        self.token: str = made["token"]
        self.api_base: str = made["api_base"]
        self.gateway: str = made["gateway"]
        self.bot_id: int = int(made["bot"])
        self.openapi: str | None = made["openapi"]
        """The description that requests are checked against, if it is at hand."""

    @classmethod
    async def make(
        cls, session: aiohttp.ClientSession, url: str, token: str | None = None, settings: Json | None = None
    ) -> Discord:
        async with session.post(f"{url}/control/worlds", json={"token": token, "settings": settings}) as response:
            assert response.status == 200, await response.text()
            return cls(session, url, await response.json())

    async def call(self, verb: str, **arguments: Any) -> Any:
        """Use a verb of the control API. Raises NotPossible where it refuses."""
        async with self._session.post(f"{self._url}/{verb}", json=arguments) as response:
            text = await response.text()
            if response.status in (404, 422):
                raise NotPossible((await response.json())["not_possible"])
            assert response.status == 200, f"{verb}: {response.status} {text}"
            return await response.json()

    @property
    def control(self) -> str:
        """The control API's address for this world, for other processes."""
        return self._url

    @property
    def bot_mention(self) -> str:
        return f"<@{self.bot_id}>"

    async def end(self) -> None:
        await self.call("end")

    # --- making --------------------------------------------------------------------------------------------------

    async def user(self, name: str, locale: str = "en-US", display: str | None = None, bot: bool = False) -> User:
        made = await self.call("user", name=name, locale=locale, display=display, bot=bot)
        return User(self, int(made["id"]), name, locale)

    async def guild(
        self, name: str, owner: User, locale: str = "en-US", bot: bool = True, permissions: tuple[str, ...] = ()
    ) -> Guild:
        """Make a server; `permissions` are the bot's beyond what everyone has."""
        made = await self.call(
            "guild", name=name, owner=str(owner.id), locale=locale, bot=bot, permissions=list(permissions)
        )
        return Guild(self, int(made["id"]), name, owner)

    async def settings(self, **values: Any) -> None:
        """Change settings of local/settings.py, as nonce_window=5 or intents=["message_content"]."""
        await self.call("settings", values=values)

    # --- time ----------------------------------------------------------------------------------------------------

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.call("now"))["now"])

    async def skew(self, by: timedelta) -> None:
        """Move the server's time on: nonces, interaction tokens, signed links age."""
        await self.call("skew", seconds=by.total_seconds())

    async def stand(self, at: datetime | None) -> None:
        """Let the server's time stand still at an instant; None lets it run on from there."""
        await self.call("stand", at=at.isoformat() if at else None)

    # --- faults --------------------------------------------------------------------------------------------------

    async def fault(
        self,
        status: int | None = None,
        *,
        route: str = "",
        method: str = "",
        times: int = 1,
        skip: int = 0,
        delay: float | None = None,
        cut: bool = False,
        reset: bool = False,
        hang: bool = False,
        code: int = 0,
        is_global: bool = False,
        retry_after: float = 0.3,
    ) -> None:
        """Order a fault for the next `times` requests that match (-1: all), after letting `skip` of them pass.

        `status` answers so without effect; `delay` waits (real seconds), then goes on; `cut` lets the effect happen
        and loses the reply; `reset` cuts the connection before the effect; `hang` never answers, `hang` and `cut`
        together let the effect happen first. `route` is a regular expression, searched in the template
        ("/channels/{channel_id}/messages") and in the path.
        """
        if cut and hang:
            await self._order("stall", method, route, times, skip=skip)
            return
        kinds = {"status": status is not None, "delay": delay is not None, "cut": cut, "reset": reset, "hang": hang}
        chosen = [kind for kind, wanted in kinds.items() if wanted]
        assert len(chosen) == 1, f"one kind of fault at a time, not {chosen}"
        more: Json = {"skip": skip, "code": code, "is_global": is_global, "retry_after": retry_after}
        more.update({"status": status} if status is not None else {}, **({"seconds": delay} if delay else {}))
        await self._order(chosen[0], method, route, times, **more)

    async def _order(self, kind: str, method: str, route: str, times: int, **more: Any) -> None:
        await self.call("fault", kind=kind, method=method, route=route, times=times, **more)

    async def clear_faults(self) -> None:
        await self.call("clear_faults")

    async def drop_gateway(self, code: int | None = None) -> int:
        """Cut every gateway connection, or close it with a code; sessions stay resumable. Return how many."""
        return int(await self.call("drop", code=code))

    async def invalidate_sessions(self, resumable: bool = False) -> None:
        """Send every connection op 9."""
        await self.call("invalidate", resumable=resumable)

    async def lose_sessions(self) -> None:
        """Cut every connection and forget the sessions: what happens meanwhile is never replayed."""
        await self.call("lose_sessions")

    async def ask_to_reconnect(self) -> None:
        """Send every connection op 7."""
        await self.call("reconnect")

    async def silence_gateway(self) -> None:
        """Half-open sockets: the connections stay, and nothing more comes on them."""
        await self.call("go_silent")

    async def refuse_gateway(self, times: int) -> None:
        """Answer the next gateway connections with 503."""
        await self.call("refuse_connections", times=times)

    async def dispatch(self, event: str, data: Any) -> None:
        """Send the bot an event of the test's making, malformed for instance."""
        await self.call("dispatch", event=event, data=data)

    async def revoke_token(self) -> None:
        await self.call("revoke_token")

    # --- looking -------------------------------------------------------------------------------------------------

    async def requests(self, method: str = "", route: str = "") -> list[Json]:
        """Requests so far, by method and (exact) route template: at, monotonic, method, route, path, status, code."""
        found: list[Json] = await self.call("requests")
        return [each for each in found if method in ("", each["method"]) and route in ("", each["route"])]

    async def statistics(self) -> Json:
        """requests, denied_globally, denied_by_bucket, invalid, sessions_started, sessions_resumed, connected, …"""
        found: Json = await self.call("statistics")
        return found

    async def received(self) -> dict[int, list[tuple[datetime, str]]]:
        """What the bot wrote to each person's DM, as (when, text), in one call: for benches."""
        found = await self.call("received")
        return {int(key): [(datetime.fromisoformat(at), text) for at, text in each] for key, each in found.items()}

    async def tree(self) -> list[Json]:
        """The registered commands, whole."""
        found: list[Json] = await self.call("tree")
        return found

    async def violations(self) -> list[str]:
        """What the bot did against the API's description, or beyond what this server has."""
        found: list[str] = await self.call("violations")
        return found

    async def forgive(self) -> list[str]:
        """Return the violations so far, and forget them: for a test that means them."""
        found: list[str] = await self.call("forgive")
        return found

    async def connected(self, sessions: int = 1) -> None:
        """Wait until the bot has so many gateway sessions."""

        async def check() -> bool:
            return bool((await self.statistics())["connected"] >= sessions)

        await eventually(check)

    async def download(self, url: str) -> tuple[int, bytes]:
        """Fetch an attachment's link; return status and content."""
        async with self._session.get(url) as response:
            return response.status, await response.read()

    def seen(self, found: Json, place: Place | None = None) -> Seen:
        """Return a message of the control API as people see it."""
        return message(self, found, place)

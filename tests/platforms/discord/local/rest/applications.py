"""The application, where the gateway is, and the command tree."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord.local import shapes
from tests.platforms.discord.local.errors import refuse
from tests.platforms.discord.local.routing import Call, Made, Routes
from tests.platforms.discord.local.state import Json
from tests.platforms.discord.local.world import World

routes = Routes()
_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


@routes("GET", "/gateway/bot")
def gateway_bot(call: Call) -> Any:
    world = call.world
    return {
        "url": world.gateway_url,
        "shards": world.settings.shards,
        "session_start_limit": {
            "total": world.settings.identify_limit,
            "remaining": max(0, world.settings.identify_limit - world.sessions.started),
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        },
    }


@routes("GET", "/gateway")
def gateway(call: Call) -> Any:
    return {"url": call.world.gateway_url}


@routes("GET", "/applications/@me")
@routes("GET", "/oauth2/applications/@me")
def application(call: Call) -> Any:
    return _application(call.world)


@routes("GET", _GLOBAL)
def commands(call: Call) -> Any:
    return _shown(call, call.world.tree.commands(_guild(call)))


@routes("PUT", _GLOBAL, (5, 20.0))
def replace(call: Call) -> Any:
    return call.world.tree.replace(_guild(call), call.body)


@routes("POST", _GLOBAL, (5, 20.0))
def put(call: Call) -> Any:
    command, new = call.world.tree.put(_guild(call), call.body)
    return Made(command) if new else command


@routes("GET", _GLOBAL + "/{command_id}")
def command(call: Call) -> Any:
    return call.world.tree.get(_guild(call), call.id("command_id"))


@routes("PATCH", _GLOBAL + "/{command_id}", (5, 20.0))
def change(call: Call) -> Any:
    return call.world.tree.change(_guild(call), call.id("command_id"), call.body)


@routes("DELETE", _GLOBAL + "/{command_id}", (5, 20.0))
def delete(call: Call) -> Any:
    call.world.tree.delete(_guild(call), call.id("command_id"))


for _method, _rest, _handler in (
    ("GET", "", commands),
    ("PUT", "", replace),
    ("POST", "", put),
    ("GET", "/{command_id}", command),
    ("PATCH", "/{command_id}", change),
    ("DELETE", "/{command_id}", delete),
):
    routes(_method, _GUILD + _rest, (5, 20.0) if _method != "GET" else (50, 1.0))(_handler)


@routes("GET", _GUILD + "/permissions")
def permissions(call: Call) -> Any:
    """What admins set for the commands of this application; the server keeps it in the guild."""
    guild_id, world = _guild(call), call.world
    assert guild_id is not None
    guild = world.guild(guild_id)
    by_name: dict[str, list[Json]] = {}
    for name, who in sorted(guild.commands_for):
        one = {"id": str(who), "type": 1 if who in guild.roles else 2, "permission": True}
        by_name.setdefault(name, []).append(one)
    return [
        {
            "id": each["id"],
            "application_id": each["application_id"],
            "guild_id": str(guild_id),
            "permissions": by_name[each["name"]],
        }
        for each in world.tree.available(guild_id)
        if each["name"] in by_name
    ]


def _guild(call: Call) -> int | None:
    """Return the guild of the path, if it has one; the application has to be the caller's own."""
    if call.id("application_id") != call.world.application_id:
        raise refuse(10002 if call.id("application_id") not in call.world.users else 50001)
    if "guild_id" not in call.params:
        return None
    return call.world.guild(call.id("guild_id")).id


def _shown(call: Call, commands: list[Json]) -> list[Json]:
    if call.query.get("with_localizations", "").lower() in ("1", "true"):
        return commands
    hidden = ("name_localizations", "description_localizations")
    return [{key: value for key, value in each.items() if key not in hidden} for each in commands]


def _application(world: World) -> Json:
    flags = world.tree.application_flags()
    return {
        "id": str(world.application_id),
        "name": world.bot.display or world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": shapes.user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": shapes.user(world.owner),
        "approximate_guild_count": sum(world.bot.id in each.members for each in world.guilds.values()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "integration_types_config": {"0": {}},
    }

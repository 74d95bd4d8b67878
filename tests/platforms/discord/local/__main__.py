"""`python -m tests.platforms.discord.local`: serve until stopped. Prints one line of JSON when it can be reached."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import socket
import threading
import time

from aiohttp import web

from tests.platforms.discord.local.openapi import Description
from tests.platforms.discord.local.openapi_file import find
from tests.platforms.discord.local.server import Server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--token", action="append", default=[], help="make a world with this token at once")
    parser.add_argument("--no-openapi", action="store_true", help="do not check against the API's description")
    parser.add_argument("--with-parent", action="store_true", help="stop when the process that started it is gone")
    options = parser.parse_args()
    if options.with_parent:
        threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    asyncio.run(_serve(options))


async def _serve(options: argparse.Namespace) -> None:
    file = None if options.no_openapi else find()
    description = Description(file) if file else None
    port = options.port or _free_port()
    server = Server(f"http://127.0.0.1:{port}", description)
    worlds = [server.worlds.make(token) for token in options.token]
    runner = web.AppRunner(server.app(), access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    gc.freeze()  # what was loaded stays; the collector need not look at it again
    stopped = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    started = {
        "port": port,
        "openapi": description.source if description else None,
        "worlds": [
            {"token": each.token, "api_base": f"{each.base}/api/v10", "gateway": each.gateway_url} for each in worlds
        ],
    }
    print(json.dumps(started), flush=True)
    await stopped.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _watch(parent: int) -> None:
    """A test run that is killed cannot stop its server: the server looks itself whether anybody is left."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main()

"""The command line: `heliotrope COMMAND`, which is `python -m bot COMMAND`."""

from __future__ import annotations

import argparse
import asyncio
import errno
import io
import logging
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from bot import app, config, logs
from bot.engine.errors import StorageFull
from bot.model.errors import HeliotropeError
from bot.storage.backup import BackupFailed
from bot.testing import chat, demo

FAILED = 1
"""Exit status when it could not be done: a full disk, a fault of the program."""
WRONG = 2
"""Exit status when what was asked for can't be done as it was asked: a wrong option, setting, file or database."""
INTERRUPTED = 130

_Command = Callable[[argparse.Namespace, config.Settings], None]

log = logging.getLogger("bot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 failed, 2 a wrong option, setting, file or database."""
    words = parser()
    args = words.parse_args(arguments)
    if args.command is None:
        words.print_help(sys.stderr)
        return WRONG
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without an emoji shows a question mark instead
    try:
        if args.command in ("demo", "chat"):
            logs.configure("WARNING")
            return demo.run(args) if args.command == "demo" else chat.run(args)
        settings = config.load(args.config)
        logs.configure(settings.logs.level)
        _COMMANDS[args.command](args, settings)
        return 0
    except (config.BadSettings, HeliotropeError, OSError) as error:
        print(f"heliotrope {args.command}: {_in_one_line(error)}", file=sys.stderr)
        return FAILED if _failed(error) else WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        log.critical("heliotrope %s failed; this is a fault of the program", args.command, exc_info=True)
        return FAILED


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    whole = argparse.ArgumentParser(
        prog="heliotrope",
        description="Written standups in everyone's own morning, handed to whoever wakes next.",
        epilog="Settings: heliotrope.toml of the working folder, overridden by HELIOTROPE_<SECTION>__<KEY>.",
    )
    whole.add_argument("--version", action="version", version=f"heliotrope {version('heliotrope')}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND")
    demo.add_arguments(commands.add_parser("demo", help="play a simulated team's days and print them"))
    chat.add_arguments(commands.add_parser("chat", help="be a member of a simulated team: answer, and try commands"))
    settings = argparse.ArgumentParser(add_help=False)
    settings.add_argument("--config", type=Path, metavar="FILE", help="settings (default: heliotrope.toml)")
    commands.add_parser("run", parents=[settings], help="run the bot on the platforms that are set up")
    commands.add_parser("check", parents=[settings], help="show settings, versions and migrations; change nothing")
    commands.add_parser("migrate", parents=[settings], help="bring the database up to this version (run does it too)")
    backup = commands.add_parser("backup", parents=[settings], help="copy the database, in use or not, and check it")
    backup.add_argument("file", type=Path, help="the new file")
    restore = commands.add_parser("restore", parents=[settings], help="put a backup in the database's place")
    restore.add_argument("file", type=Path, help="a file that backup made")
    return whole


def _in_one_line(error: Exception) -> str:
    said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
    return " ".join(said.split())


def _failed(error: Exception) -> bool:
    machines = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO)
    return machines or isinstance(error, StorageFull | BackupFailed)


def _run(args: argparse.Namespace, settings: config.Settings) -> None:
    if not (settings.console.people or settings.matrix.homeserver or settings.discord.token.get_secret_value()):
        raise config.BadSettings(
            'no platform is set up: add [discord] token = "...", or [matrix] homeserver = "https://..." and the '
            "account, to heliotrope.toml, "
            'or [console] people = ["Ana", "Bo"]; or try heliotrope demo'
        )
    asyncio.run(app.run(settings))


def _check(args: argparse.Namespace, settings: config.Settings) -> None:
    print("\n".join(asyncio.run(app.report(settings))))


def _migrate(args: argparse.Namespace, settings: config.Settings) -> None:
    async def migrate() -> Sequence[tuple[str, str]]:
        async with app.opened(settings) as opened:
            return opened.ran

    for cog, revision in asyncio.run(migrate()):
        print(f"ran {cog} {revision}")
    print(f"{settings.database.path} is up to date")


def _backup(args: argparse.Namespace, settings: config.Settings) -> None:
    app.make_backup(settings, args.file)
    print(f"backed up {settings.database.path} to {args.file}, and checked the copy")


def _restore(args: argparse.Namespace, settings: config.Settings) -> None:
    kept = app.restore_backup(settings, args.file)
    print(f"restored {settings.database.path} from {args.file}")
    if kept is not None:
        print(f"the database that was there is kept as {kept}")


_COMMANDS: dict[str, _Command] = {
    "run": _run,
    "check": _check,
    "migrate": _migrate,
    "backup": _backup,
    "restore": _restore,
}


if __name__ == "__main__":
    sys.exit(main())

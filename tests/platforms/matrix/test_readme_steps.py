"""The README's steps to a Matrix account, tried with the command line on a fresh Synapse."""

import asyncio
import re
import sys
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path

from tests.platforms.matrix.humans.plain import Line
from tests.platforms.matrix.synapse import SERVER_NAME, Synapse

README = Path(__file__).parents[3] / "README.md"


async def _run(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


def _settings(synapse: Synapse, user_id: str) -> str:
    (shown,) = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    lines = "\n".join(line.strip() for line in shown.splitlines())
    lines = lines.replace("https://matrix.example.org", synapse.url).replace("@helio:example.org", user_id)
    return lines.replace('"example.org"', f'"{SERVER_NAME}"')


def _answers(bot: str, before: AbstractSet[str], said: str, line: Line) -> bool:
    return line.sender == bot and line.id not in before and said in line.text


async def test_the_four_steps_lead_to_a_team_that_is_asked(synapse: Synapse, tmp_path: Path) -> None:
    bot = await synapse.register(synapse.fresh("helio"))
    ana, bo = await synapse.human("ana"), await synapse.human("bo")
    (tmp_path / "heliotrope.toml").write_text(_settings(synapse, bot), encoding="utf-8")
    (tmp_path / "matrix.password").write_text("pw\n", encoding="utf-8")

    check = await _run(tmp_path, "check")
    shown, problems = await check.communicate()
    assert (check.returncode, problems) == (0, b"")
    assert f"matrix: {bot} on {synapse.url}" in shown.decode()

    process = await _run(tmp_path, "run")
    try:
        room = await ana.create_room(invite=[bo.user_id])
        await bo.join(room)
        await ana.invite(room, bot)
        await ana.until_member(room, bot)
        for words, answer in [
            ("!helio team create Atlas zone:Lisbon", "Atlas"),
            ("!helio channel set Atlas handoff here", "Atlas"),
            (f"!helio team add Atlas {bo.user_id}", "Atlas"),
            ("!helio standup create Atlas", "09:30"),
            ("!helio help", "standup create"),
        ]:
            before = {line.id for line in await ana.lines(room)}
            await ana.say(room, words)
            await ana.hear(room, partial(_answers, bot, before, answer))
    finally:
        process.terminate()
        _out, log = await process.communicate()
    assert process.returncode == 0, log.decode()
    assert "Traceback" not in log.decode()

    check = await _run(tmp_path, "check")
    shown, _problems = await check.communicate()
    assert "signed" in shown.decode()


async def test_a_wrong_password_is_one_line_and_status_2(synapse: Synapse, tmp_path: Path) -> None:
    bot = await synapse.register(synapse.fresh("helio"))
    (tmp_path / "heliotrope.toml").write_text(_settings(synapse, bot), encoding="utf-8")
    (tmp_path / "matrix.password").write_text("not it\n", encoding="utf-8")

    process = await _run(tmp_path, "run")
    _out, log = await process.communicate()

    assert process.returncode == 2
    assert "Traceback" not in log.decode()
    assert [line for line in log.decode().splitlines() if line.startswith("heliotrope run:")]
    assert "not it" not in log.decode()

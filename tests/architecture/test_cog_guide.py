"""The guide to writing a cog: what it shows is run as it stands there."""

import importlib.util
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.api import Purpose
from bot.model.cog import Cog
from bot.plugins import installed_cogs
from bot.testing.stage import Stage

GUIDE = Path(__file__).parents[2] / "cogs" / "README.md"


@pytest.fixture
def kudos(tmp_path: Path) -> Cog:
    """The guide's cog, saved under the name it gives and imported."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "heliotrope_kudos.py"
    file.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("heliotrope_kudos", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["heliotrope_kudos"] = module
    spec.loader.exec_module(module)
    cog = module.cog
    assert isinstance(cog, Cog)
    return cog


async def test_the_guides_cog_posts_thanks_and_counts_them_a_week_later(kudos: Cog) -> None:
    async with Stage.create(start=datetime(2026, 10, 26, 10, tzinfo=UTC), cogs=[*installed_cogs(), kudos]) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        bo = await stage.member("Bo", zone="Europe/Madrid")
        team = await stage.team("Atlas", ana, bo)
        await stage.channel(team, Purpose.HANDOFF, "atlas-handoff")

        await stage.settle()  # welcomes
        seen = await stage.says("Ana", "kudos Bo for the *parser*")

        assert {s.to for s in seen} == {"channel:atlas-handoff", "dm:Ana"}
        assert any("Ana thanks @Bo" in s.text and "for the *parser*" in s.text for s in seen)
        later = await stage.until(datetime(2026, 11, 3, 12, tzinfo=UTC))
        assert [s.text for s in later if s.kind == "kudos.count"] == ["You gave 1 thank-you."]


async def test_the_guides_cog_answers_wrong_input_and_changes_nothing(kudos: Cog) -> None:
    async with Stage.create(start=datetime(2026, 10, 26, 10, tzinfo=UTC), cogs=[*installed_cogs(), kudos]) as stage:
        ana = await stage.member("Ana", zone="Europe/Lisbon", admin=True)
        await stage.team("Atlas", ana)

        await stage.settle()  # welcomes
        seen = await stage.says("Ana", "kudos Ana for nothing")

        assert [s.text for s in seen] == ["Atlas has no handoff channel yet."]
        async with stage.transaction() as tx:
            assert await tx.journal.entries() == []

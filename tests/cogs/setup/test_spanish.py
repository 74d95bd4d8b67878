"""The set-up in Spanish."""

from __future__ import annotations

import pytest

from bot.engine.immediate import ShownForm
from bot.testing.client import Client
from bot.testing.stage import Stage
from tests.cogs.setup.conftest import answer, features


@pytest.fixture
async def spanish(begun: Stage) -> Stage:
    """Blue Whale's set-up, for an admin who reads Spanish."""
    await begun.says("Ana", "me language es")
    return begun


async def test_the_checklist_and_the_next_step_are_in_spanish(spanish: Stage) -> None:
    said = await answer(spanish, "setup")
    assert "▌ Configuración de Blue Whale" in said
    assert "⬜ Canal de relevos: aún no hay" in said
    assert '`!helio setup handoff "Blue Whale" here`' in said


async def test_what_the_form_is_filled_in_with_is_read_back(spanish: Stage, ana: Client) -> None:
    form = await ana.opens('setup team:"Blue Whale" standup')
    assert isinstance(form, ShownForm)
    assert [field.value for field in form.inputs] == ["9:30", "lun–vie", ""]
    (seen,) = await ana.sends(form, {})
    assert "✅ Standup: 9:30, lun–vie, 3 preguntas" in seen.text
    assert await features(spanish) == {"standup": True}


async def test_the_test_is_in_spanish(spanish: Stage) -> None:
    await spanish.says("Ana", 'standup create "Blue Whale"')
    assert "Esto es una prueba" in await answer(spanish, "setup test")

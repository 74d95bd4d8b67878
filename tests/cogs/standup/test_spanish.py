"""The standup in Spanish: what it says, and what it understands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.api import Kind
from bot.testing.stage import Stage
from tests.cogs.standup.conftest import COGS, at, last, texts


@pytest.fixture
async def asked() -> AsyncIterator[Stage]:
    """Monday 09:40: Ana has been asked, in Spanish."""
    async with Stage.create(start=at(26, 0), language="es", cogs=COGS) as made:
        ana = await made.member("Ana", zone="Europe/Lisbon", admin=True)
        await made.team("Atlas", ana)
        await made.says("Ana", "standup create Atlas")
        await made.until(at(26, 9, 40))
        yield made


async def test_the_prompt(asked: Stage) -> None:
    seen = last(asked, "Ana", "standup.prompt")
    assert "Hola, Ana: es hora de tu actualización de Atlas." in seen.text
    assert "1. ¿Qué terminaste?\n2. ¿Qué sigue?\n3. ¿Hay algo que te bloquee?" in seen.text


@pytest.mark.parametrize(
    "said",
    [
        "1. a\n2. b\n3. ninguno",
        "Hecho: a\nSiguiente: b\nBloqueos: nada",
        "hecho: a\nPRÓXIMO: b\nbloqueo: no",
        "¿Qué terminaste? a\n¿Qué sigue? b\n¿Hay algo que te bloquee? sin bloqueos",
        "Done: a\nNext: b\nBlockers: none",
    ],
)
async def test_answers_under_spanish_headings(asked: Stage, said: str) -> None:
    (receipt,) = await asked.says("Ana", said)
    assert "Anoté 1 cosa hecha y 1 cosa prevista." in receipt.text
    assert await texts(asked) == [(Kind.DONE, "a"), (Kind.NEXT, "b")]


async def test_one_at_a_time(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "a")
    assert seen.text == "2 de 3: ¿Qué sigue?"


async def test_bad_input(asked: Stage) -> None:
    (seen,) = await asked.says("Ana", "snooze 1m")
    assert "Lo mínimo para posponer es 5 minutos. Escríbelo así: `snooze 30m`." in seen.text

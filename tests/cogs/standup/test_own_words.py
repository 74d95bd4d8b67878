"""Commands in the words of another language, beside answers that begin with such words."""

from __future__ import annotations

import pytest

from bot.testing.stage import Stage


async def test_a_command_in_german_words_does_what_the_english_one_does(stage: Stage) -> None:
    await stage.says("Ana", "ich zeitzone Tokio")
    (seen,) = await stage.says("Ana", "/ich zeigen")
    assert "Asia/Tokyo" in seen.text or "Tokyo" in seen.text


@pytest.mark.parametrize(
    "answer", ["Team Liste aktualisieren", "Standup Fragen überarbeiten", "escribir pruebas del equipo"]
)
async def test_words_of_a_command_with_more_behind_them_are_an_answer(asked: Stage, answer: str) -> None:
    said = " ".join(seen.text for seen in await asked.says("Ana", answer))
    assert "2 of 3" in said

"""What people type to the cogs in German, Japanese and Spanish, and in English wherever they read something else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.testing.stage import Stage

MONDAY_NINE = datetime(2026, 10, 26, 8, tzinfo=UTC)
"""In Madrid, where all of them are."""


async def answer(language: str, *lines: str) -> str:
    """What the bot says to the last of the lines that an admin types, with ordinary spaces."""
    said = ""
    async with Stage.create(start=MONDAY_NINE, language=language) as stage:
        ana = await stage.member("Ana", zone="Europe/Madrid", admin=True)
        await stage.team("Atlas", ana)
        for line in lines:
            said = (await stage.says("Ana", line))[-1].text.replace("\u00a0", " ")
    return said


@pytest.mark.parametrize(
    ("language", "line", "found"),
    [
        ("de", "me away until morgen Umzug", "Di., 27. Okt."),
        ("de", "me away until 24. Dezember bei den Eltern", "Do., 24. Dez."),
        ("de", "me away until in 3 Tagen Umzug", "Do., 29. Okt."),
        ("de", "me away until tomorrow move", "Di., 27. Okt."),
        ("ja", "me away until 明日 引っ越し", "10月27日(火)"),
        ("ja", "me away until 12月24日 旅行", "12月24日(木)"),
        ("es", "me away until mañana mudanza", "mar, 27 oct"),
        ("es", "me away until 24 de diciembre con mis padres", "jue, 24 dic"),
        ("en", "me away until 24 December with my parents", "Thu, 24 Dec"),
    ],
)
async def test_a_date_is_typed_as_people_write_it(language: str, line: str, found: str) -> None:
    said = await answer(language, line)
    assert found in said
    assert line.rsplit(maxsplit=1)[-1] in said


async def test_a_date_in_another_year_is_shown_with_it() -> None:
    assert "So., 3. Jan. 2027" in await answer("de", "me away until 3.1. Ski")
    assert "2027年1月3日(日)" in await answer("ja", "me away until 1月3日 スキー")
    said = await answer("de", "me away until 31.12. Ski")
    assert "Do., 31. Dez. " in said
    assert "Fr., 1. Jan. 2027" in said  # the first day back


@pytest.mark.parametrize(
    ("language", "line", "found"),
    [
        ("de", "me hours 9 bis 17:30 Uhr werktags", "09:00–17:30 (Mo–Fr)"),
        ("de", "me hours 9-17 Uhr Mo-Fr", "09:00–17:00 (Mo–Fr)"),
        ("de", "me hours 22 Uhr bis 6 Uhr days:Mo, Mi und Fr night:ja", "22:00–06:00"),
        ("ja", "me hours 9時半〜18時 月火水木金", "9:30～18:00（月～金）"),
        ("ja", "me hours ９：００-１７：００ 平日", "9:00～17:00（月～金）"),
        ("es", "me hours de 9 a 17 h lunes a viernes", "9:00–17:00 (lun–vie)"),
    ],
)
async def test_hours_are_typed_as_people_write_them(language: str, line: str, found: str) -> None:
    assert found in await answer(language, line)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "me holidays keine"),
        ("ja", "me holidays なし"),
        ("es", "me holidays ninguno"),
        ("ja", "me holidays none"),
    ],
)
async def test_no_holidays_are_named_in_every_language(language: str, line: str) -> None:
    undone = {"de": "`me holidays DE`", "ja": "`me holidays DE`", "es": "`me holidays DE`"}[language]
    assert undone in await answer(language, "me holidays DE", line)


@pytest.mark.parametrize(
    ("language", "calendar", "name"),
    [
        ("de", "DE", "Erster Weihnachtstag"),
        ("ja", "JP", "文化の日"),
        ("es", "MX", "Día de la Revolución"),
        ("en", "DE", "Christmas Day"),
    ],
)
async def test_holidays_are_named_in_the_readers_language(language: str, calendar: str, name: str) -> None:
    assert name in await answer(language, f"me holidays {calendar}")
    assert name in await answer(language, f"me holidays {calendar}", "me show")


async def test_a_holiday_without_a_name_in_the_readers_language_has_its_countrys() -> None:
    assert "Todos os Santos" in await answer("de", "me holidays PT")
    assert "All Saints' Day" in await answer("en", "me holidays PT")


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [
        ("de", "tiere, Lesen", "Tiere"),
        ("de", "pets reading", "Tiere"),
        ("ja", "ペット、読書", "ペット"),
        ("es", "mascotas,lectura", "mascotas"),
        ("es", "Mascotas y otros animales", "mascotas"),
    ],
)
async def test_themes_are_named_by_the_readers_word_or_the_english_one(language: str, typed: str, shown: str) -> None:
    said = await answer(language, f"social themes Atlas {typed}")
    used = next(line for line in said.split("\n") if "🐾" in line)
    assert used.endswith(f": {shown}")


async def test_all_themes_may_be_asked_for_in_the_readers_language() -> None:
    assert "Schreibtisch" in await answer("de", "social themes Atlas alle")
    assert "机" in await answer("ja", "social themes Atlas すべて")


@pytest.mark.parametrize(
    ("language", "line", "found"),
    [
        ("de", "standup questions Atlas set: erledigt: Was lief? | Hindernis: Was hakt?", "Was hakt? (Hindernis)"),
        ("de", "standup questions Atlas set: blocker: Was hakt?", "Was hakt? (Hindernis)"),
        ("ja", "standup questions Atlas set： 困りごと：何かありますか？｜次：何をしますか？", "何かありますか？"),
        ("es", "standup questions Atlas set: bloqueo: ¿Qué te frena?", "¿Qué te frena? (bloqueo)"),
    ],
)
async def test_questions_have_their_kind_by_the_readers_word(language: str, line: str, found: str) -> None:
    said = await answer(language, "standup create Atlas", line)
    assert found in said
    assert "困りごと：何か" not in said


async def test_the_usual_questions_come_back_by_the_readers_word() -> None:
    changed = ("standup create Atlas", "standup questions Atlas set: Was lief?")
    assert "Was hast du geschafft?" in await answer("de", *changed, "standup questions Atlas zurücksetzen")


@pytest.mark.parametrize(
    ("language", "line", "until"),
    [
        ("de", "snooze 30 Minuten", "10:00"), ("de", "snooze eine halbe Stunde", "10:00"),
        ("ja", "snooze 30分", "10:00"),
        ("ja", "snooze 1時間半", "11:00"), ("es", "snooze media hora", "10:00"), ("en", "snooze 1 hour", "10:30"),
    ],
)  # fmt: skip
async def test_a_length_is_typed_as_people_write_it(language: str, line: str, until: str) -> None:
    async with Stage.create(start=MONDAY_NINE, language=language) as stage:
        ana = await stage.member("Ana", zone="Europe/Madrid", admin=True)
        await stage.team("Atlas", ana)
        await stage.says("Ana", "standup create Atlas")
        await stage.until(MONDAY_NINE.replace(hour=8, minute=30))
        (said,) = await stage.says("Ana", line)
    assert until in said.text

"""What people read in a workspace that speaks Spanish."""

from __future__ import annotations

from datetime import timedelta

from bot.i18n.catalogues import Catalogues
from bot.testing.client import Client
from bot.testing.stage import Stage
from cogs.social.prompts import BY_NAME
from tests.cogs.social.conftest import START


async def test_a_prompt_and_its_thread_are_in_the_channels_language(spanish: Stage) -> None:
    await spanish.says("Ana", "social themes Atlas pets")
    await spanish.says("Ana", "social on Atlas days:lun,mié")
    (prompt,) = await spanish.until(START + timedelta(days=1))
    heading, text, last = prompt.text.split("\n\n")
    assert heading == "▌ 🐾 Mascotas y otros animales"
    assert text in {Catalogues().translate("social", "es", each, None, None) for each in BY_NAME["pets"].prompts}
    assert text not in BY_NAME["pets"].prompts
    assert last.startswith("Hoy la primera palabra es para ")
    assert spanish.server.messages[prompt.message].title == "🐾 Mascotas y otros animales, 26 oct"


async def test_setting_up_is_in_spanish(spanish: Stage) -> None:
    (on,) = await spanish.says("Ana", "social on Atlas days:lun,mié")
    assert "Los hilos sociales de Atlas están activados: lun y mié, en #lounge." in on.text
    (show,) = await spanish.says("Ana", "social show")
    assert "Estado: activados" in show.text
    (unknown,) = await spanish.says("Ana", "social now gatos")
    assert "No hay ningún tema “gatos”." in unknown.text


async def test_a_suggestion_is_credited_in_spanish(spanish: Stage) -> None:
    (thanks,) = await spanish.says("Cy", "social suggest ¿Qué puente es el tuyo?")
    assert "Le preguntaré a Ana" in thanks.text
    await spanish.says("Ana", "social accept 1")
    await spanish.says("Ana", "social now team")
    assert "¿Qué puente es el tuyo? (propuesta de Cy)" in spanish.inside("lounge")[0].text


async def test_who_reads_english_is_answered_in_english(spanish: Stage) -> None:
    await spanish.member("Dee", language="en")
    (show,) = await spanish.says("Dee", "social show")
    assert "State: off" in show.text


async def test_themes_are_suggested_and_taken_in_spanish(spanish: Stage) -> None:
    client = Client(spanish, "Ana", admin=True)
    (found,) = await client.is_suggested("social themes", "names", "masc", team="Atlas")
    assert found.value == "mascotas"
    (done,) = await client.uses("social themes", team="Atlas", names=found.value)
    assert "Mascotas y otros animales" in done.text

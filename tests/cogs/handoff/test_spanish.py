"""The relay in Spanish."""

from __future__ import annotations

from datetime import date

from bot.api import Kind
from tests.cogs.handoff.company import company, utc


async def test_a_post_is_whole_in_spanish() -> None:
    async with company({"Ana": "Europe/Lisbon", "Bo": "Pacific/Auckland"}, language="es") as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "a\nb\nc\nd"), (Kind.NEXT, "la guía"), (Kind.ASK, "revisa el PR", "Bo"))
        await c.writes("Ana", (Kind.BLOCKER, "faltan las llaves"), since=date(2026, 10, 25))
        await c.stage.until(utc(26, 21))
        (post,) = c.channel()
        assert post.text == (
            "▌ Atlas: Lisboa → Auckland, lun, 26 oct\n\n"
            "Para Bo, desde el mar, 27 oct, 9:00 en Auckland.\n\n"
            "▌ 🙋 Te necesitan\n\n"
            "• Bo: revisa el PR (de Ana)\n\n"
            "▌ ⛔ Bloqueos\n\n"
            "• 1 día · Ana: faltan las llaves\n\n"
            "▌ ✅ Hecho\n\n"
            "Ana: a · b · c · y 1 más en el hilo\n\n"
            "▌ ▶️ Sigue\n\n"
            "Ana: la guía"
        )
        assert c.needs("Bo")[0].text == "Ana te necesita (Atlas, lun, 26 oct):\n\n> revisa el PR"

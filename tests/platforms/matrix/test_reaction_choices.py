"""A question with a yes and a no on Matrix: two reactions, of which the first that is chosen counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import Synapse


async def test_a_no_is_a_reaction_and_a_yes_after_it_does_nothing(synapse: Synapse, tmp_path: Path) -> None:
    bot = await LivingBot.make(synapse, tmp_path, datetime(2026, 10, 26, 9, 0, tzinfo=UTC), encryption="never")
    await bot.start()
    try:
        ana = await synapse.human("Ana")
        room = await ana.create_room("Atlas", invite=[bot.user_id])
        await ana.say(room, "!helio team create Atlas zone:UTC")
        await ana.hear_from(room, bot.user_id, "The team Atlas is made")
        talk = await ana.create_room(invite=[bot.user_id], direct=True, preset="private_chat")
        await ana.say(talk, "team delete Atlas")
        asked = await ana.hear_from(talk, bot.user_id, "Delete the team Atlas")
        assert "❌ `no`" in asked.text
        await ana.react(talk, asked.id, "❌")
        await ana.hear_from(talk, bot.user_id, "Nothing was changed.")
        await ana.react(talk, asked.id, "✅")
        await ana.hear_from(talk, bot.user_id, "That is settled already")
        assert (bot.user_id, "❌") in await ana.reactions(talk, asked.id)
    finally:
        await bot.close()

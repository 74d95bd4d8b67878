"""What a platform remembers between runs."""

from datetime import UTC, datetime
from pathlib import Path

from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.platform_state import StoredState


async def test_a_value_that_was_set_is_there_after_a_restart(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "bot.db")
    await upgrade(database, [], datetime(2026, 10, 26, tzinfo=UTC))
    state = StoredState(database, "matrix")
    assert await state.get("next_batch") is None
    await state.set("next_batch", "s1")
    await state.set("next_batch", "s2")
    await StoredState(database, "discord").set("next_batch", "other")
    await database.close()

    again = await Database.open(tmp_path / "bot.db")
    assert await StoredState(again, "matrix").get("next_batch") == "s2"
    await again.close()

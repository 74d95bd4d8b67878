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


async def test_values_are_found_by_how_their_names_begin(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "bot.db")
    await upgrade(database, [], datetime(2026, 10, 26, tzinfo=UTC))
    state, other = StoredState(database, "discord"), StoredState(database, "matrix")
    for key in ("heard:1", "heard:2", "heardX3", "read"):
        await state.set(key, f"value of {key}")
    await other.set("heard:4", "of another platform")
    assert await state.under("heard:") == {"heard:1": "value of heard:1", "heard:2": "value of heard:2"}
    assert await state.under("h_ard:") == {}
    await database.close()

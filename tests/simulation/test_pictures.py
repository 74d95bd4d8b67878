"""The README's pictures show what the bot says today."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.testing.pictures import PICTURES, Picture, draw

FOLDER = Path(__file__).parents[2] / "deploy" / "pictures"


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_the_picture_is_what_make_pictures_draws(picture: Picture) -> None:
    drawn = (FOLDER / f"{picture.name}.svg").read_text(encoding="utf-8")
    assert drawn == await draw(picture), "run make pictures, and look at them"


def test_nothing_in_them_is_loaded_from_elsewhere() -> None:
    for picture in PICTURES:
        text = (FOLDER / f"{picture.name}.svg").read_text(encoding="utf-8")
        assert "url(h" not in text.replace("url(#", "")
        assert "@font-face" not in text

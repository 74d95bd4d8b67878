"""Emojis as Discord writes them: with the selector that makes a picture of a sign which is text by default."""

from __future__ import annotations

SELECTOR = "\ufe0f"
_KEYCAP = "\u20e3"
_FIRST_SIGN = "\u2000"
_AFTER_SIGNS = "\U0001f000"
# Unicode's Emoji_Presentation below U+1F000: these are pictures by themselves.
_PICTURES = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)


def written(emoji: str) -> str:
    """Return an emoji as Discord takes it in buttons and reactions."""
    if len(emoji) == 2 and emoji[1] == _KEYCAP:
        return f"{emoji[0]}{SELECTOR}{_KEYCAP}"
    if len(emoji) == 1 and _FIRST_SIGN <= emoji < _AFTER_SIGNS and emoji not in _PICTURES:
        return emoji + SELECTOR
    return emoji

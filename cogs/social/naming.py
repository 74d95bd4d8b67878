"""Themes as people name them: by their English word, or by the word or title in their own language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.api import Call, PlainStyle, Reader, Sentence, catalogue
from cogs.social.domain import folded
from cogs.social.planning import NAMES
from cogs.social.prompts import BY_NAME

_ = catalogue("social")[0]

# NOTE: the names of themes as people type them: each is one word without spaces, the title of the theme in short
WORDS: Mapping[str, Sentence] = {
    "pets": _("pets"),
    "reading": _("reading"),
    "weekend": _("weekend"),
    "food": _("food"),
    "music": _("music"),
    "places": _("places"),
    "desk": _("desk"),
    "smallwins": _("smallwins"),
    "learned": _("learned"),
    "hobbies": _("hobbies"),
    "firsts": _("firsts"),
    "words": _("words"),
    "team": _("team"),
}
# NOTE: what people type to have every theme, separated by commas
EVERY = _("all, everything, every")


def theme_named(call: Call, text: str) -> str | None:
    """Return the name of the theme that the caller means by a word or a title, or None."""
    known = call.tx.services.gazetteer
    for name in NAMES:
        title = Sentence("social", BY_NAME[name].title)
        if folded(text) == name or any(known.means(text, words, call.language) for words in (WORDS[name], title)):
            return name
    return None


def means_every(call: Call, text: str) -> bool:
    """Whether the caller means all themes."""
    return call.tx.services.gazetteer.means(text, EVERY, call.language)


async def words_like(call: Call, typed: str) -> Sequence[str]:
    """Suggest themes, by their names in the caller's language."""
    return [word for name, word in _words(call).items() if _like(call, name, word, typed)]


async def lists_like(call: Call, typed: str) -> Sequence[str]:
    """Suggest themes for the last place in a list, behind those that stand before it."""
    last = re.split(r"[,;、，；・]\s*", typed)[-1]
    before = typed.removesuffix(last)
    taken = {theme_named(call, word) for word in re.split(r"[,;、，；・\s]+", before) if word}
    return [
        f"{before}{word}" for name, word in _words(call).items() if name not in taken and _like(call, name, word, last)
    ]


def _words(call: Call) -> Mapping[str, str]:
    return {name: _written(call, WORDS[name]) for name in NAMES}


def _like(call: Call, name: str, word: str, typed: str) -> bool:
    title = _written(call, Sentence("social", BY_NAME[name].title))
    return folded(word).startswith(folded(typed)) or folded(typed) in folded(title)


def _written(call: Call, sentence: Sentence) -> str:
    return call.tx.services.localizer.write(sentence, Reader(call.language), PlainStyle())

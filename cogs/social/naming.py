"""Themes as people name them: by their English word, or by the word or title in their own language."""

from __future__ import annotations

from collections.abc import Mapping

from bot.api import Call, Sentence, catalogue
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

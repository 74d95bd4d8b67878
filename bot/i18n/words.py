"""Words that people type, as catalogue texts: each language has its own in its .po file, between commas."""

from __future__ import annotations

from functools import lru_cache

from bot.i18n.catalogues import SOURCE_LANGUAGE, Catalogues
from bot.i18n.spelling import plain
from bot.model.command import N_

# NOTE: what people type to agree, separated by commas: as many words as you like
YES = N_("yes, y, yep, yeah, yup, sure, ok, okay, true, on")
# NOTE: what people type to refuse, separated by commas: as many words as you like
NO = N_("no, n, nope, nah, never, false, off")
# NOTE: what people type for all seven days of the week, separated by commas
EVERY_DAY = N_("every day, everyday, daily, all days, all week")
# NOTE: what people type for Monday to Friday, separated by commas
WORKING_DAYS = N_("weekdays, working days, workdays")
# NOTE: what stands between the first and last day of a range ("Monday to Friday"), separated by commas
UNTIL = N_("to, till, until, through, thru")
# NOTE: words to ignore between weekdays ("from Monday to Friday", "Monday and Friday"), separated by commas
FILLERS = N_("and, from, on, every, each, the, plus")
# NOTE: the names of this language in this language itself, separated by commas (Spanish: español, castellano)
OWN_NAMES = N_("English")

_DOMAIN = "bot"


class Words:
    """Those words in a language, spelled plainly, together with the English ones."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        self._cached = lru_cache(maxsize=256)(self._read)

    def of(self, source: str, language: str) -> frozenset[str]:
        """Return the words of one of this module's texts in the language and in English."""
        return self._cached(source, language) | self._cached(source, SOURCE_LANGUAGE)

    def only(self, source: str, language: str) -> frozenset[str]:
        """Return the words of one of this module's texts in the language alone."""
        return self._cached(source, language)

    def _read(self, source: str, language: str) -> frozenset[str]:
        text = self._catalogues.translate(_DOMAIN, language, source, None, None)
        return frozenset(plain(word) for word in text.split(","))

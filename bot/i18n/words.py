"""Words that people type, as catalogue texts: each language has its own in its .po file, between commas."""

from __future__ import annotations

from functools import lru_cache

from bot.i18n.catalogues import SOURCE_LANGUAGE, Catalogues
from bot.i18n.spelling import folded, plain
from bot.model.command import N_

# NOTE: what people type to agree, separated by commas: as many words as you like
YES = N_("yes, y, yep, yeah, yup, sure, ok, okay, true, on")
# NOTE: what people type to refuse, separated by commas: as many words as you like
NO = N_("no, n, nope, nah, never, false, off")
# NOTE: what people type for all seven days of the week, separated by commas
EVERY_DAY = N_("every day, everyday, daily, all days, all week")
# NOTE: what people type for Monday to Friday, separated by commas
WORKING_DAYS = N_("weekdays, working days, workdays")
# NOTE: what people type for Saturday and Sunday, separated by commas
WEEKEND = N_("weekend, weekends, the weekend")
# NOTE: what stands between the first and last day of a range ("Monday to Friday"), separated by commas
UNTIL = N_("to, till, until, through, thru")
# NOTE: words to ignore between weekdays ("from Monday to Friday", "Monday and Friday"), separated by commas
FILLERS = N_("and, from, on, every, each, the, plus")
# NOTE: the names of this language in this language itself, separated by commas (Spanish: español, castellano)
OWN_NAMES = N_("English")

# NOTE: ways to write nine o'clock with a digit, separated by commas; the 9 stands for any hour
OCLOCK = N_("9 o'clock, 9 hrs, at 9")
# NOTE: ways to write half past nine with digits, separated by commas: 9 stands for any hour, 30 for any minutes, and
# NOTE: 10 for the hour that is to come (German: halb 10)
HALF_PAST = N_("9h30, 9 h 30, 9 30, at 9:30, 9:30 hrs, 9:30 o'clock, half past 9")
# NOTE: ways to write five past nine with digits, separated by commas: 9 stands for any hour, 5 for any minutes;
# NOTE: without a 5 it is a quarter past nine
PAST = N_("5 past 9, 5 after 9, quarter past 9, a quarter past 9, quarter after 9, a quarter after 9")
# NOTE: ways to write five to ten with digits, separated by commas: 10 stands for the hour to come, 5 for any minutes;
# NOTE: without a 5 it is a quarter to ten (German: dreiviertel 10)
TO = N_("5 to 10, 5 before 10, 5 till 10, quarter to 10, a quarter to 10, quarter till 10, quarter before 10")
# NOTE: numbers as people write them in times, each behind its digits, separated by commas; as many ways as
# NOTE: you like for one number. Chinese characters are read anyway
NUMBERS = N_(
    "1 one, 2 two, 3 three, 4 four, 5 five, 6 six, 7 seven, 8 eight, 9 nine, 10 ten, 11 eleven, 12 twelve,"
    " 13 thirteen, 14 fourteen, 15 fifteen, 16 sixteen, 17 seventeen, 18 eighteen, 19 nineteen, 20 twenty,"
    " 21 twenty-one, 22 twenty-two, 23 twenty-three, 25 twenty-five, 30 thirty, 35 thirty-five, 40 forty,"
    " 45 forty-five, 50 fifty, 55 fifty-five"
)
# NOTE: what people put before or behind an hour of the first half of the day, separated by commas
BEFORE_NOON = N_("am, a.m., in the morning")
# NOTE: what people put before or behind an hour of the second half of the day, separated by commas
AFTER_NOON = N_("pm, p.m., in the afternoon, in the evening")
# NOTE: what people type for twelve o'clock by day, separated by commas
NOON = N_("noon, at noon, midday")
# NOTE: what people type for twelve o'clock at night, separated by commas
MIDNIGHT = N_("midnight, at midnight")

# NOTE: what people type for this day, separated by commas
TODAY = N_("today, tonight")
# NOTE: what people type for the day after this one, separated by commas
TOMORROW = N_("tomorrow")
# NOTE: what people type for the day after tomorrow, separated by commas
DAY_AFTER_TOMORROW = N_("day after tomorrow, the day after tomorrow, overmorrow")
# NOTE: what people type for the day before this one, separated by commas
YESTERDAY = N_("yesterday")
# NOTE: what people put before or behind a weekday of the next calendar week, separated by commas
NEXT_WEEK = N_("next week, of next week")
# NOTE: words to ignore in a date ("on the 24th of December"), separated by commas
DATE_FILLERS = N_("on, the, of, this, coming, st, nd, rd, th")

# NOTE: units as people write them behind a number, separated by commas
WEEKS = N_("w, wk, wks, week, weeks")
DAYS = N_("d, day, days")
HOURS = N_("h, hr, hrs, hour, hours")
MINUTES = N_("m, min, mins, minute, minutes")
# NOTE: the number one as people write it before a unit ("an hour"), separated by commas
ONE = N_("one, a, an")
# NOTE: what people write for thirty minutes without a number, separated by commas
HALF_HOUR = N_("half an hour, half hour, a half hour, half a hour")
# NOTE: what people write for ninety minutes without a digit, separated by commas
HOUR_AND_HALF = N_("an hour and a half, one and a half hours, hour and a half")
# NOTE: ways to write two and a half hours with the digit 2, which stands for any number, separated by commas
HOURS_AND_HALF = N_("2 and a half hours, 2 hours and a half")

_DOMAIN = "bot"


class Words:
    """Those words in a language, spelled plainly, together with the English ones."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        self._cached = lru_cache(maxsize=1024)(self._read)
        self._folded = lru_cache(maxsize=1024)(self._forms)

    def of(self, source: str, language: str) -> frozenset[str]:
        """Return the words of one of this module's texts in the language and in English."""
        return self._cached(source, language) | self._cached(source, SOURCE_LANGUAGE)

    def only(self, source: str, language: str) -> frozenset[str]:
        """Return the words of one of this module's texts in the language alone."""
        return self._cached(source, language)

    def forms(self, source: str, language: str) -> tuple[str, ...]:
        """Return the words with their punctuation, folded: the language's, then the English ones."""
        return self._folded(source, language)

    def among(self, domain: str, source: str, text: str, language: str) -> bool:
        """Whether a text is one of the words of any domain's text, in the language or in English."""
        texts = {self._text(domain, source, tag) for tag in (language, SOURCE_LANGUAGE)}
        return plain(text) in {plain(word) for known in texts for word in known.split(",")} - {""}

    def _forms(self, source: str, language: str) -> tuple[str, ...]:
        texts = (self._text(_DOMAIN, source, tag) for tag in dict.fromkeys((language, SOURCE_LANGUAGE)))
        return tuple(dict.fromkeys(form for text in texts for word in text.split(",") if (form := folded(word))))

    def _read(self, source: str, language: str) -> frozenset[str]:
        return frozenset(plain(word) for word in self._text(_DOMAIN, source, language).split(","))

    def _text(self, domain: str, source: str, language: str) -> str:
        return self._catalogues.translate(domain, language, source, None, None)

"""The words for headings and for "nothing", in every language that there is a catalogue for."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from bot.api import Kind, Localizer, PlainStyle, Reader, Sentence, Transaction, catalogue
from cogs.standup.answers import Reading, read
from cogs.standup.questions import Vocabulary, plain
from cogs.standup.records import Kept

_, n_ = catalogue("standup")

# Translators: words parted by commas, in lower case; as many as people may use, in any order.
HEADINGS: dict[Kind, Sentence] = {
    Kind.DONE: _("done, finished, completed, accomplished, yesterday"),
    Kind.NEXT: _("next, next up, next steps, today, plan, planned, to do, todo"),
    Kind.BLOCKER: _("blocker, blockers, blocked, blocked by, blocking, impediments, obstacles, in my way"),
    Kind.NOTE: _("note, notes, also, other"),
}
# NOTE: whole answers that say that there is nothing to tell, in lower case, separated by commas: as many as people use
NOTHING = _(
    "none, nothing, no, nope, no blockers, no blocker, not blocked, unblocked, nothing new, nothing to add, all clear,"
    " all good, all fine, n/a, na, not applicable, nil, none today, nothing today, nothing for today, none yet,"
    " nothing yet, none so far, nothing so far, none for now, nothing for now, nothing right now,"
    " nothing at the moment, not at the moment, not right now, not today, not really, nothing really, nothing much,"
    " nothing special, nothing in particular, nothing else, nothing more, nothing further, nothing to report,"
    " nothing to share, nothing to say, nothing from me, nothing on my side, nothing blocking, nothing is blocking me,"
    " nothing in my way, nothing is in my way, no issues, no problems, no impediments, no updates, no update, no news,"
    " no changes, no thanks, no thank you, that's all, that is all"
)
DEFAULT_QUESTIONS: dict[Kind, Sentence] = {
    Kind.DONE: _("What did you finish?"),
    Kind.NEXT: _("What is next?"),
    Kind.BLOCKER: _("Is anything in your way?"),
    Kind.NOTE: _("Anything else?"),
}


class _Plain(PlainStyle):
    """Text without anything added to it or taken from it."""

    def text(self, written: str) -> str:
        return written


_KNOWN: WeakKeyDictionary[Localizer, Vocabulary] = WeakKeyDictionary()


def vocabulary(localizer: Localizer) -> Vocabulary:
    """Return the words of all languages together; collected once for each localizer."""
    if localizer not in _KNOWN:
        _KNOWN[localizer] = _collect(localizer)
    return _KNOWN[localizer]


def _collect(localizer: Localizer) -> Vocabulary:
    headings = {word: kind for kind, words in HEADINGS.items() for word in _words(localizer, words)}
    defaults = {
        kind: frozenset(plain(text) for text in _all(localizer, question))
        for kind, question in DEFAULT_QUESTIONS.items()
    }
    return Vocabulary(headings, frozenset(_words(localizer, NOTHING)), defaults)


def _words(localizer: Localizer, words: Sentence) -> Iterator[str]:
    for text in _all(localizer, words):
        for word in text.split(","):
            if folded := plain(word):
                yield folded


def _all(localizer: Localizer, sentence: Sentence) -> Iterator[str]:
    for language in localizer.languages():
        yield localizer.write(sentence, Reader(language), _Plain())


def written(tx: Transaction, sentence: Sentence, language: str) -> str:
    """Return a sentence as text in a language, as the journal keeps it."""
    return tx.services.localizer.write(sentence, Reader(language), _Plain())


def reading_of(tx: Transaction, kept: Kept) -> Reading:
    """What a member's messages mean together."""
    phrases = vocabulary(tx.services.localizer).phrases(kept.update.questions)
    return read(kept.pieces, phrases, len(kept.update.questions))

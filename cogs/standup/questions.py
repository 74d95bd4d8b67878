"""What a standup asks: its questions, and the words by which people head their answers."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.api import Kind

MOST_QUESTIONS = 10
LONGEST_QUESTION = 300
MOST_REMEMBERED = 500
"""The phrases of so many different lists of questions are kept at hand."""
KINDS = (Kind.DONE, Kind.NEXT, Kind.BLOCKER, Kind.NOTE)
"""The kinds of entry that an answer can become."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the kind of entry its answers become. `text` None is the translated default of its kind."""

    kind: Kind
    text: str | None = None


DEFAULT = (Question(Kind.DONE), Question(Kind.NEXT), Question(Kind.BLOCKER))


class Problem(StrEnum):
    """Why an admin's questions can't be used."""

    NONE = "none"
    MANY = "many"
    LONG = "long"
    EMPTY = "empty"


class BadQuestions(ValueError):
    """Raised by `parse_questions`; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def parse_questions(text: str, kind_named: Callable[[str], Kind | None] = lambda word: None) -> tuple[Question, ...]:
    """Read "What went well? | blocker: What is in your way?": parted by bars or lines, each with its kind or "note".

    `kind_named` gives the kind that a word of another language stands for. Raises BadQuestions.
    """
    parts = [part.strip() for part in re.split(r"[|｜\n]", text.strip())]
    if not any(parts):
        raise BadQuestions(Problem.NONE)
    if len(parts) > MOST_QUESTIONS:
        raise BadQuestions(Problem.MANY)
    return tuple(_question(part, kind_named) for part in parts)


def _question(part: str, kind_named: Callable[[str], Kind | None]) -> Question:
    head, *rest = re.split("[:：]", part, maxsplit=1)
    english = next((kind for kind in KINDS if head.strip().lower() == kind), None)
    kind = (english or kind_named(head)) if rest else None
    text = rest[0].strip() if kind else part
    if not text:
        raise BadQuestions(Problem.EMPTY)
    if len(text) > LONGEST_QUESTION:
        raise BadQuestions(Problem.LONG)
    return Question(kind or Kind.NOTE, text)


def dump(questions: Sequence[Question]) -> str:
    """Return text for storage; "" for the default ones."""
    if tuple(questions) == DEFAULT:
        return ""
    return json.dumps([[q.kind, q.text] for q in questions], ensure_ascii=False)


def load(text: str) -> tuple[Question, ...]:
    """Return what `dump` wrote."""
    if not text:
        return DEFAULT
    return tuple(Question(Kind(kind), own) for kind, own in json.loads(text))


_PARTS = re.compile("[,;.!\u3001\u3002\uff0c\uff01]+")


@dataclass(frozen=True)
class Vocabulary:
    """The words of all languages at once: a person may head an answer in any of them.

    `headings` and `nothing` are plain (see `plain`): which kind of question a heading is for, and what says that
    there is nothing to tell.
    """

    headings: Mapping[str, Kind]
    nothing: frozenset[str]
    defaults: Mapping[Kind, frozenset[str]]
    """The default questions' own words."""
    _phrases: dict[tuple[Question, ...], Mapping[str, int]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def phrases(self, questions: Sequence[Question]) -> Mapping[str, int]:
        """Return what may head an answer to each question, by position; what fits two is the first one's.

        It is remembered: every message is read with it.
        """
        asked = tuple(questions)
        if asked not in self._phrases:
            if len(self._phrases) >= MOST_REMEMBERED:
                self._phrases.clear()
            self._phrases[asked] = self._phrases_of(asked)
        return self._phrases[asked]

    def _phrases_of(self, questions: Sequence[Question]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for position, question in enumerate(questions):
            own = self.defaults.get(question.kind, frozenset()) if question.text is None else {plain(question.text)}
            for phrase in own:
                found.setdefault(phrase, position)
        for position, question in enumerate(questions):
            for phrase, kind in self.headings.items():
                if kind is question.kind:
                    found.setdefault(phrase, position)
        found.pop("", None)
        return found

    def is_nothing(self, text: str) -> bool:
        """Whether a whole answer says that there is nothing to tell: "none", "-", "no blockers", "No, nothing new."."""
        if not text.strip(" \t\r\n-\u2013\u2014.*_\u2022") or plain(text) in self.nothing:
            return True
        said = [phrase for part in _PARTS.split(text) if (phrase := plain(part))]
        return bool(said) and all(phrase in self.nothing for phrase in said)


def plain(text: str) -> str:
    """Return a phrase without case, accents, decoration and doubled spaces, to be compared with others."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).replace("\u2019", "'")
    letters = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "*_`\u200b\ufe0f")
    words = " ".join(letters.split())
    start = next((n for n, c in enumerate(words) if c.isalnum()), len(words))
    end = next((n for n in range(len(words), start, -1) if words[n - 1].isalnum()), start)
    return words[start:end]

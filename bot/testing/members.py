"""Simulated members: what each does, and when, as a pure function of the seed and what they are answering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from hashlib import blake2b
from typing import TypeVar

from bot.engine.ports import Holidays
from bot.model.working_time import WorkingTime
from bot.testing.corpus import Corpus, corpus
from bot.testing.scenario import Answers, MemberPlan, Scenario

T = TypeVar("T")
_MINUTE = timedelta(minutes=1)
_QUESTION = re.compile(r"^\d+\. ", re.MULTILINE)


class Verb(StrEnum):
    """What is done."""

    SAY = "say"
    EDIT = "edit"
    DELETE = "delete"
    REACT = "react"


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """Something that a member will do. `act` names it for ever; deeds sort by when they are done.

    `address` is None for the direct conversation. `of` is the act of the message that is changed.
    """

    at: datetime
    act: str
    member: str
    verb: Verb
    text: str = ""
    address: str | None = None
    thread: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as it reached a member: its key, the local date it is for, when it came, and what it says."""

    key: str
    date: date
    at: datetime
    text: str


class Dice:
    """Throws that depend on nothing but their names: the same on every machine, and on every replay."""

    def __init__(self, *names: object) -> None:
        self._names = "|".join(str(name) for name in names)
        self._throws = 0

    def throw(self) -> float:
        """A number in [0, 1)."""
        self._throws += 1
        digest = blake2b(f"{self._names}|{self._throws}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64

    def chance(self, share: float) -> bool:
        """True in so many of all cases."""
        return self.throw() < share

    def one(self, options: Sequence[T]) -> T:
        """One of them."""
        return options[int(self.throw() * len(options))]

    def minutes(self, least: int, most: int) -> timedelta:
        """Whole minutes from `least` to `most`, both included."""
        return (least + int(self.throw() * (most - least + 1))) * _MINUTE


@dataclass(frozen=True)
class SimulatedMember:
    """One member of the scenario: working time, language and habits."""

    plan: MemberPlan
    working_time: WorkingTime
    mates: tuple[str, ...]
    corpus: Corpus
    seed: int
    number: int
    """Which of the members, from 0."""

    def on_prompt(self, prompt: Prompt) -> Iterator[Deed]:
        """What the member does because of a prompt: answers (now and then late), skips, or corrects that."""
        if self.plan.answers is not Answers.AUTO:
            return
        dice = Dice(self.seed, self.plan.name, prompt.key)
        at = self._answer_time(dice, prompt)
        act = f"answer:{self.plan.name}:{prompt.key}"
        habit = dice.throw()
        if habit < 0.06:
            yield self._says(at, act, "skip")
            return
        answers = self._answers(dice, prompt)
        if habit < 0.26:
            for n, answer in enumerate(answers):
                yield self._says(at, f"{act}:{n}", answer)
                at += dice.minutes(1, 6)
            return
        yield self._says(at, act, _numbered(answers))
        if dice.chance(0.08):
            better = [f"{answers[0]}{self.corpus.behind}{dice.one(self.corpus.afterthoughts)}", *answers[1:]]
            later = at + dice.minutes(3, 30)
            yield Deed(later, f"{act}:edit", self.plan.name, Verb.EDIT, _numbered(better), of=act)

    def on_thread(self, key: str, at: datetime, address: str, thread: str) -> Iterator[Deed]:
        """What the member does because a thread was opened under a social prompt."""
        dice = Dice(self.seed, self.plan.name, key)
        if self.plan.answers is not Answers.AUTO or not dice.chance(0.4):
            return
        working = self.working_time.next_working(at)
        if working is None or working - at > timedelta(hours=20):
            return
        when = working + dice.minutes(4, 150)
        act = f"social:{self.plan.name}:{key}"
        said = self._own(self.corpus.social, key)
        yield Deed(when, act, self.plan.name, Verb.SAY, said, address=address, thread=thread)

    def _says(self, at: datetime, act: str, text: str) -> Deed:
        return Deed(at, act, self.plan.name, Verb.SAY, text)

    def _answer_time(self, dice: Dice, prompt: Prompt) -> datetime:
        """Minutes to hours after the prompt: mostly soon, sometimes only when the day's work is over."""
        shift = self.working_time.shift(prompt.date)
        end = shift.end if shift and shift.end > prompt.at else prompt.at + timedelta(hours=8)
        late, soon = dice.chance(0.05), dice.throw()
        evening = end + dice.minutes(10, 90)
        if late and self.working_time.local_date(evening) == prompt.date:
            return evening
        minutes = 2 + int(soon * soon * 200)
        left = int((end - prompt.at) / _MINUTE)
        return prompt.at + min(minutes, max(1, int(left * 0.8))) * _MINUTE

    def _own(self, options: Sequence[str], occasion: object) -> str:
        """One of them, for each member another as long as there are enough."""
        return options[(int(Dice(self.seed, occasion).throw() * len(options)) + self.number) % len(options)]

    def _answers(self, dice: Dice, prompt: Prompt) -> list[str]:
        known = self.corpus
        questions = len(_QUESTION.findall(prompt.text)) or 3
        done, planned = self._own(known.done, prompt.date), self._own(known.next, prompt.date)
        if dice.chance(0.3):
            also = dice.one(known.done)
            done = f"{done}{known.between}{also}" if also != done else done
        trouble = dice.throw()
        if trouble < 0.15 and self.mates:
            last = dice.one(known.asks).format(name=dice.one(self.mates))
        elif trouble < 0.3:
            last = dice.one(known.blockers)
        else:
            last = dice.one(known.clear)
        answers = [done, planned, last][:questions]
        return answers + [dice.one(known.other) for _ in range(questions - len(answers))]


def _numbered(answers: Sequence[str]) -> str:
    return "\n".join(f"{n}. {answer}" for n, answer in enumerate(answers, start=1))


def simulated(scenario: Scenario, holidays: Holidays, seed: int) -> dict[str, SimulatedMember]:
    """The scenario's members, by name."""
    names = [member.name for member in scenario.members]
    return {
        plan.name: SimulatedMember(
            plan,
            working_time(plan, holidays),
            tuple(name for name in names if name != plan.name),
            corpus(plan.language or scenario.language),
            seed,
            number,
        )
        for number, plan in enumerate(scenario.members)
    }


def working_time(plan: MemberPlan, holidays: Holidays) -> WorkingTime:
    """A member's working time as the scenario has it."""
    if plan.holidays is None:
        return WorkingTime(plan.zone, plan.week, plan.leave)
    return WorkingTime(plan.zone, plan.week, plan.leave, partial(holidays.holiday, plan.holidays))

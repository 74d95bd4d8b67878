"""Simulated members do what the seed says, and within the day that they were asked about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import services
from bot.model.working_time import utc
from bot.testing.corpus import CORPORA, Corpus
from bot.testing.members import Deed, Dice, Prompt, SimulatedMember, Verb, simulated
from bot.testing.scenario_file import parse

KNOWN = services(())
SCENARIO = """
[team]
name = "Atlas"
[[member]]
name = "Ana"
zone = "Europe/Lisbon"
language = "es"
[[member]]
name = "Mia"
zone = "Pacific/Auckland"
[[member]]
name = "Nils"
zone = "Europe/Berlin"
hours = "22:00-06:00"
[[member]]
name = "Quiet"
zone = "UTC"
answers = "none"
[[member]]
name = "Script"
zone = "UTC"
answers = "scripted"
"""
MEMBERS = simulated(parse(SCENARIO, KNOWN), KNOWN.holidays, seed=1)
DAYS = [date(2026, 10, 5) + timedelta(days=n) for n in range(80) if n % 7 < 5]


def prompt(member: SimulatedMember, day: date, questions: int = 3) -> Prompt:
    at = utc(day, datetime(2026, 1, 1, 9, 30, tzinfo=UTC).time(), member.plan.zone)
    text = "\n".join(f"{n}. Question?" for n in range(1, questions + 1))
    return Prompt(f"standup:1:prompt:{member.plan.name}:{day}", day, at, text)


def all_deeds(member: SimulatedMember) -> list[list[Deed]]:
    return [list(member.on_prompt(prompt(member, day))) for day in DAYS]


def test_the_same_seed_and_prompt_give_the_same_deeds() -> None:
    again = simulated(parse(SCENARIO, KNOWN), KNOWN.holidays, seed=1)
    assert all_deeds(MEMBERS["Ana"]) == all_deeds(again["Ana"])


def test_another_seed_gives_other_deeds() -> None:
    other = simulated(parse(SCENARIO, KNOWN), KNOWN.holidays, seed=2)
    assert all_deeds(MEMBERS["Ana"]) != all_deeds(other["Ana"])


@pytest.mark.parametrize("name", ["Ana", "Mia", "Nils"])
def test_every_prompt_is_answered_after_it_came_and_on_its_own_date(name: str) -> None:
    member = MEMBERS[name]
    for day, deeds in zip(DAYS, all_deeds(member), strict=True):
        assert deeds
        assert deeds[0].verb is Verb.SAY
        for deed in deeds:
            assert deed.at > prompt(member, day).at
        if not member.plan.week.on(0).overnight:  # type: ignore[union-attr]  # Mondays have hours
            assert member.working_time.local_date(deeds[0].at) == day


def test_there_are_late_answers_skips_corrections_and_answers_in_pieces() -> None:
    member = MEMBERS["Ana"]
    days = all_deeds(member)
    said = [deed for deeds in days for deed in deeds]
    ends = {day: member.working_time.shift(day) for day in DAYS}
    late = [d for day, deeds in zip(DAYS, days, strict=True) for d in deeds[:1] if (s := ends[day]) and d.at >= s.end]
    assert late
    assert any(deed.text == "skip" for deed in said)
    assert any(deed.verb is Verb.EDIT for deed in said)
    assert any(len(deeds) >= 3 for deeds in days)


def test_members_ask_their_mates_and_never_themselves() -> None:
    texts = [deed.text for deeds in all_deeds(MEMBERS["Mia"]) for deed in deeds]
    assert any("@" in text for text in texts)
    assert not any("@Mia" in text for text in texts)


def test_each_question_has_an_answer() -> None:
    for questions in (1, 2, 3, 5):
        deeds = list(MEMBERS["Ana"].on_prompt(prompt(MEMBERS["Ana"], date(2026, 10, 6), questions)))
        text = deeds[0].text
        assert text == "skip" or len(text.split("\n")) == questions or len(deeds) >= questions


@pytest.mark.parametrize("name", ["Quiet", "Script"])
def test_who_does_not_answer_by_themselves_does_not(name: str) -> None:
    assert not any(all_deeds(MEMBERS[name]))


def test_some_write_in_social_threads_in_their_working_time() -> None:
    at = datetime(2026, 10, 26, 12, tzinfo=UTC)
    deeds = [list(MEMBERS["Ana"].on_thread(f"social:{n}", at, "#social", "t")) for n in range(50)]
    assert 5 < sum(map(bool, deeds)) < 45
    assert all(deed.thread == "t" for some in deeds for deed in some)


@given(st.text(), st.integers(1, 1000))
def test_dice_fall_the_same_way_for_the_same_names(name: str, options: int) -> None:
    assert Dice(1, name).one(range(options)) == Dice(1, name).one(range(options))
    assert 0 <= Dice(1, name).throw() < 1


@pytest.mark.parametrize("corpus", CORPORA.values(), ids=CORPORA)
def test_every_language_says_everything(corpus: Corpus) -> None:
    for field in set(corpus.__slots__) - {"between", "behind"}:
        sayings = getattr(corpus, field)
        assert len(sayings) >= 3
        assert len(set(sayings)) == len(sayings)
    assert all("{name}" in ask for ask in corpus.asks)

"""Commands as people type them."""

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.parsing import bind, find_command, nearest
from bot.model.command import CommandSpec, Rest, command, spec_of
from bot.model.errors import BadInput
from bot.model.people import Team
from bot.model.working_time import WORKDAYS, Hours, Weekdays


@command("standup create", help="Ask a team", example="standup create Atlas")
async def create(call: Any, team: Team, at: time = time(9, 30), days: Weekdays = WORKDAYS) -> None: ...


@command("team rename", help="Rename a team", example="team rename Atlas Apollo")
async def rename(call: Any, team: Team, name: str) -> None: ...


@command("snooze", help="Ask me later", example="snooze 1h")
async def snooze(call: Any, length: timedelta, team: Team | None = None) -> None: ...


@command("away until", help="Say you are away", example="away until 2026-12-24 family")
async def away(call: Any, day: date, start: date | None = None, reason: Rest | None = None) -> None: ...


@command("stop", help="Stop it", example="stop")
async def stop(call: Any, team: Team | None = None) -> None: ...


@command("work", help="Say when you work", example="work 9-17")
async def work(call: Any, hours: Hours, days: Weekdays | None = None) -> None: ...


COMMANDS: dict[str, CommandSpec] = {
    s.words: s for s in (spec_of(create), spec_of(rename), spec_of(snooze), spec_of(away), spec_of(work), spec_of(stop))
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("standup create Atlas", {"team": "Atlas"}),
        ("Standup  CREATE Atlas at:09:45", {"team": "Atlas", "at": "09:45"}),
        ("standup create Atlas 10:00 mon-fri", {"team": "Atlas", "at": "10:00", "days": "mon-fri"}),
        ("standup create days:mon,wed Atlas", {"team": "Atlas", "days": "mon,wed"}),
        ('standup create "Blue Team" at:9', {"team": "Blue Team", "at": "9"}),
        ('standup create team:"Blue Team"', {"team": "Blue Team"}),
        ("team rename Atlas Night Owls", {"team": "Atlas", "name": "Night Owls"}),
        ("team rename Atlas “Night Owls”", {"team": "Atlas", "name": "Night Owls"}),
        ("team rename Atlas http://x", {"team": "Atlas", "name": "http://x"}),
        ("away until 2026-12-24", {"day": "2026-12-24"}),
        ("away until 2026-12-24 family: all of us", {"day": "2026-12-24", "reason": "family: all of us"}),
        (
            "away until 2026-12-24 start:tomorrow a  trip",
            {"day": "2026-12-24", "start": "tomorrow", "reason": "a  trip"},
        ),
        ("away until 2026-12-24 reason:a trip", {"day": "2026-12-24", "reason": "a trip"}),
        ("standup create Atlas at: 09:45 days: mon-fri", {"team": "Atlas", "at": "09:45", "days": "mon-fri"}),
        ("standup create Atlas 9:45 at:10", {"team": "Atlas", "at": "10", "days": "9:45"}),
        ("standup create «Blue Team»", {"team": "Blue Team"}),
        ("standup create 'Blue Team' at:9", {"team": "Blue Team", "at": "9"}),
        ("team rename Atlas O'Neil's  \"A\" team", {"team": "Atlas", "name": "O'Neil's  \"A\" team"}),
        ("`snooze 1h`", {"length": "1h"}),
        ("stop!", {}),
        ("Stop.", {}),
        ("“snooze 1h”", {"length": "1h"}),
    ],
)
def test_words_go_to_the_parameters_they_are_for(text: str, expected: dict[str, str]) -> None:
    typed = find_command(text, COMMANDS)
    assert typed is not None
    assert bind(typed) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("standup create", "“{name}” is missing."),
        ("standup create at:09:30", "“{name}” is missing."),
        ("standup create Atlas at:1 at:2", "“{name}” is given twice."),
        ("snooze", "“{name}” is missing."),
    ],
)
def test_what_does_not_fit_is_named_and_the_right_form_shown(text: str, says: str) -> None:
    typed = find_command(text, COMMANDS)
    assert typed is not None
    with pytest.raises(BadInput) as caught:
        bind(typed)
    (paragraph,) = caught.value.message.blocks
    sentences = [getattr(sentence, "text", "") for sentence in getattr(paragraph, "body", ())]
    assert sentences[0] == says
    assert "The form is {form}" in sentences[1]


def test_the_longest_command_that_fits_is_meant() -> None:
    typed = find_command("standup create now", COMMANDS)
    assert typed is not None
    assert (typed.spec.words, typed.arguments.strip()) == ("standup create", "now")


def test_text_that_starts_with_no_command_is_none() -> None:
    assert find_command("standups are fun", COMMANDS) is None
    assert find_command("", COMMANDS) is None


@pytest.mark.parametrize(
    ("text", "first"),
    [("standup crate Atlas", "standup create"), ("snoze 1h", "snooze"), ("team renam", "team rename")],
)
def test_the_nearest_command_is_suggested(text: str, first: str) -> None:
    assert nearest(text, COMMANDS)[0] == first


@given(st.text(max_size=200))
def test_free_text_after_a_command_is_kept_as_written(reason: str) -> None:
    typed = find_command(f"away until 2026-12-24 {reason}", COMMANDS)
    assert typed is not None
    if ":" in reason or '"' in reason or "“" in reason:
        return  # names and quotes have a meaning of their own
    assert bind(typed).get("reason", "") == reason.strip()


def reads(kind: str, text: str) -> bool:
    """Whether a text is one value of a kind, for somebody who writes like this."""
    forms = {
        "hours": r"\d+(:\d\d)?(am|pm)? (-|–|to) \d+(:\d\d)?(am|pm)?",
        "weekdays": r"\w{3} (–|to) \w{3}",
        "time": r"\d+ Uhr( \d\d)?",
        "duration": r"\d+ (hours|Stunden)( \d+ \w+)?",
        "date": r"\d+\. Mai|next friday",
    }
    return re.fullmatch(forms.get(kind, "$"), text) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("work 09:00 - 17:30 mon – fri", {"hours": "09:00 - 17:30", "days": "mon – fri"}),
        ("work 9 to 17", {"hours": "9 to 17"}),
        ("work 9am – 5pm mon to wed", {"hours": "9am – 5pm", "days": "mon to wed"}),
        ("work days:mon to wed hours:9am – 5pm", {"hours": "9am – 5pm", "days": "mon to wed"}),
        ("standup create Atlas 9 Uhr 30 mon-fri", {"team": "Atlas", "at": "9 Uhr 30", "days": "mon-fri"}),
        ("standup create Atlas at:9 Uhr days:mon to fri", {"team": "Atlas", "at": "9 Uhr", "days": "mon to fri"}),
        ("standup create Atlas at: 9 Uhr", {"team": "Atlas", "at": "9 Uhr"}),
        ("standup create Atlas at：9 Uhr", {"team": "Atlas", "at": "9 Uhr"}),
        ("snooze 2 Stunden 15 Minuten", {"length": "2 Stunden 15 Minuten"}),
        ("away until 3. Mai family and 2 friends", {"day": "3. Mai", "reason": "family and 2 friends"}),
        ("away until 3. Mai start:next friday 3. Mai", {"day": "3. Mai", "start": "next friday", "reason": "3. Mai"}),
        ("away until friday 3. Mai", {"day": "friday", "reason": "3. Mai"}),
        ('standup create "9 Uhr" "9" Uhr', {"team": "9 Uhr", "at": "9", "days": "Uhr"}),
        ("ｓｎｏｏｚｅ 1h", {"length": "1h"}),
        ("ｓｔｏｐ！", {}),
        ("stop。", {}),
    ],
)
def test_words_that_together_are_one_value_stay_together(text: str, expected: dict[str, str]) -> None:
    typed = find_command(text, COMMANDS)
    assert typed is not None
    assert bind(typed, reads) == expected

"""Commands as people type them."""

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.conversion import parse_time
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
async def away(call: Any, day: str, start: str | None = None, reason: Rest | None = None) -> None: ...


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
        ("work 09:00 - 17:30 mon – fri", {"hours": "09:00-17:30", "days": "mon-fri"}),
        ("work 9 to 17", {"hours": "9-17"}),
        ("work 9:00 a 17:00 lun-vie", {"hours": "9:00-17:00", "days": "lun-vie"}),
        ("work 9am – 5pm", {"hours": "9am-5pm"}),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:30", time(9, 30)), ("9", time(9)), ("9.30", time(9, 30)), ("0930", time(9, 30)), ("9h30", time(9, 30)),
        ("9:30pm", time(21, 30)), ("12am", time(0)), ("12 pm", time(12)), ("24:00", None), ("9:60", None),
        ("13pm", None), ("0am", None), ("nine", None), ("", None), ("-9", None),
    ],
)  # fmt: skip
def test_times_of_day_are_read_in_the_ways_people_write_them(text: str, expected: time | None) -> None:
    assert parse_time(text) == expected

"""Scenario files: what is left out has its default, and what is wrong is refused with its place and the right form."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.app import services
from bot.engine.transaction import Services
from bot.model.working_time import Leave, parse_hours
from bot.testing.assembly import EXAMPLE, PACKAGED
from bot.testing.scenario import Answers, Downtime, Scenario, slug
from bot.testing.scenario_file import ScenarioError, parse

TEAM = '[team]\nname = "Atlas"\n'
ANA = '[[member]]\nname = "Ana"\nzone = "Europe/Lisbon"\n'
SMALLEST = TEAM + ANA

FROM_THE_ISSUE = """
language = "en"                 # for members who name none, and for channels
[team]
name = "Atlas"
standup = "09:30"               # local wall time; default 09:30
days = "mon-fri"                # default
[social]                        # left out: no social prompts
days = "mon,wed,fri"
[[member]]
name = "Ana"
zone = "Europe/Lisbon"
hours = "09:00-18:00"           # default 09:00-17:00; "22:00-06:00" is a night shift
days = "mon-fri"                # else the team's
language = "es"
holidays = "PT"                 # country, or "US-CA"; default none
answers = "auto"                # auto (default) | none | scripted
admin = true                    # default: the first member
leave = [{ from = 2026-12-24, to = 2027-01-02 }]
[[event]]
member = "Ana"
at = "2026-10-26T10:05"         # her local time, or an instant with offset
says = "1. merged the parser\\n2. the docs\\n3. waiting for staging keys"   # in her DM with the bot
[[downtime]]
from = 2026-10-27T08:00Z        # the bot's process is killed, and started again
to = 2026-10-27T11:00Z
"""


@pytest.fixture(scope="module")
def known() -> Services:
    return services(())


def read(text: str, known: Services) -> Scenario:
    return parse(text, known)


def test_a_name_and_a_zone_are_enough(known: Services) -> None:
    scenario = read(SMALLEST, known)
    (ana,) = scenario.members
    assert (scenario.language, scenario.team, scenario.standup) == ("en", "Atlas", time(9, 30))
    assert scenario.days == frozenset(range(5))
    assert scenario.social is None
    assert (ana.name, ana.zone, ana.language, ana.holidays) == ("Ana", "Europe/Lisbon", None, None)
    assert ana.week.on(0) == parse_hours("09:00-17:00")
    assert ana.week.on(5) is None
    assert (ana.answers, ana.admin, ana.leave) == (Answers.AUTO, True, ())


def test_the_form_in_the_issue_is_read_word_for_word(known: Services) -> None:
    scenario = read(FROM_THE_ISSUE, known)
    (ana,) = scenario.members
    assert scenario.social == frozenset({0, 2, 4})
    assert (ana.language, ana.holidays) == ("es", "PT")
    assert ana.leave == (Leave(date(2026, 12, 24), date(2027, 1, 2)),)
    (event,) = scenario.events
    assert event.at == datetime(2026, 10, 26, 10, 5, tzinfo=UTC)
    assert event.says == "1. merged the parser\n2. the docs\n3. waiting for staging keys"
    start, end = datetime(2026, 10, 27, 8, tzinfo=UTC), datetime(2026, 10, 27, 11, tzinfo=UTC)
    assert scenario.downtimes == (Downtime(start, end),)


def test_instants_inside_texts_and_comments_are_left_alone(known: Services) -> None:
    says = 'says = "at = 2026-10-27T08:00Z # no comment"  # 2026-10-27T08:00Z'
    text = f'{SMALLEST}[[event]]\nmember = "Ana"\nat = 2026-10-26T10:05\n{says}\n'
    assert read(text, known).events[0].says == "at = 2026-10-27T08:00Z # no comment"


def test_members_take_the_teams_days(known: Services) -> None:
    scenario = read('[team]\nname = "Atlas"\ndays = "sun-thu"\n' + ANA, known)
    assert scenario.members[0].week.days == frozenset({6, 0, 1, 2, 3})


def test_hours_over_midnight_are_a_night_shift(known: Services) -> None:
    scenario = read(SMALLEST + 'hours = "22:00-06:00"\n', known)
    hours = scenario.members[0].week.on(0)
    assert hours is not None
    assert hours.overnight


def test_the_first_member_is_admin_only_if_nobody_else_is(known: Services) -> None:
    bo = '[[member]]\nname = "Bo"\nzone = "Asia/Kolkata"\n'
    assert [m.admin for m in read(SMALLEST + bo, known).members] == [True, False]
    assert [m.admin for m in read(SMALLEST + bo + "admin = true\n", known).members] == [False, True]


def test_an_events_instant_may_have_an_offset(known: Services) -> None:
    event = '[[event]]\nmember = "Ana"\nat = "2026-10-26T10:05+05:30"\nsays = "hello"\n'
    assert read(SMALLEST + event, known).events[0].at == datetime(2026, 10, 26, 4, 35, tzinfo=UTC)


def test_events_name_the_teams_channels_by_what_they_are_for(known: Services) -> None:
    def said(channel: str) -> str | None:
        event = f'[[event]]\nmember = "Ana"\nat = "2026-10-26T10:05"\nsays = "hi"\nin = "{channel}"\n'
        return read("[social]\n" + SMALLEST + event, known).events[0].channel

    assert said("handoff") == "atlas-handoff"
    assert said("social") == "atlas-social"
    assert said("general") == "general"


@pytest.mark.parametrize(
    ("name", "expected"), [("Atlas", "atlas"), ("Night Watch 2", "night-watch-2"), ("São Ägir", "sao-agir")]
)
def test_channels_are_named_after_the_team(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize("path", [EXAMPLE, PACKAGED])
def test_the_example_is_eight_people_in_six_zones(path: Path, known: Services) -> None:
    scenario = read(path.read_text(encoding="utf-8"), known)
    assert len(scenario.members) == 8
    assert len({member.zone for member in scenario.members}) == 6
    assert {member.language for member in scenario.members} == {None, "es"}


def test_the_packaged_example_is_the_one_in_deploy() -> None:
    assert PACKAGED.read_bytes() == EXAMPLE.read_bytes()


def event(lines: str) -> str:
    return f'{SMALLEST}[[event]]\nmember = "Ana"\nat = "2026-10-26T10:05"\n{lines}\n'


WRONG = [
    ("not TOML", "[team\n", ["not TOML", "line 1"]),
    ("no team", ANA, ["team is missing", "[team]", 'name = "Atlas"']),
    ("no name", "[team]\n" + ANA, ["team: name is missing", 'name = "Atlas"']),
    ("no members", TEAM, ["[[member]] is missing", 'zone = "Europe/Lisbon"']),
    ("unknown key", 'colour = "red"\n' + SMALLEST, ["colour: unknown key", "language, team, social, member"]),
    ("unknown team key", TEAM + "size = 3\n" + ANA, ["team: size: unknown key", "name, standup, days"]),
    ("unknown member key", SMALLEST + "age = 3\n", ["member 1 (Ana): age: unknown key", "zone", "holidays"]),
    ("says_in unknown", event('says = "a"\nsays_in.tlh = "b"'), ["event 1 (Ana): says_in: tlh: unknown key", "de"]),
    (
        "says_in alone",
        event('reacts = "✅"\nsays_in.de = "b"'),
        ["event 1 (Ana): says_in", "the text itself is missing"],
    ),
    ("team no table", 'team = "Atlas"\n' + ANA, ["team: ", "is no table", "[team]"]),
    ("member no list", TEAM + '[member]\nname = "Ana"\n', ["member: ", "is no list", "[[member]]"]),
    ("name no text", "[team]\nname = 3\n" + ANA, ["team: name: 3 is no text", 'name = "Atlas"']),
    ("name empty", '[team]\nname = ""\n' + ANA, ['team: name: "" is no name', '"Atlas"']),
    ("name quoted", "[team]\nname = 'At\"las'\n" + ANA, ["team: name:", "is no name"]),
    ("standup no time", TEAM + 'standup = "9.30"\n' + ANA, ['team: standup: "9.30" is no local', '"09:30"']),
    ("standup too late", TEAM + 'standup = "24:00"\n' + ANA, ["team: standup:", '"09:30"']),
    ("days unknown", TEAM + 'days = "mon-fryday"\n' + ANA, ['team: days: "mon-fryday"', '"mon,wed,fri"']),
    ("social days", '[social]\ndays = "never"\n' + SMALLEST, ['social: days: "never"', '"mon-fri"']),
    ("language unknown", 'language = "tlh"\n' + SMALLEST, ['language: there is no language "tlh"', "en"]),
    ("member language", SMALLEST + 'language = "xx"\n', ["member 1 (Ana): language:", "one of en"]),
    ("zone missing", TEAM + '[[member]]\nname = "Ana"\n', ["member 1 (Ana): zone is missing", "Lisbon"]),
    (
        "zone unknown",
        TEAM + '[[member]]\nname = "Ana"\nzone = "Europe/Lisboa"\n',
        ['member 1 (Ana): zone: there is no time zone "Europe/Lisboa"', '"Europe/Lisbon"'],
    ),
    ("hours", SMALLEST + 'hours = "9 to late"\n', ['member 1 (Ana): hours: "9 to late"', '"09:00-17:00"']),
    ("member days", SMALLEST + 'days = ""\n', ['member 1 (Ana): days: ""', '"mon-fri"']),
    ("holidays", SMALLEST + 'holidays = "Narnia"\n', ["member 1 (Ana): holidays:", '"US-CA"']),
    ("answers", SMALLEST + 'answers = "often"\n', ['answers: "often"', '"auto", "none" or "scripted"']),
    ("admin", SMALLEST + 'admin = "yes"\n', ['member 1 (Ana): admin: "yes" is no true or false']),
    (
        "leave reversed",
        SMALLEST + "leave = [{ from = 2027-01-02, to = 2026-12-24 }]\n",
        ["member 1 (Ana): leave 1: it ends on 2026-12-24 before it begins on 2027-01-02"],
    ),
    (
        "leave half",
        SMALLEST + "leave = [{ from = 2027-01-02 }]\n",
        ["member 1 (Ana): leave 1: to is missing", "to = 2027-01-02"],
    ),
    (
        "leave text",
        SMALLEST + 'leave = ["2027-01-02"]\n',
        ["member 1 (Ana): leave 1:", "[{ from = 2026-12-24, to = 2027-01-02 }]"],
    ),
    (
        "leave instant",
        SMALLEST + "leave = [{ from = 2027-01-02T10:00:00Z, to = 2027-01-03 }]\n",
        ["member 1 (Ana): leave 1: from:", "is no date"],
    ),
    ("same name", SMALLEST + ANA.replace("Ana", "ANA"), ["member 2 (ANA): name: this name is taken"]),
    ("bot's name", SMALLEST + ANA.replace("Ana", "heliotrope"), ["member 2 (heliotrope): name:", "bot's own"]),
    (
        "event of nobody",
        SMALLEST + '[[event]]\nmember = "Bo"\nat = "2026-10-26T10:05"\nsays = "hi"\n',
        ['event 1: member: nobody is called "Bo"', "one of Ana"],
    ),
    (
        "event without time",
        SMALLEST + '[[event]]\nmember = "Ana"\nsays = "hi"\n',
        ["event 1 (Ana): at is missing", '"2026-10-26T10:05"'],
    ),
    (
        "event at no time",
        SMALLEST + '[[event]]\nmember = "Ana"\nat = "noon"\nsays = "hi"\n',
        ['event 1 (Ana): at: "noon" is no date and time', '"2026-10-26T10:05+01:00"'],
    ),
    (
        "event in a gap",
        SMALLEST + '[[event]]\nmember = "Ana"\nat = "2027-03-28T01:30"\nsays = "hi"\n',
        ["event 1 (Ana): at: the clocks in Europe/Lisbon do not show 01:30 on 2027-03-28"],
    ),
    ("event of nothing", event(""), ["event 1 (Ana): nothing happens", "one of says"]),
    ("event of two things", event('says = "hi"\nreacts = "✅"'), ["event 1 (Ana): more than one thing"]),
    ("edits nothing", event('says = "hi"\nedits = 1'), ["event 1 (Ana): edits: Ana has said 0 messages"]),
    ("edits without text", event("edits = 1"), ["event 1 (Ana): nothing happens"]),
    ("deletes the third", event("deletes = 3"), ["event 1 (Ana): deletes: Ana has said 0 messages", "from 1"]),
    ("reacts with nothing", event('reacts = " "'), ["event 1 (Ana): reacts:", '"✅"']),
    ("reacts in a channel", event('reacts = "✅"\nin = "handoff"'), ["event 1 (Ana): in:"]),
    ("no social channel", event('says = "hi"\nin = "social"'), ["event 1 (Ana): in:", "[social]"]),
    ("no channel", event('says = "hi"\nin = "no such place"'), ["event 1 (Ana): in:", '"general"']),
    (
        "downtime without offset",
        SMALLEST + "[[downtime]]\nfrom = 2026-10-27T08:00\nto = 2026-10-27T11:00Z\n",
        ["downtime 1: from: 2026-10-27T08:00 has no offset", "from = 2026-10-27T08:00Z"],
    ),
    (
        "downtime reversed",
        SMALLEST + "[[downtime]]\nfrom = 2026-10-27T11:00Z\nto = 2026-10-27T08:00Z\n",
        ["downtime 1: it does not end after it begins"],
    ),
    (
        "downtimes that overlap",
        SMALLEST
        + "[[downtime]]\nfrom = 2026-10-27T08:00Z\nto = 2026-10-27T11:00Z\n"
        + "[[downtime]]\nfrom = 2026-10-27T10:00Z\nto = 2026-10-27T12:00Z\n",
        ["downtime 2: the process is dead already", "one [[downtime]]"],
    ),
]


@pytest.mark.parametrize(("text", "said"), [(text, said) for _, text, said in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_refused_with_its_place_and_the_right_form(
    text: str, said: list[str], known: Services
) -> None:
    with pytest.raises(ScenarioError) as refusal:
        read(text, known)
    message = str(refusal.value)
    assert "\n" not in message
    for part in said:
        assert part in message


def test_edits_count_what_was_said_before_by_instant_not_by_place_in_the_file(known: Services) -> None:
    later = '[[event]]\nmember = "Ana"\nat = "2026-10-26T11:00"\nedits = 1\nsays = "better"\n'
    earlier = '[[event]]\nmember = "Ana"\nat = "2026-10-26T10:00"\nsays = "good"\n'
    assert [e.edits for e in read(SMALLEST + later + earlier, known).events] == [None, 1]


def test_a_member_says_it_in_the_language_that_they_write() -> None:
    said = 'says = "nothing"\nsays_in.de = "nichts"\nsays_in.ja = "なし"\n'
    event = f'[[event]]\nmember = "Ana"\nat = "2026-10-26T10:05"\n{said}'
    plan = parse(SMALLEST + event, services())
    assert [e.says for e in plan.events] == ["nothing"]
    assert [e.says for e in plan.with_language("de").events] == ["nichts"]
    assert [e.says for e in plan.with_language("ja").with_language("de").events] == ["nichts"]
    german = parse(SMALLEST + 'language = "de"\n' + event, services())
    assert [e.says for e in german.with_language("ja").events] == ["nichts"]

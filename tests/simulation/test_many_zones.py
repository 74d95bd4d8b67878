"""A month of 48 members in 40 zones: everybody is asked at half past nine of their own clocks, and left in peace.

Daylight saving ends in Europe and in North America in that month.
What to expect is worked out from zoneinfo alone, without any of the bot's own arithmetic.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.testing.transcript import Seen
from tests.simulation.many_zones import MEMBERS, SCENARIO, Someone
from tests.simulation.playing import played

FIRST, LAST = date(2026, 10, 12), date(2026, 11, 8)
MARGIN = timedelta(days=2)
START = datetime.combine(FIRST, time(), UTC) - MARGIN
END = datetime.combine(LAST, time(), UTC) + MARGIN
NAMED = {member.name: member for member in MEMBERS}


@pytest.fixture(scope="module")
def month() -> list[Seen]:
    """The month's transcript."""
    return asyncio.run(played(SCENARIO, START, END))


def instant(member: Someone, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(member.zone)).astimezone(UTC)


def dates() -> Iterator[date]:
    return (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))


def at_work(member: Someone, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(member.zone))
    return member.works_on(local.date()) and time(9) <= local.time() < time(17)


def test_each_member_is_asked_once_on_each_working_date_at_half_past_nine_and_on_no_other(month: list[Seen]) -> None:
    expected = {(m.name, day): instant(m, day, time(9, 30)) for m in MEMBERS for day in dates() if m.works_on(day)}
    came = [
        (one.to.removeprefix("dm:"), part.date, one.at)
        for one in month
        for part in one.parts
        if part.kind == "standup.prompt" and part.date is not None and FIRST <= part.date <= LAST
    ]
    assert len(came) == len(expected) > 900
    assert {(name, day): at for name, day, at in came} == expected


def test_nothing_that_nobody_asked_for_reaches_a_person_outside_their_working_hours(month: list[Seen]) -> None:
    unasked = [one for one in month if one.to.startswith("dm:") and one.unasked]
    assert len(unasked) > 900
    for one in unasked:
        member = NAMED[one.to.removeprefix("dm:")]
        assert one.local == one.at.astimezone(ZoneInfo(member.zone))
        assert at_work(member, one.at), f"{one.kind} to {member.name} at {one.local}"


def test_everything_is_sent_once_and_nothing_fails(month: list[Seen]) -> None:
    keys = Counter(part.key for one in month for part in one.parts)
    assert [key for key, times in keys.items() if times > 1] == []
    assert [one for one in month if one.kind == "bot.fault"] == []


def test_each_leg_hands_off_once(month: list[Seen]) -> None:
    posts = [part.key for one in month for part in one.parts if part.kind == "handoff.post"]
    assert len(posts) == len(set(posts)) >= 20
    assert {one.to for one in month if one.kind == "handoff.post"} == {"channel:everywhere-handoff"}


def test_no_social_prompt_comes_twice(month: list[Seen]) -> None:
    posts = [one for one in month if one.kind == "social.prompt"]
    assert {one.to for one in posts} == {"channel:everywhere-social"}
    assert len({one.text for one in posts}) == len(posts) >= 12
    days = {one.date for one in posts if one.date is not None and FIRST <= one.date <= LAST}
    assert days == {day for day in dates() if day.weekday() in (0, 2, 4)}

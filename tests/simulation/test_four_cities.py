"""Everybody is asked exactly once on each of their working days, at 09:30 of their own clocks, whatever clocks do.

What to expect is worked out from zoneinfo alone, without any of the bot's own arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.testing.transcript import Seen
from tests.simulation.playing import played

ZONES = {
    "Mia": "Pacific/Auckland",
    "Priya": "Asia/Kolkata",
    "Oliver": "Europe/London",
    "Sam": "America/Los_Angeles",
}
TEAM = '[team]\nname = "Atlas"\nstandup = "09:30"\n' + "".join(
    f'[[member]]\nname = "{name}"\nzone = "{zone}"\n' for name, zone in ZONES.items()
)
AUTUMN = (date(2026, 9, 20), date(2026, 11, 10))
SPRING = (date(2027, 3, 7), date(2027, 4, 11))
PERIODS = pytest.mark.parametrize(("first", "last"), [AUTUMN, SPRING], ids=["autumn", "spring"])

Prompts = Mapping[tuple[str, date], datetime]


def instant(name: str, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(ZONES[name])).astimezone(UTC)


def expected(first: date, last: date) -> Prompts:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {(name, day): instant(name, day, time(9, 30)) for name in ZONES for day in days if day.weekday() < 5}


def world_of(first: date, last: date) -> tuple[datetime, datetime]:
    """From before the first date begins anywhere until the last one has ended everywhere."""
    margin = timedelta(days=2)
    return datetime.combine(first, time(), UTC) - margin, datetime.combine(last, time(), UTC) + margin


def prompts(seen: list[Seen], first: date, last: date) -> Iterator[tuple[str, date, Seen]]:
    for one in seen:
        for part in one.parts:
            if part.kind == "standup.prompt" and part.date is not None and first <= part.date <= last:
                yield one.to.removeprefix("dm:"), part.date, one


@PERIODS
async def test_once_on_each_working_day_at_half_past_nine_and_on_no_other(first: date, last: date) -> None:
    start, end = world_of(first, last)
    came = list(prompts(await played(TEAM, start, end), first, last))
    assert {(name, day): one.at for name, day, one in came} == expected(first, last)
    assert len(came) == len(expected(first, last))
    for _, day, one in came:
        assert one.local is not None
        assert one.local.strftime("%Y-%m-%d %H:%M") == f"{day} 09:30"
        assert one.kind == "standup.prompt"
        assert one.unasked


# --- with downtimes ---------------------------------------------------------------------------------------------

Downtimes = Sequence[tuple[datetime, datetime]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


AUTUMN_DOWN: Downtimes = [
    (at("2026-09-22T03:59Z"), at("2026-09-22T04:01Z")),  # over Kolkata's prompt, by a minute on both sides
    (at("2026-09-28T06:00Z"), at("2026-09-28T08:30Z")),  # until the very instant of London's
    (at("2026-10-26T08:00Z"), at("2026-10-26T12:00Z")),  # London is late, the day after its clocks changed
    (at("2026-10-28T03:00Z"), at("2026-10-29T03:30Z")),  # over a whole day: some are late, the others missed
    (at("2026-11-02T17:30Z"), at("2026-11-03T01:00Z")),  # from the instant of Los Angeles' prompt to its day's end
]
SPRING_DOWN: Downtimes = [
    (at("2027-03-15T16:00Z"), at("2027-03-15T17:15Z")),  # Los Angeles is late, on its first Monday in summer time
    (at("2027-03-26T00:00Z"), at("2027-03-29T10:00Z")),  # over London's change: three days for some
]


def fate(name: str, day: date, down: Downtimes) -> tuple[str, datetime]:
    """How a prompt should fare: on time, late when the process is back, or missed when the day is over by then."""
    due = instant(name, day, time(9, 30))
    for start, end in down:
        if start <= due < end:
            late = "late" if end - due > timedelta(minutes=5) else "on time"  # minutes are not worth a word
            return (late if end < instant(name, day, time(17)) else "missed"), end
    return "on time", due


@pytest.mark.parametrize(("period", "down"), [(AUTUMN, AUTUMN_DOWN), (SPRING, SPRING_DOWN)], ids=["autumn", "spring"])
async def test_with_downtimes_late_and_saying_so_or_missed_and_told(period: tuple[date, date], down: Downtimes) -> None:
    first, last = period
    fates = {key: fate(*key, down) for key in expected(first, last)}
    assert {fate for fate, _ in fates.values()} == {"on time", "late", "missed"}
    dead = "".join(f"[[downtime]]\nfrom = {start.isoformat()}\nto = {end.isoformat()}\n" for start, end in down)
    start, end = world_of(first, last)
    seen = await played(TEAM + dead, start, end)

    came = list(prompts(seen, first, last))
    prompted = {key: when for key, (how, when) in fates.items() if how != "missed"}
    assert {(name, day): one.at for name, day, one in came} == prompted
    assert len(came) == len(prompted)
    for name, day, one in came:
        assert ("I am late" in one.text) == (fates[name, day][0] == "late")

    missed = {key for key, (how, _) in fates.items() if how == "missed"}
    told = [one for one in seen if "standup.missed" in {part.kind for part in one.parts}]
    assert {one.to.removeprefix("dm:") for one in told} == {name for name, _ in missed}
    for name, day in missed:
        shown = [one.text for one in told if one.to == f"dm:{name}"]
        assert any(f"{day:%a}" in text and f"{day.day}" in text for text in shown)
    reports = [one for one in seen if "standup.missed.admin" in {part.kind for part in one.parts}]
    assert {one.to for one in reports} == {"dm:Mia"}
    for name, _ in missed:
        assert any(name in one.text for one in reports)
    unasked = [one for one in seen if one.to.startswith("dm:") and one.unasked]
    for one in unasked:
        assert one.local is not None
        assert time(9) <= one.local.time() < time(17)
        assert one.local.weekday() < 5

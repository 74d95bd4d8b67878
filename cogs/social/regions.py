"""The regions of a team: members whose working days begin near each other, and the hour at which they post.

Pure rules. A start is a minute of the UTC day, so that regions lie on a circle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise

from bot.api import MemberId, Shift, WorkingTime, utc

GAP = 3 * 60
"""Minutes: two starts so far apart, or further, belong to different regions."""
WIDEST = 6 * 60
"""Minutes: a region whose starts lie further apart is cut, or its ends would never go first at a good hour."""
POST_AT = time(10)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Region:
    """Members whose days begin near each other; `zones` begins with those of most of them.

    `start` is the first beginning, in minutes of the UTC day.
    """

    zones: tuple[str, ...]
    members: tuple[MemberId, ...]
    start: int

    @property
    def name(self) -> str:
        """What it is ordered by, whoever is in it most."""
        return min(self.zones)


@dataclass(frozen=True, slots=True)
class _Start:
    member: MemberId
    zone: str
    minute: int


def regions_on(day: date, times: Mapping[MemberId, WorkingTime]) -> tuple[Region, ...]:
    """The regions by everyone's usual week and that date's clocks, as the sun reaches them.

    Leave and holidays do not matter: regions that came and went would take the turns of others.
    """
    starts = [
        _Start(member, working.zone, minute)
        for member, working in times.items()
        if (minute := _usual_start(working, day)) is not None
    ]
    return sun_order([_region(cluster) for cluster in _clusters(starts)])


def sun_order(regions: Sequence[Region]) -> tuple[Region, ...]:
    """The regions as the sun reaches them, from the alphabetically first one round the clock.

    Not from midnight UTC: a clock change can carry a start across it, and every host after would change.
    """
    if not regions:
        return ()
    anchor = min(regions, key=lambda region: (region.name, region.start))
    return tuple(sorted(regions, key=lambda region: ((region.start - anchor.start) % DAY_MINUTES, region.name)))


def _usual_start(working: WorkingTime, day: date) -> int | None:
    """When the member's day begins most often, in minutes of the UTC day; None without working hours."""
    hours = Counter(hours.start for hours in working.week.intervals if hours)
    if not hours:
        return None
    instant = utc(day, hours.most_common(1)[0][0], working.zone)
    return instant.hour * 60 + instant.minute


def _clusters(starts: Sequence[_Start]) -> list[list[_Start]]:
    """Cut the circle of starts at wide gaps, and what is still wide at its widest gaps."""
    if not starts:
        return []
    ordered = sorted(starts, key=lambda start: (start.minute, start.member))
    gaps = [(start.minute - before.minute) % DAY_MINUTES for before, start in _neighbours(ordered)]
    first = gaps.index(max(gaps))  # where the circle opens: behind its widest gap
    return _cut(ordered[first:] + ordered[:first])


def _neighbours(circle: Sequence[_Start]) -> list[tuple[_Start, _Start]]:
    return list(zip([circle[-1], *circle], circle, strict=False))


def _cut(row: list[_Start]) -> list[list[_Start]]:
    gaps = [(start.minute - before.minute) % DAY_MINUTES for before, start in pairwise(row)]
    if not gaps or (max(gaps) < GAP and sum(gaps) <= WIDEST):
        return [row]
    at = gaps.index(max(gaps)) + 1
    return [*_cut(row[:at]), *_cut(row[at:])]


def _region(cluster: Sequence[_Start]) -> Region:
    zones = Counter(start.zone for start in cluster)
    return Region(
        tuple(sorted(zones, key=lambda zone: (-zones[zone], zone))),
        tuple(start.member for start in cluster),
        cluster[0].minute,
    )


def post_instant(shifts: Sequence[tuple[str, Shift]], at: time = POST_AT) -> datetime | None:
    """When the hosting region posts, in UTC, given its members' zones and shifts; None if nobody works.

    Each member's good moment is 10:00 local time on the date the shift begins, or its beginning if that is
    later, or if the shift is over by 10:00. The middle member's moment decides (of two, the earlier).
    """
    moments = sorted(_good_moment(zone, shift, at) for zone, shift in shifts)
    return moments[(len(moments) - 1) // 2] if moments else None


def _good_moment(zone: str, shift: Shift, at: time) -> datetime:
    wall = utc(shift.date, at, zone)
    return wall if shift.start < wall < shift.end else shift.start.astimezone(UTC)

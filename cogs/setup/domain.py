"""The steps of a set-up, which of them are done, and which one comes next. Pure.

Nothing about a set-up is stored: how far it has come is read from what the team has. So it can be left and gone on
with at any time, anywhere, and by several administrators.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from bot.api import Channel, Feature, Member, Team, quoted

WRITTEN = "?"
"""What a form's earlier values begin with, in the command that opens it again."""
CHANGE = "change"
"""Behind a step: its form is to change what there is, however that came about meanwhile."""
MOST_WRITTEN = 600
"""Characters of them that are kept; longer ones are written anew."""


class Step(StrEnum):
    """A step, in the order in which they come, by the word that is typed for it."""

    TEAM = "team"
    HANDOFF = "handoff"
    STANDUP = "standup"
    PEOPLE = "people"
    SOCIAL = "social"
    TEST = "test"


NEEDS: Mapping[Step, str] = {
    Step.TEAM: "team create",
    Step.HANDOFF: "channel set",
    Step.STANDUP: "standup create",
    Step.PEOPLE: "team add",
    Step.SOCIAL: "social on",
    Step.TEST: "standup test",
}
"""The command that a step stands on: where it is not installed, there is no such step."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a team has (None: there is no team yet). `around` are the workspace's members who are not in it."""

    steps: Sequence[Step]
    team: Team | None = None
    members: Sequence[Member] = ()
    around: Sequence[Member] = ()
    handoff: Channel | None = None
    social: Channel | None = None
    features: Mapping[str, Feature] | None = None
    only: bool = True
    """Whether there is no other team."""

    def feature(self, cog: str) -> Feature | None:
        """What a cog was told to do for the team."""
        return (self.features or {}).get(cog)

    def done(self, step: Step) -> bool:
        """Whether nothing is left to do for a step."""
        match step:
            case Step.TEAM:
                return self.team is not None
            case Step.HANDOFF:
                return self.handoff is not None
            case Step.STANDUP:
                return self.feature("standup") is not None
            case Step.PEOPLE:
                return len(self.members) > 1
            case Step.SOCIAL:
                known = self.feature("social")
                return known is not None and (not known.on or self.social is not None)
            case Step.TEST:
                return False

    @property
    def listed(self) -> Sequence[Step]:
        """The steps of the checklist: the test is none of them, for it may be done again and again."""
        return [step for step in self.steps if step is not Step.TEST]

    @property
    def next(self) -> Step | None:
        """The first step that is not done; None after the last."""
        if self.team is None:
            return Step.TEAM
        return next((step for step in self.listed if not self.done(step)), None)

    def after(self, step: Step) -> Step | None:
        """Return the first step behind one that is not done."""
        behind = self.listed[self.listed.index(step) + 1 :]
        return next((each for each in behind if not self.done(each)), None)

    @property
    def testable(self) -> bool:
        """Whether there is something to send as a test."""
        return Step.TEST in self.steps and self.done(Step.STANDUP)


def installed(commands: Collection[str]) -> Sequence[Step]:
    """Return the steps whose commands there are."""
    return [step for step in Step if NEEDS[step] in commands]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed behind `setup`: a step, a team by name, and what else there was."""

    step: Step | None = None
    team: str | None = None
    rest: str = ""


def read(text: str, teams: Iterable[str]) -> Asked | None:
    """Read a step and a team's name, each of them optional, and what follows; None for neither."""
    names = list(teams)
    word, rest = (*text.strip().split(maxsplit=1), "", "")[:2]
    step = next((step for step in Step if step == word.lower()), None)
    name, more = split_team(rest if step else text, names)
    if step is None and (name is None or more):
        return None if text.strip() else Asked()
    return Asked(step, name, more)


def split_team(text: str, names: Iterable[str]) -> tuple[str | None, str]:
    """Part a text into the name of a team that it begins with, quoted or not, and the rest."""
    written = text.strip()
    for name in sorted(names, key=len, reverse=True):
        for form in (f'"{name}"', f"“{name}”", name):
            after = written[len(form) :]
            if written.casefold().startswith(form.casefold()) and (not after or after[0].isspace()):
                return name, after.strip()
    return None, written


def named_in(line: str, names: Iterable[str]) -> str | None:
    """Return the team that a command's line names, the longest name first."""
    words = f" {line.casefold().replace(chr(34), ' ').replace(':', ' ')} "
    found = sorted((name for name in names if f" {name.casefold()} " in words), key=len, reverse=True)
    return found[0] if found else None


def command_in(text: str, commands: Collection[str]) -> str | None:
    """Return the words of the command that a text begins with."""
    words = text.lower().split()[:3]
    lines = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((line for line in lines if line in commands), None)


def line_for(team: str | None, words: str = "") -> str:
    """Return the command that goes on with a team, at a step or where it is."""
    named = f" team:{quoted(team)}" if team else ""
    return f"setup{named} {words}".rstrip()


def kept(values: Mapping[str, str]) -> str:
    """Return what was written in a form, to be filled in again; "" where that is too much."""
    text = WRITTEN + urlencode({name: value for name, value in values.items() if value.strip()})
    return text if len(WRITTEN) < len(text) <= MOST_WRITTEN else ""


def written(rest: str) -> Mapping[str, str] | None:
    """Return what `kept` was given, behind CHANGE or not; None for a text that has to do with no form."""
    values = rest.removeprefix(CHANGE).strip()
    if not values:
        return {}
    return dict(parse_qsl(values[len(WRITTEN) :])) if values.startswith(WRITTEN) else None

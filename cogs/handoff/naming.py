"""Legs as an admin names them: read from what was typed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.api import MemberId
from cogs.handoff.domain import NamedLeg


class BadLegs(ValueError):
    """Legs as typed can't be used; `problem` says why, `word` is the part that is wrong."""

    def __init__(self, problem: str, word: str) -> None:
        super().__init__(f"{problem}: {word}")
        self.problem = problem
        self.word = word


LONGEST_NAME = 40


def parse_legs(text: str, members: Mapping[str, MemberId]) -> tuple[NamedLeg, ...]:
    """Read "APAC: Ana, Bo | EMEA: Cy"; `members` by name. Raises BadLegs."""
    legs: list[NamedLeg] = []
    taken: set[MemberId] = set()
    for part in text.replace("\n", "|").split("|"):
        if not part.strip():
            continue
        name, colon, people = (piece.strip() for piece in part.partition(":"))
        if not (colon and name and people.strip(" ,")):
            raise BadLegs("form", part.strip())
        if len(name) > LONGEST_NAME:
            raise BadLegs("long", name)
        if name.casefold() in {leg.name.casefold() for leg in legs}:
            raise BadLegs("name twice", name)
        ids = [_named(person.strip(), members) for person in people.split(",") if person.strip()]
        for person, found in zip((p.strip() for p in people.split(",") if p.strip()), ids, strict=True):
            if found in taken:
                raise BadLegs("member twice", person)
            taken.add(found)
        legs.append(NamedLeg(name, tuple(ids)))
    if not legs:
        raise BadLegs("form", text.strip())
    return tuple(legs)


def _named(person: str, members: Mapping[str, MemberId]) -> MemberId:
    wanted = person.removeprefix("@").casefold()
    exact = [m for name, m in members.items() if name.casefold() == wanted]
    found = exact or [m for name, m in members.items() if name.casefold().startswith(wanted)]
    if len(found) != 1:
        raise BadLegs("ambiguous" if found else "unknown", person)
    return found[0]

"""What a handoff says: the post, the updates in its thread, and what it asks of people and owners."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.api import (
    Bullets,
    CommandText,
    Day,
    Entry,
    Fields,
    Heading,
    Kind,
    Listing,
    Member,
    MemberId,
    Message,
    Moment,
    Person,
    Quote,
    Sentence,
    Text,
    Value,
    ZoneName,
    catalogue,
    message,
    quoted,
    say,
)
from cogs.handoff.absence import Away
from cogs.handoff.digest import (
    ASK_LENGTH,
    BLOCKER_LENGTH,
    MOST_ASKS,
    MOST_BLOCKERS,
    Blocker,
    Digest,
    Lines,
    shorten,
    without_name,
)
from cogs.handoff.domain import LATE, Leg
from cogs.handoff.store import Handoff

_, n_ = catalogue("handoff")

_MOST_CITIES = 3
_MOST_PEOPLE = 6

People = Mapping[MemberId, Member]


def fingerprint(shown: Message) -> str:
    """A short name for exactly this content."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


# --- legs -----------------------------------------------------------------------------------------------------


def leg_name(leg: Leg) -> Value:
    """A leg as people call it: the admin's name for it, else its cities."""
    if leg.name:
        return leg.name
    cities: tuple[Value, ...] = tuple(ZoneName(zone) for zone in leg.zones)
    if len(cities) <= _MOST_CITIES:
        return Listing(cities)
    rest = len(cities) - _MOST_CITIES + 1
    more = n_("{count} more city", "{count} more cities", rest)
    return Listing((*cities[: _MOST_CITIES - 1], more))


def person(people: People, member: MemberId, *, ping: bool = False) -> Person:
    """Somebody by name."""
    return Person(member, people[member].name, ping)


def names(people: People, members: Sequence[MemberId]) -> Value:
    """Several people, the first few by name."""
    known = [m for m in members if m in people]
    if len(known) <= _MOST_PEOPLE:
        return Listing(tuple(person(people, m) for m in known))
    shown = tuple(person(people, m) for m in known[: _MOST_PEOPLE - 1])
    return Listing((*shown, n_("{count} more person", "{count} more people", len(known) - len(shown))))


def title(handoff: Handoff) -> Sentence:
    """What the post and its thread are called; it never changes."""
    day = Day(handoff.leg.date)
    if handoff.report:
        return _("{team}: report for {day}", team=handoff.team_name, day=day)
    giving = leg_name(handoff.leg)
    if handoff.receiver is None:
        return _("{team}: {giving}, {day}", team=handoff.team_name, giving=giving, day=day)
    return _(
        "{team}: {giving} → {receiving}, {day}",
        team=handoff.team_name,
        giving=giving,
        receiving=leg_name(handoff.receiver),
        day=day,
    )


# --- the post -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Content:
    """All that a post shows."""

    handoff: Handoff
    digest: Digest
    people: People
    away: Sequence[Away]


def post(content: Content) -> Message:
    """The whole post, in the order in which it matters to who reads it."""
    handoff, digest, people = content.handoff, content.digest, content.people
    heading = Heading(title(handoff))
    if digest.empty:
        return message(heading, _("What stood here was taken back by those who wrote it."))
    blocks: list[Heading | Text | Bullets | Fields] = [heading]
    if opening := _opening(handoff, people):
        blocks.append(Text(tuple(opening)))
    blocks += _section(_("🙋 Needs you"), _asks(digest.asks, people))
    blocks += _section(_("⛔ Blocked"), _blockers(digest.blockers, people))
    for part, label, lines in (
        (Kind.DECISION, _("⚖️ Decided"), digest.decided),
        (Kind.DONE, _("✅ Done"), digest.done),
        (Kind.NEXT, _("▶️ Next"), digest.next),
        (Kind.NOTE, _("📝 Also"), digest.notes),
    ):
        if lines:
            blocks += [Heading(label), _by_person(lines, people)]
        if others := digest.others.get(part.value):
            more = n_("{count} more person in the thread", "{count} more people in the thread", others)
            blocks.append(Text((more,)))
    blocks += _section(_("🌴 Away"), [_away(away, people) for away in content.away])
    return message(*blocks)


def _opening(handoff: Handoff, people: People) -> list[Sentence]:
    said = []
    if not handoff.report and handoff.handed - handoff.passed >= LATE:
        ended = Moment(handoff.leg.end, zone=handoff.leg.zones[-1])
        said.append(
            _("This comes late: the day ended {end} in {city}.", end=ended, city=ZoneName(handoff.leg.zones[-1]))
        )
    taking = handoff.receiver
    if taking is not None:
        said.append(_for_whom(taking, names(people, taking.members), handoff.handed))
    elif not handoff.report:
        said.append(_("Nobody else in the team has a working day in the weeks ahead."))
    return said


def _for_whom(taking: Leg, who: Value, now: datetime) -> Sentence:
    if taking.start <= now:
        return _("For {people}, at work now.", people=who)
    city = ZoneName(taking.zones[0])
    return _(
        "For {people}, from {start} in {city}.", people=who, start=Moment(taking.start, zone=taking.zones[0]), city=city
    )


def _section(label: Sentence, items: Sequence[Value]) -> list[Heading | Bullets]:
    return [Heading(label), Bullets(tuple(items))] if items else []


def _asks(asks: Sequence[Entry], people: People) -> list[Value]:
    shown: list[Value] = []
    for ask in asks[:MOST_ASKS]:
        text, author = shorten(ask.text, ASK_LENGTH), person(people, ask.author)
        if ask.addressee is not None and ask.addressee in people:
            whom = person(people, ask.addressee, ping=True)
            text = shorten(without_name(ask.text, whom.name), ASK_LENGTH)
            shown.append(_("{person}: {text} (from {author})", person=whom, text=text, author=author))
        else:
            shown.append(_("Anyone: {text} (from {author})", text=text, author=author))
    if len(asks) > MOST_ASKS:
        shown.append(n_("{count} more in the thread", "{count} more in the thread", len(asks) - MOST_ASKS))
    return shown


def _blockers(blockers: Sequence[Blocker], people: People) -> list[Value]:
    shown: list[Value] = []
    for blocker in blockers[:MOST_BLOCKERS]:
        values: dict[str, Value] = {
            "author": person(people, blocker.author),
            "text": shorten(blocker.text, BLOCKER_LENGTH),
        }
        if blocker.solved:
            shown.append(_("Solved · {author}: {text}", **values))
        elif blocker.days:
            shown.append(
                n_("{count} day · {author}: {text}", "{count} days · {author}: {text}", blocker.days, **values)
            )
        else:
            shown.append(_("New · {author}: {text}", **values))
    if len(blockers) > MOST_BLOCKERS:
        shown.append(n_("{count} more blocker", "{count} more blockers", len(blockers) - MOST_BLOCKERS))
    return shown


def _by_person(lines: Sequence[Lines], people: People) -> Fields:
    return Fields(tuple((person(people, one.author), _joined(one)) for one in lines))


def _joined(lines: Lines) -> Value:
    joined: Value = lines.items[0]
    for item in lines.items[1:]:
        joined = _("{items} · {item}", items=joined, item=item)
    if lines.more:
        return n_(
            "{items} · and {count} more in the thread",
            "{items} · and {count} more in the thread",
            lines.more,
            items=joined,
        )
    return joined


def _away(away: Away, people: People) -> Sentence:
    who = person(people, away.member)
    if away.back is None:
        return _("{person}, with no date to be back yet", person=who)
    if away.holiday:
        return _("{person} on a public holiday, back {day}", person=who, day=Day(away.back))
    return _("{person}, back {day}", person=who, day=Day(away.back))


# --- the thread -------------------------------------------------------------------------------------------------


def update(entries: Sequence[Entry], author: MemberId, day: date, people: People) -> Message:
    """All that one member wrote for a date, whole."""
    who = person(people, author)
    if not entries:
        return say(_("{person} took back what stood here.", person=who))
    blocks: list[Heading | Text | Quote] = [Heading(_("{person}, {day}", person=who, day=Day(day)))]
    for kind, label in (
        (Kind.BLOCKER, _("Blocked")),
        (Kind.DECISION, _("Decided")),
        (Kind.DONE, _("Done")),
        (Kind.NEXT, _("Next")),
        (Kind.NOTE, _("Also")),
        (Kind.KUDOS, _("Thanks")),
    ):
        if texts := [e.text for e in entries if e.kind is kind]:
            blocks += [Text((label,)), Quote("\n".join(texts))]
    told = {e.text for e in entries if e.kind is not Kind.ASK}
    asks = [e for e in entries if e.kind is Kind.ASK and e.text not in told]
    for ask in asks:
        known = ask.addressee is not None and ask.addressee in people
        whom = (
            _("Needs {person}", person=person(people, ask.addressee)) if known and ask.addressee else _("Needs someone")
        )
        blocks += [Text((whom,)), Quote(ask.text)]
    return message(*blocks)


# --- to one person ----------------------------------------------------------------------------------------------


def needs_you(handoff: Handoff, ask: Entry, people: People) -> Message:
    """Tell somebody off duty what a colleague needs of them."""
    author = person(people, ask.author)
    return message(
        _("{author} needs you ({team}, {day}):", author=author, team=handoff.team_name, day=Day(ask.date)),
        Quote(ask.text),
    )


def needs_no_more(handoff: Handoff, author: Person, day: date) -> Message:
    """What stands where an ask stood that was taken back or settled."""
    return say(
        _(
            "{author} no longer needs anything from you here ({team}, {day}).",
            author=author,
            team=handoff.team_name,
            day=Day(day),
        )
    )


def no_channel(team_name: str) -> Message:
    """Tell a team's owner how to give it a handoff channel."""
    words = CommandText(f"channel set {quoted(team_name)} handoff here")
    return message(
        _("{team} has no handoff channel, so what was written there was handed to nobody.", team=team_name),
        _("Go to the channel where handoffs should be posted and type {command}.", command=words),
    )


def not_posted(handoffs: Sequence[Handoff]) -> Message:
    """Tell a team's owner which handoffs were lost to a downtime."""
    return message(
        _("{team}: I was down, and these handoffs are too old to post now.", team=handoffs[0].team_name),
        Bullets(tuple(_lost(handoff) for handoff in handoffs)),
        _("What people wrote is kept; those who were asked for something are told."),
    )


def _lost(handoff: Handoff) -> Sentence:
    return _("{leg}, {day}", leg=leg_name(handoff.leg), day=Day(handoff.leg.date))

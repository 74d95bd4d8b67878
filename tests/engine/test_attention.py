"""The gate: when something may go to a person, and what goes together."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.attention import gate, on_duty
from bot.engine.ports import Outgoing, Target
from bot.engine.transaction import to_member, to_place
from bot.model.identity import MemberId, Place, WorkspaceId
from bot.model.message import Person, catalogue, say
from bot.model.working_time import Hours, WorkingTime, WorkingWeek

_, n_ = catalogue("test")
WEEK = WorkingWeek.uniform(Hours(time(9), time(17)))
LISBON = WorkingTime("Europe/Lisbon", WEEK)
ANA, BO = MemberId(1), MemberId(2)
WORKING = {ANA: LISBON, BO: WorkingTime("Pacific/Auckland", WEEK)}
NOON = datetime(2026, 10, 26, 12, tzinfo=UTC)  # Monday: Lisbon works, Auckland sleeps


def row(id: int, to: Target, *, asked: bool = False, first: bool = False) -> Outgoing:
    return Outgoing(WorkspaceId(1), to, "test", f"k{id}", message=say(_("Hello")), asked=asked, first=first, id=id)


def test_what_nobody_asked_for_waits_for_the_next_working_day() -> None:
    verdict = gate([row(1, to_member(BO))], WORKING, NOON)

    assert verdict.parcels == ()
    assert verdict.held == {1: datetime(2026, 10, 26, 20, tzinfo=UTC)}  # 09:00 on Tuesday in Auckland


def test_an_answer_goes_at_once_at_any_hour() -> None:
    verdict = gate([row(1, to_member(BO), asked=True)], WORKING, NOON)

    assert [[r.id for r in parcel] for parcel in verdict.parcels] == [[1]]


def test_what_is_pending_for_one_person_goes_out_as_one_message_the_prompt_first() -> None:
    rows = [row(1, to_member(ANA)), row(2, to_member(BO), asked=True), row(3, to_member(ANA), first=True)]

    verdict = gate(rows, WORKING, NOON)

    assert [[r.id for r in parcel] for parcel in verdict.parcels] == [[3, 1], [2]]


def test_posts_in_a_channel_go_at_once_and_singly() -> None:
    place = to_place(Place("console", "general"))

    verdict = gate([row(1, place), row(2, place)], WORKING, NOON)

    assert [[r.id for r in parcel] for parcel in verdict.parcels] == [[1], [2]]


def test_what_is_for_a_person_without_working_time_is_looked_at_again_later() -> None:
    nobody = WorkingTime("Europe/Lisbon", WorkingWeek((None,) * 7))

    verdict = gate([row(1, to_member(ANA))], {ANA: nobody}, NOON)

    assert verdict.held == {1: NOON + timedelta(days=1)}


def test_a_mention_notifies_only_people_on_duty() -> None:
    both = say(_("{a} and {b}", a=Person(ANA, "Ana", ping=True), b=Person(BO, "Bo", ping=True)))

    assert on_duty(both, WORKING, NOON) == {ANA}


def test_a_name_without_a_ping_notifies_nobody() -> None:
    assert on_duty(say(_("{a}", a=Person(ANA, "Ana"))), WORKING, NOON) == frozenset()


@given(
    st.lists(st.tuples(st.sampled_from([ANA, BO]), st.booleans(), st.booleans()), max_size=20),
    st.integers(0, 17_000).map(lambda hours: NOON + timedelta(hours=hours)),
)
def test_every_row_goes_or_is_held_and_nothing_unasked_goes_outside_working_hours(
    people: list[tuple[MemberId, bool, bool]], now: datetime
) -> None:
    rows = [row(i, to_member(m), asked=asked, first=first) for i, (m, asked, first) in enumerate(people)]

    verdict = gate(rows, WORKING, now)

    gone = [r for parcel in verdict.parcels for r in parcel]
    assert sorted([r.id for r in gone] + list(verdict.held)) == [r.id for r in rows]
    assert all(r.asked or WORKING[r.target.member].is_working(now) for r in gone if r.target.member)
    assert all(until > now for until in verdict.held.values())

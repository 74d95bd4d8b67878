"""The relay on the stage: what is posted when a leg ends, for whom, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.api import Absence, Channel, ChannelId, Kind, Member, Purpose
from tests.cogs.handoff.company import MONDAY, Company, company, timers, utc

TWO = {"Ana": "Europe/Lisbon", "Bo": "Pacific/Auckland"}
THREE = {"Ana": "Europe/Lisbon", "Bo": "Pacific/Auckland", "Dee": "America/Los_Angeles"}


async def test_when_a_leg_ends_its_work_is_posted_for_the_next() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "merged the parser"), (Kind.NEXT, "the docs"))
        await c.writes("Ana", (Kind.BLOCKER, "staging keys"), since=date(2026, 10, 23))
        await c.stage.until(utc(26, 16, 59))
        assert c.channel() == []
        await c.stage.until(utc(26, 17))
        (post,) = c.channel()
        assert post.text == (
            "▌ Atlas: Lisbon → Auckland, Mon, 26 Oct\n\n"
            "For Bo, from Tue, 27 Oct, 09:00 in Auckland.\n\n"
            "▌ ⛔ Blocked\n\n"
            "• 3 days · Ana: staging keys\n\n"
            "▌ ✅ Done\n\n"
            "Ana: merged the parser\n\n"
            "▌ ▶️ Next\n\n"
            "Ana: the docs"
        )
        assert (post.date, post.unasked) == (MONDAY, True)


async def test_the_thread_has_each_members_update_whole() -> None:
    async with company({**TWO, "Cy": "Europe/Lisbon"}) as c:
        await c.stage.until(utc(26, 10))
        long = "wrote " + "very " * 100 + "much"
        await c.writes("Ana", (Kind.DONE, long), (Kind.ASK, "review it", "Bo"))
        await c.writes("Cy", (Kind.NEXT, "sleep"))
        await c.stage.until(utc(26, 17))
        assert long not in c.channel()[0].text
        ana, cy = c.thread()
        assert ana.to == "thread:Atlas: Lisbon → Auckland, Mon, 26 Oct"
        assert long in ana.text
        assert "Needs Bo" in ana.text
        assert ana.kind == cy.kind == "handoff.update"
        assert cy.text == "▌ Cy, Mon, 26 Oct\n\nNext\n\n> sleep"


async def test_three_legs_hand_on_around_the_world() -> None:
    async with company(THREE) as c:
        for name, hour, day in (("Ana", 10, 26), ("Dee", 18, 26)):
            await c.stage.until(utc(day, hour))
            await c.writes(name, (Kind.DONE, f"work of {name}"))
        await c.stage.until(utc(26, 22))
        await c.writes("Bo", (Kind.DONE, "work of Bo"), day=date(2026, 10, 27))
        await c.stage.until(utc(27, 5))
        assert [(seen.at, seen.text.splitlines()[0], seen.text.splitlines()[2]) for seen in c.channel()] == [
            (utc(26, 17), "▌ Atlas: Lisbon → Los Angeles, Mon, 26 Oct", "For Dee, at work now."),
            (utc(27, 0), "▌ Atlas: Los Angeles → Auckland, Mon, 26 Oct", "For Bo, at work now."),
            (utc(27, 4), "▌ Atlas: Auckland → Lisbon, Tue, 27 Oct", "For Ana, from Tue, 27 Oct, 09:00 in Lisbon."),
        ]


async def test_on_a_friday_the_post_says_that_they_start_on_monday() -> None:
    async with company(TWO, start=utc(30, 8)) as c:
        await c.writes("Ana", (Kind.DONE, "x"), day=date(2026, 10, 30))
        await c.stage.until(utc(30, 18))
        assert "For Bo, from Mon, 2 Nov, 09:00 in Auckland." in c.channel()[0].text


async def test_a_leg_that_wrote_nothing_posts_nothing() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(29, 0))
        assert c.stage.seen == []


async def test_a_leg_with_only_old_blockers_posts_nothing() -> None:
    async with company(TWO) as c:
        await c.writes("Ana", (Kind.BLOCKER, "staging keys"), day=date(2026, 10, 20))
        await c.stage.until(utc(28, 0))
        assert c.channel() == []


async def test_a_blocker_of_an_earlier_day_that_is_open_stands_in_the_next_post() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.BLOCKER, "staging keys"))
        await c.stage.until(utc(28, 10))
        await c.writes("Ana", (Kind.DONE, "x"), day=date(2026, 10, 28))
        await c.stage.until(utc(28, 18))
        assert "2 days · Ana: staging keys" in c.channel()[1].text


async def test_who_is_away_next_is_said() -> None:
    async with company({**THREE, "Cy": "Europe/Lisbon"}, holidays={"Dee": "US"}, start=utc(10, 0, month=11)) as c:
        tuesday = date(2026, 11, 10)
        async with c.stage.transaction() as tx:
            cy = c.members["Cy"]
            await tx.people.take_leave(cy, Absence(cy.id, date(2026, 11, 11), date(2026, 11, 13), "a secret"))
        await c.stage.until(utc(10, 10, month=11))
        await c.writes("Cy", (Kind.DONE, "x"), day=tuesday)
        await c.stage.until(utc(11, 2, month=11))
        (post,) = c.channel()
        assert "▌ 🌴 Away\n\n• Cy, back Mon, 16 Nov" in post.text
        assert "secret" not in post.text
        await c.writes("Dee", (Kind.DONE, "y"), day=tuesday)
        assert "• Dee on a public holiday, back Thu, 12 Nov" in (await c.stage.settle())[0].text


# --- who is needed --------------------------------------------------------------------------------------------


async def test_only_people_on_duty_are_mentioned_and_the_others_are_told_in_their_own_morning() -> None:
    async with company(THREE) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.ASK, "@Bo review it", "Bo"), (Kind.ASK, "restart staging", "Dee"))
        await c.stage.until(utc(26, 17))
        (post,) = c.channel()
        assert "▌ 🙋 Needs you\n\n• @Dee: restart staging (from Ana)\n• Bo: review it (from Ana)" in post.text
        assert c.stage.to("Bo") == []
        await c.stage.until(utc(26, 23))
        (told,) = c.needs("Bo")
        assert told.at == utc(26, 20)
        assert told.text == "Ana needs you (Atlas, Mon, 26 Oct):\n\n> @\u200bBo review it"
        assert c.needs("Dee") == []


async def test_a_changed_ask_changes_what_was_told_and_a_withdrawn_one_says_so() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        asked = await c.writes("Ana", (Kind.ASK, "review it", "Bo"))
        await c.stage.until(utc(26, 21))
        changed = await c.revises(asked, [replace(asked[0], text="test it")])
        assert (c.needs("Bo")[-1].op, c.needs("Bo")[-1].kind) == ("edit", "handoff.needs.edit")
        assert c.needs("Bo")[-1].text.endswith("> test it")
        rewritten = await c.revises(changed, [replace(changed[0], id=0, text="ship it")])
        assert c.needs("Bo")[-1].text.endswith("> ship it")
        await c.revises(rewritten, [])
        assert c.needs("Bo")[-1].text == "Ana no longer needs anything from you here (Atlas, Mon, 26 Oct)."
        assert [seen.op for seen in c.needs("Bo")] == ["send", "edit", "edit", "edit"]


async def test_an_ask_that_changes_before_the_morning_is_told_as_it_is_then() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        asked = await c.writes("Ana", (Kind.ASK, "review it", "Bo"))
        await c.stage.until(utc(26, 18))
        await c.revises(asked, [replace(asked[0], text="test it")])
        await c.stage.until(utc(26, 21))
        assert [seen.text.splitlines()[-1] for seen in c.needs("Bo")] == ["> test it"]


async def test_an_ask_that_comes_late_is_told_to_who_is_at_work() -> None:
    async with company(THREE) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 18))
        await c.writes("Ana", (Kind.ASK, "restart staging", "Dee"))
        await c.stage.settle()
        assert [seen.at for seen in c.needs("Dee")] == [utc(26, 18)]


async def test_an_ask_for_another_person_tells_one_and_calls_off_the_other() -> None:
    async with company({**TWO, "Cy": "Pacific/Auckland"}) as c:
        await c.stage.until(utc(26, 10))
        asked = await c.writes("Ana", (Kind.ASK, "review it", "Bo"))
        await c.stage.until(utc(26, 21))
        await c.revises(asked, [replace(asked[0], addressee=c.members["Cy"].id)])
        assert c.needs("Bo")[-1].text.startswith("Ana no longer needs")
        assert c.needs("Cy")[-1].text.startswith("Ana needs you")


# --- where --------------------------------------------------------------------------------------------------------


async def test_without_a_channel_the_owner_is_told_once_and_asks_still_arrive() -> None:
    async with company(TWO, channel=False) as c:
        for day in (26, 27):
            await c.stage.until(utc(day, 10))
            await c.writes("Ana", (Kind.ASK, f"review {day}", "Bo"), day=date(2026, 10, day))
        await c.stage.until(utc(28, 23))
        setup = [seen for seen in c.stage.to("Ana") if seen.kind == "handoff.setup"]
        assert len(setup) == 1
        assert "Atlas has no handoff channel" in setup[0].text
        assert "channel set Atlas handoff here" in setup[0].text
        assert [seen.text.splitlines()[-1] for seen in c.needs("Bo")] == ["> review 26", "> review 27"]


async def test_a_channel_that_is_set_later_gets_the_handoffs_from_then_on() -> None:
    async with company(TWO, channel=False) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "monday"))
        await c.stage.until(utc(27, 10))
        await c.stage.channel(c.team, Purpose.HANDOFF, "atlas-handoff")
        await c.writes("Ana", (Kind.DONE, "tuesday"), day=date(2026, 10, 27))
        await c.stage.until(utc(27, 18))
        assert [("monday" in s.text, "tuesday" in s.text) for s in c.channel()] == [(False, True)]


# --- what moves -------------------------------------------------------------------------------------------------


async def moves(c: Company, name: str, zone: str) -> Member:
    async with c.stage.transaction() as tx:
        member = replace(await tx.people.member(c.members[name].id), zone=zone)
        await tx.people.save_member(member)
    return member


async def test_the_baton_moves_with_a_member_who_moves() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        assert await timers(c.stage, c.team) == [utc(26, 17)]
        await moves(c, "Ana", "America/Sao_Paulo")
        assert await timers(c.stage, c.team) == [utc(26, 20)]


async def test_a_day_that_was_handed_off_is_not_handed_off_again_after_a_move() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 18))
        await moves(c, "Ana", "America/Los_Angeles")
        await c.stage.until(utc(27, 12))
        assert len(c.channel()) == 1


async def test_work_that_a_move_leaves_behind_goes_with_the_next_baton() -> None:
    async with company({**THREE, "Cy": "Europe/Lisbon"}) as c:
        await c.stage.until(utc(26, 16, 30))
        await c.writes("Dee", (Kind.DONE, "said before the move"))
        await moves(c, "Dee", "Pacific/Auckland")  # where Monday was over before it was said
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(27, 12))
        assert [seen.text.count("said before the move") for seen in c.channel()] == [1]


async def test_what_is_written_on_a_day_off_goes_with_the_next_baton() -> None:
    async with company(TWO, start=utc(31, 12)) as c:
        await c.writes("Ana", (Kind.DONE, "fixed the outage"), day=date(2026, 10, 31))
        await c.stage.until(utc(4, 0, month=11))
        assert [(seen.at, seen.text.count("fixed the outage")) for seen in c.channel()] == [(utc(2, 4, month=11), 1)]


async def test_a_team_whose_making_nobody_told_is_planned_by_its_first_entry() -> None:
    async with company(TWO) as c:
        async with c.stage.transaction() as tx:
            await tx.timers.cancel("handoff", "baton", [str(c.team.id)])
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 17))
        assert len(c.channel()) == 1


async def test_a_deleted_team_hands_off_no_more_but_its_posts_follow_withdrawals() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        written = await c.writes("Ana", (Kind.DONE, "a secret"))
        await c.stage.until(utc(26, 18))
        async with c.stage.transaction() as tx:
            await tx.people.delete_team(c.team)
        assert await timers(c.stage, c.team) == []
        await c.revises(written, [])
        assert "secret" not in c.channel("handoff.edit")[-1].text


# --- downtime -----------------------------------------------------------------------------------------------------


async def test_a_handoff_that_a_downtime_delayed_is_posted_once_and_says_so() -> None:
    async with company(THREE) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.downtime(utc(26, 12), utc(26, 19))
        await c.stage.until(utc(27, 12))
        (post,) = c.channel()
        assert post.at == utc(26, 19)
        assert "This comes late: the day ended Mon, 26 Oct, 17:00 in Lisbon. For Dee, at work now." in post.text


async def test_handoffs_that_a_long_downtime_outdated_are_named_to_the_owner_and_asks_arrive() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "x"), (Kind.ASK, "review it", "Bo"))
        await c.stage.downtime(utc(26, 12), utc(28, 10))
        await c.stage.until(utc(29, 12))
        assert c.channel() == []
        (lost,) = [seen for seen in c.stage.to("Ana") if seen.kind == "handoff.missed"]
        assert "Lisbon, Mon, 26 Oct" in lost.text
        assert len(c.needs("Bo")) == 1


async def test_a_channel_given_to_another_place_gets_the_next_post() -> None:
    async with company(TWO) as c:
        place = c.stage.room("elsewhere")
        async with c.stage.transaction() as tx:
            await tx.people.set_channel(
                Channel(ChannelId(0), c.team.workspace, c.team.id, Purpose.HANDOFF, place, "elsewhere")
            )
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 18))
        assert [seen.kind for seen in c.stage.inside("elsewhere")] == ["handoff.post"]


async def test_what_was_written_before_everybody_left_is_handed_off_when_somebody_comes_back() -> None:
    async with company({"Ana": "Europe/Lisbon", "Bo": "Pacific/Auckland"}) as c:
        ana, bo = c.members["Ana"], c.members["Bo"]
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "left behind"))
        async with c.stage.transaction() as tx:
            await tx.people.remove_from_team(c.team, ana)
            await tx.people.remove_from_team(c.team, bo)
        await c.stage.until(utc(26, 19))
        assert c.channel() == []
        async with c.stage.transaction() as tx:
            await tx.people.add_to_team(c.team, bo)
        await c.stage.until(utc(28, 10))
        (post,) = c.channel()
        assert "Ana: left behind" in post.text

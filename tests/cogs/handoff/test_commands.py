"""The relay's commands."""

from __future__ import annotations

import pytest

from bot.api import Kind
from tests.cogs.handoff.company import Company, company, timers, utc

TWO = {"Ana": "Europe/Lisbon", "Cy": "Europe/Berlin", "Bo": "Pacific/Auckland"}


async def said(c: Company, text: str, name: str = "Ana") -> str:
    (reply,) = [seen for seen in await c.stage.says(name, text) if seen.to == f"dm:{name}"]
    return reply.text


async def test_show_tells_the_legs_the_next_baton_and_where_it_goes() -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        assert await said(c, "handoff show Atlas") == (
            "▌ Atlas: the relay\n\n"
            "• Berlin and Lisbon: at work until 17:00. Cy (Berlin) and Ana (Lisbon)\n"
            "• Auckland: from Mon, 26 Oct, 20:00 to Tue, 27 Oct, 04:00. Bo (Auckland)\n\n"
            "The next baton passes Mon, 26 Oct, 17:00, from Berlin and Lisbon to Auckland, "
            "who start Mon, 26 Oct, 20:00.\n\nHandoffs are posted in #atlas-handoff."
        )


async def test_show_in_a_channel_is_on_the_teams_clock() -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        (reply,) = await c.stage.says("Bo", "!helio handoff show Atlas", "atlas-handoff")
        assert "at work until 17:00." in reply.text
        assert "The next baton passes Mon, 26 Oct, 17:00, from" in reply.text
        assert "All times are those of Lisbon." in reply.text


async def test_show_without_a_team_shows_those_of_the_caller_in_their_own_time() -> None:
    async with company(TWO, start=utc(26, 10), channel=False) as c:
        text = await said(c, "handoff show", "Bo")
        assert "from Tue 27 Oct, 9:00" in text or "from Tue, 27 Oct, 9:00" in text
        assert "channel set Atlas handoff here" in text
        await c.stage.member("Zoe")
        assert (await said(c, "handoff show", "Zoe")).startswith("You are in no team yet.")


async def test_show_advises_to_name_legs_where_one_goes_around_the_clock() -> None:
    east = ("Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Jakarta", "Asia/Kolkata")
    zones = (*east, "Asia/Dubai", "Europe/Berlin", "Atlantic/Azores")
    async with company({f"M{n}": zone for n, zone in enumerate(zones)}) as c:
        assert "handoff legs Atlas APAC: Ana, Bo | EMEA: Cy" in await said(c, "handoff show Atlas", "M0")


async def test_now_posts_what_there_is_and_the_rest_amends_it() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "so far"))
        await c.stage.until(utc(26, 11))
        assert "Posted Berlin and Lisbon, Mon, 26 Oct, in #atlas-handoff." in await said(c, "handoff now Atlas")
        await c.stage.until(utc(26, 12))
        await c.writes("Cy", (Kind.DONE, "later"))
        await c.stage.until(utc(27, 0))
        (post,) = c.channel()
        assert (post.at, "For Bo, from Tue, 27 Oct, 09:00 in Auckland." in post.text) == (utc(26, 11), True)
        assert "Cy: later\nAna: so far" in c.channel("handoff.edit")[-1].text


async def test_now_with_nothing_new_posts_nothing() -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        assert (await said(c, "handoff now Atlas")).startswith("There is nothing new to hand off in Atlas.")
        await c.writes("Ana", (Kind.DONE, "x"))
        await said(c, "handoff now Atlas")
        assert (await said(c, "handoff now Atlas")).startswith("There is nothing new to hand off in Atlas.")
        assert len(c.channel()) == 1


async def test_now_without_a_channel_says_how_to_set_one() -> None:
    async with company(TWO, start=utc(26, 10), channel=False) as c:
        await c.writes("Ana", (Kind.DONE, "x"))
        assert "channel set Atlas handoff here" in await said(c, "handoff now Atlas")


async def test_legs_are_named_and_made_automatic_again() -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        text = await said(c, "handoff legs Atlas APAC: Bo | Iberia: Ana")
        assert "The legs of Atlas are named now." in text
        assert "• Iberia: Mon, 26 Oct, 09:00 to 17:00 (Lisbon)" in text
        assert "• Berlin: Mon, 26 Oct, 08:00 to 16:00 (Lisbon)" in text
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 18))
        assert c.channel()[0].text.startswith("▌ Atlas: Iberia → APAC, Mon, 26 Oct")
        assert (await said(c, "handoff legs Atlas auto")).startswith("The legs of Atlas now follow")
        assert "Berlin and Lisbon" in await said(c, "handoff show Atlas")


@pytest.mark.parametrize(
    ("legs", "wrong"),
    [
        ("APAC", "“APAC” is not a leg"),
        ("APAC: Zed", "Nobody in Atlas is called “Zed”. In the team are Ana, Bo and Cy."),
        ("APAC: Bo | EMEA: Bo", "Bo is in two legs."),
        ("X: Bo | x: Ana", "Two legs are called “x”."),
        (f"{'x' * 60}: Bo", "A leg's name has at most 40 characters."),
    ],
)
async def test_legs_that_can_not_be_are_refused_with_the_right_form(legs: str, wrong: str) -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        text = await said(c, f"handoff legs Atlas {legs}")
        assert wrong in text
        assert "`handoff legs Atlas APAC: Ana, Bo | EMEA: Cy`" in text
        assert "Berlin and Lisbon" in await said(c, "handoff show Atlas")


async def test_off_hands_nothing_off_until_on_and_then_only_what_passes_from_then() -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        await c.writes("Ana", (Kind.DONE, "while off"))
        assert "hands nothing off any more" in await said(c, "handoff off Atlas")
        assert await timers(c.stage, c.team) == []
        assert "Handoffs are off." in await said(c, "handoff show Atlas")
        assert "Handoffs of Atlas are off." in await said(c, "handoff now Atlas")
        await c.stage.until(utc(26, 18))
        assert c.channel() == []
        assert "Next: Auckland, Tue, 27 Oct, 04:00." in await said(c, "handoff on Atlas")
        assert await timers(c.stage, c.team) == [utc(27, 4)]


@pytest.mark.parametrize("text", ["now Atlas", "legs Atlas auto", "report Atlas at:11:30", "on Atlas", "off Atlas"])
async def test_what_changes_the_relay_is_for_admins(text: str) -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        before = await timers(c.stage, c.team)
        seen = await c.stage.says("Bo", f"handoff {text}")
        assert "admin" in seen[0].text.lower()
        assert await timers(c.stage, c.team) == before


async def test_a_report_set_for_a_relay_says_that_it_counts_for_one_leg_only() -> None:
    async with company(TWO, start=utc(26, 10)) as c:
        text = await said(c, "handoff report Atlas at:11:30")
        assert "at 11:30 (Lisbon)" in text
        assert "while the team is one leg" in text
        assert await timers(c.stage, c.team) == [utc(26, 17)]

"""What people add, change and take back after the baton has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.api import Kind, State
from tests.cogs.handoff.company import company, utc

TWO = {"Ana": "Europe/Lisbon", "Cy": "Europe/Lisbon", "Bo": "Pacific/Auckland"}


async def test_a_late_answer_amends_the_post_in_place_and_joins_its_thread() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "early"))
        await c.stage.until(utc(26, 18))
        await c.writes("Cy", (Kind.DONE, "late"))
        await c.stage.settle()
        assert len(c.channel()) == 1
        (edit,) = c.channel("handoff.edit")
        assert (edit.op, edit.at) == ("edit", utc(26, 18))
        assert "Ana: early\nCy: late" in edit.text
        assert [(seen.kind, "late" in seen.text) for seen in c.thread()] == [
            ("handoff.update", False),
            ("handoff.update", True),
        ]


async def test_a_changed_answer_changes_everywhere() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        written = await c.writes("Ana", (Kind.DONE, "teh parser"))
        await c.stage.until(utc(26, 18))
        await c.revises(written, [replace(written[0], text="the parser")])
        assert "Ana: the parser" in c.channel("handoff.edit")[-1].text
        assert (c.thread()[-1].kind, c.thread()[-1].op) == ("handoff.update.edit", "edit")
        assert "teh" not in c.thread()[-1].text


async def test_what_is_taken_back_disappears_everywhere() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        written = await c.writes("Ana", (Kind.DONE, "a secret"), (Kind.BLOCKER, "a secret too"))
        await c.writes("Cy", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 18))
        await c.revises(written, [])
        last = c.channel("handoff.edit")[-1].text
        assert "secret" not in last
        assert "Cy: x" in last
        assert c.thread()[-1].text == "Ana took back what stood here."


async def test_when_all_is_taken_back_the_post_says_only_that() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        written = await c.writes("Ana", (Kind.DONE, "a secret"))
        await c.stage.until(utc(26, 18))
        await c.revises(written, [])
        assert c.channel("handoff.edit")[-1].text == (
            "▌ Atlas: Lisbon → Auckland, Mon, 26 Oct\n\nWhat stood here was taken back by those who wrote it."
        )
        await c.writes("Ana", (Kind.DONE, "other words"))
        await c.stage.settle()
        assert "Ana: other words" in c.channel("handoff.edit")[-1].text
        assert "other words" in c.thread()[-1].text


async def test_a_change_that_the_post_does_not_show_does_not_touch_it() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        written = await c.writes("Ana", *((Kind.DONE, f"line {n}") for n in range(5)))
        await c.stage.until(utc(26, 18))
        await c.revises(written, [*written[:4], replace(written[4], text="other")])
        assert c.channel("handoff.edit") == []
        assert "other" in c.thread()[-1].text


async def test_a_blocker_that_is_solved_is_shown_so() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        written = await c.writes("Ana", (Kind.BLOCKER, "staging keys"))
        await c.stage.until(utc(26, 18))
        await c.revises(written, [replace(written[0], state=State.RESOLVED)])
        assert "• Solved · Ana: staging keys" in c.channel("handoff.edit")[-1].text


async def test_the_first_answer_after_an_empty_leg_makes_its_post() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 19))
        await c.writes("Ana", (Kind.DONE, "late but there"))
        await c.stage.settle()
        (post,) = c.channel()
        assert "This comes late: the day ended Mon, 26 Oct, 17:00 in Lisbon." in post.text
        await c.writes("Cy", (Kind.DONE, "me too"))
        await c.stage.settle()
        assert len(c.channel()) == 1
        assert "Cy: me too" in c.channel("handoff.edit")[-1].text


async def test_an_answer_for_a_leg_that_ended_a_day_ago_goes_with_the_next_handoff() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(27, 17, 30))  # Ana's day of Monday ended a day ago, Tuesday's just now
        await c.writes("Ana", (Kind.ASK, "far too late", "Bo"))
        await c.stage.settle()
        assert c.channel() == []
        await c.stage.until(utc(28, 4))
        (post,) = c.channel()
        assert "far too late" in post.text
        assert "For Ana and Cy" in post.text
        assert [seen.at for seen in c.needs("Bo")] == []  # at work, and mentioned in the post
        await c.stage.until(utc(30, 0))
        assert len(c.channel()) == 1


async def test_a_blocker_is_changed_in_the_posts_of_later_days_too() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        written = await c.writes("Ana", (Kind.BLOCKER, "a secret"))
        await c.stage.until(utc(27, 10))
        await c.writes("Ana", (Kind.DONE, "x"), day=date(2026, 10, 27))
        await c.stage.until(utc(27, 18))
        assert "1 day · Ana: a secret" in c.channel()[-1].text
        await c.revises(written, [])
        standing = [m.text for m in c.stage.server.messages.values() if m.by == "Heliotrope" and not m.deleted]
        assert not any("secret" in text for text in standing)
        assert any("Ana: x" in text for text in standing)


async def test_people_who_did_not_answer_are_named_nowhere() -> None:
    async with company(TWO) as c:
        await c.stage.until(utc(26, 10))
        await c.writes("Ana", (Kind.DONE, "x"))
        await c.stage.until(utc(26, 18))
        assert all("Cy" not in seen.text for seen in (*c.channel(), *c.thread()))

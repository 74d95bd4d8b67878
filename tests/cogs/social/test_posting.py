"""The planned prompts: where, when, to whom the first word, and which."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from bot.api import Absence, Hours, Member, Purpose, WorkingWeek
from bot.app import services
from bot.storage.tables import CHANNELS
from bot.testing.stage import Stage
from bot.testing.transcript import Seen
from cogs.social import store
from tests.cogs.social.conftest import COGS, START, atlas

TEN = time(10)
CITIES = {"Auckland": "Pacific/Auckland", "Lisbon": "Europe/Lisbon", "New York": "America/New_York"}


def prompts(seen: list[Seen]) -> list[Seen]:
    return [each for each in seen if each.kind == "social.prompt"]


def host(prompt: Seen) -> str:
    (city,) = [city for city in CITIES if f"the first word goes to {city}." in prompt.text]
    return city


def on_time(shown: list[Seen]) -> bool:
    """Whether every prompt came at ten o'clock of a place on its date."""
    return all(prompt.at in _tens(prompt.date) for prompt in shown)


def _tens(day: date | None) -> set[datetime]:
    assert day is not None
    places = (*CITIES.values(), "Asia/Tokyo", "Asia/Kolkata")
    return {datetime.combine(day, TEN, ZoneInfo(place)).astimezone(UTC) for place in places}


async def member(stage: Stage, name: str) -> Member:
    async with stage.transaction() as tx:
        members = await tx.people.members_of_workspace((await stage.workspace()).id)
    return next(member for member in members if member.name == name)


# --- a prompt -----------------------------------------------------------------------------------------------


async def test_a_prompt_opens_a_thread_and_mentions_nobody(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    (prompt,) = await stage.until(START + timedelta(days=1))
    title = stage.server.messages[prompt.message].title
    assert title is not None
    assert title.endswith(", 26 Oct")
    assert title.removesuffix(", 26 Oct") == prompt.text.splitlines()[0].removeprefix("▌ ")
    assert "@" not in prompt.text
    assert "in the thread" in prompt.text
    await stage.says("Bo", "Kia ora!", place=f"thread:{title}")
    assert stage.server.thread_titled(title) is not None


async def test_a_prompt_has_its_date_and_its_key(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    (prompt,) = await stage.until(START + timedelta(days=1))
    assert prompt.date == date(2026, 10, 26)
    assert prompt.parts[0].key == f"social:{(await atlas(stage)).id}:2026-10-26"
    assert prompt.unasked


async def test_each_region_gets_the_first_word_at_ten_of_its_own_on_each_weekday(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    shown = prompts(await stage.until(START + timedelta(weeks=9)))
    assert len(shown) == 27
    for prompt in shown:
        local = prompt.at.astimezone(ZoneInfo(CITIES[host(prompt)]))
        assert (local.date(), local.time()) == (prompt.date, TEN)
    turns = Counter((host(prompt), prompt.date.weekday()) for prompt in shown if prompt.date)
    assert turns == dict.fromkeys(((city, weekday) for city in CITIES for weekday in (0, 2, 4)), 3)


async def test_one_region_alone_is_told_no_turn(stage: Stage) -> None:
    team, others = await atlas(stage), [await member(stage, name) for name in ("Bo", "Cy")]
    async with stage.transaction() as tx:
        for other in others:
            await tx.people.remove_from_team(team, other)
    await stage.says("Ana", "social on Atlas")
    (prompt,) = await stage.until(START + timedelta(days=1))
    assert prompt.at == datetime(2026, 10, 26, 10, tzinfo=UTC)
    assert "first word" not in prompt.text
    assert "in the thread" in prompt.text


async def test_a_region_on_leave_passes_its_turn_on(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    cy = await member(stage, "Cy")
    async with stage.transaction() as tx:
        await tx.people.take_leave(cy, Absence(cy.id, date(2026, 10, 26), date(2026, 10, 27)))
    (prompt,) = prompts(await stage.until(START + timedelta(days=1)))
    assert prompt.date == date(2026, 10, 26)
    assert host(prompt) == "Lisbon"  # Auckland's ten o'clock is over


async def test_who_moves_takes_the_turn_along(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    cy = await member(stage, "Cy")
    async with stage.transaction() as tx:
        await tx.people.save_member(replace(cy, zone="Asia/Tokyo"))
    shown = prompts(await stage.until(START + timedelta(weeks=3)))
    assert not [prompt for prompt in shown if "New York" in prompt.text]
    assert [prompt for prompt in shown if "Tokyo" in prompt.text]
    assert on_time(shown)


async def test_who_joins_is_counted_in(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    team, dee = await atlas(stage), await stage.member("Dee", zone="Asia/Kolkata")
    async with stage.transaction() as tx:
        await tx.people.add_to_team(team, dee)
    shown = prompts(await stage.until(START + timedelta(weeks=4)))
    assert [prompt for prompt in shown if "the first word goes to Kolkata." in prompt.text]
    assert on_time(shown)


async def test_a_team_that_is_deleted_gets_no_more(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    team = await atlas(stage)
    async with stage.transaction() as tx:
        await tx.people.delete_team(team)
    assert prompts(await stage.until(START + timedelta(days=8))) == []
    async with stage.transaction() as tx:
        assert await store.settings_of(tx, [team.id]) == {}
        assert await tx.timers.find("social", "post", [str(team.id)]) == []


async def test_a_change_moves_the_prompt_that_is_planned_already(stage: Stage) -> None:
    team, cy = await atlas(stage), await member(stage, "Cy")
    await stage.says("Ana", "social on Atlas")
    async with stage.transaction() as tx:
        (before,) = await tx.timers.find("social", "post", [str(team.id)])
        await tx.people.save_member(replace(cy, week=WorkingWeek.uniform(Hours(time(11), time(19)))))
        (moved,) = await tx.timers.find("social", "post", [str(team.id)])
        await tx.people.remove_from_team(team, cy)
        (without,) = await tx.timers.find("social", "post", [str(team.id)])
    assert moved.due == before.due + timedelta(hours=1)
    assert without.due not in (before.due, moved.due)


# --- decks --------------------------------------------------------------------------------------------------


async def test_no_prompt_comes_again_before_the_deck_is_through_across_restarts(stage: Stage) -> None:
    await stage.says("Ana", "social themes Atlas pets")
    await stage.says("Ana", "social on Atlas days:mon,tue,wed,thu,fri")
    shown: list[Seen] = []
    for week in range(5):
        shown += prompts(await stage.until(START + timedelta(weeks=week, days=2)))
        stage.kill()
        stage.installation.services = services([replace(cog) for cog in COGS])
        shown += prompts(await stage.restart())
    texts = [prompt.text.splitlines()[2] for prompt in shown]
    assert len(texts) >= 20
    assert len(set(texts[:12])) == 12
    assert texts[12] != texts[11]
    assert len(set(texts[12:])) == len(texts[12:])


async def test_channels_have_orders_of_their_own(stage: Stage) -> None:
    other = await stage.team("Borealis", await member(stage, "Ana"))
    await stage.channel(other, Purpose.SOCIAL, "reef")
    for team in ("Atlas", "Borealis"):
        for _ in range(6):
            await stage.says("Ana", f"social now {team} pets")
    lounge, reef = ([prompt.text.splitlines()[2] for prompt in stage.inside(place)] for place in ("lounge", "reef"))
    assert len(lounge) == len(reef) == 6
    assert lounge != reef


async def test_two_teams_in_one_channel_share_its_decks(stage: Stage) -> None:
    other = await stage.team("Borealis", await member(stage, "Ana"))
    team = await atlas(stage)
    async with stage.transaction() as tx:
        (lounge,) = await tx.people.channels(team.id, Purpose.SOCIAL)
        await tx.people.set_channel(replace(lounge, team=other.id))
    for _ in range(6):
        for name in ("Atlas", "Borealis"):
            await stage.says("Ana", f"social now {name} pets")
    texts = [prompt.text.splitlines()[2] for prompt in prompts(stage.inside("lounge"))]
    assert len(texts) == len(set(texts)) == 12


# --- late, and nowhere to go --------------------------------------------------------------------------------


async def test_after_a_short_downtime_the_prompt_comes_late(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    back = datetime(2026, 10, 26, 19, tzinfo=UTC)
    await stage.downtime(datetime(2026, 10, 26, 13, tzinfo=UTC), back)
    (prompt,) = prompts(stage.seen)
    assert (prompt.at, prompt.date, host(prompt)) == (back, date(2026, 10, 26), "New York")


async def test_after_a_long_downtime_the_next_one_comes_in_its_time(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    await stage.downtime(datetime(2026, 10, 26, 13, tzinfo=UTC), datetime(2026, 10, 26, 20, 30, tzinfo=UTC))
    assert prompts(stage.seen) == []
    await stage.until(datetime(2026, 10, 28, 20, tzinfo=UTC))
    (prompt,) = prompts(stage.seen)
    assert prompt.date == date(2026, 10, 28)
    assert prompt.at.astimezone(ZoneInfo(CITIES[host(prompt)])).time() == TEN


async def test_a_restart_does_not_post_a_date_twice(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    await stage.until(datetime(2026, 10, 26, 14, tzinfo=UTC))
    await stage.downtime(datetime(2026, 10, 26, 14, tzinfo=UTC), datetime(2026, 10, 26, 15, tzinfo=UTC))
    cy = await member(stage, "Cy")
    async with stage.transaction() as tx:
        await tx.people.save_member(replace(cy, week=WorkingWeek.uniform(Hours(time(11), time(19)))))
    await stage.until(START + timedelta(days=1))
    assert [prompt.date for prompt in prompts(stage.seen)] == [date(2026, 10, 26)]


async def test_a_channel_that_is_gone_is_told_to_the_owner_once(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    async with stage.transaction() as tx:
        await tx.execute(delete(CHANNELS))
    stage.kill()
    await stage.restart()
    seen = await stage.until(START + timedelta(days=10))
    (notice,) = seen
    assert (notice.to, notice.kind) == ("dm:Ana", "social.notice")
    assert "channel set Atlas social here" in notice.text


async def test_with_a_channel_again_it_goes_on(stage: Stage) -> None:
    await stage.says("Ana", "social on Atlas")
    async with stage.transaction() as tx:
        await tx.execute(delete(CHANNELS))
    stage.kill()
    await stage.restart()
    await stage.until(START + timedelta(days=3))
    await stage.channel(await atlas(stage), Purpose.SOCIAL, "parlour")
    await stage.until(START + timedelta(days=5))
    assert [prompt.to for prompt in prompts(stage.seen)] == ["channel:parlour"]

"""What must hold of every world, read from what people saw, from their settings at the time, and from the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.engine.ports import Op
from bot.model.moment import from_micros, to_micros
from bot.platforms.console.server import BOT
from bot.testing.transcript import Seen
from tests.simulation.fuzzed_teams import DAY, HOUR, WORD, FuzzedTeams, Settings, Standup
from tests.simulation.routing import misrouted

Prompts = dict[tuple[int, str, date], list[datetime]]
"""When members were prompted, by standup, name and local date."""


async def broken(world: FuzzedTeams) -> list[str]:
    """A line for each promise that was broken."""
    tables = await _tables(world)
    sends = [seen for seen in world.seen if seen.op is Op.SEND]
    prompts = _prompts(sends)
    return [
        *_once(sends),
        *_quiet(world, sends),
        *_reminders(world, sends, prompts),
        *_every_day(world, tables, prompts),
        *_nothing_left_over(world, tables),
        *_nothing_lost(world, tables),
        *_handed_off_once(world, tables),
        *misrouted(world, tables["handoff_posts"]),
        *_taken_back(world),
        *_decks(tables),
    ]


async def _tables(world: FuzzedTeams) -> dict[str, Sequence[Any]]:
    names = (
        "occurrences", "timers", "conversations", "journal", "team_members", "channels", "standup_standups",
        "standup_answers", "handoff_posts", "handoff_covered", "social_posts",
    )  # fmt: skip
    async with world.installation.transaction() as tx:
        found = {name: (await tx.execute(text(f"SELECT * FROM {name}"))).rows for name in names}
        found["queued"] = (await tx.execute(text("SELECT * FROM outbox WHERE state = 'queued'"))).rows
        found["pending"] = (await tx.execute(text("SELECT * FROM chunks WHERE pending = 1"))).rows
    return found


def _prompts(sends: Sequence[Seen]) -> Prompts:
    found: Prompts = defaultdict(list)
    for seen in sends:
        for part in seen.parts:
            if part.kind == "standup.prompt" and part.date:
                found[int(part.key.split(":")[1]), seen.to.removeprefix("dm:"), part.date].append(seen.at)
    return found


# --- once, and quietly ----------------------------------------------------------------------------------------


def _once(sends: Sequence[Seen]) -> Iterator[str]:
    keys = Counter(seen.key for seen in sends)
    keys.update(part.key for seen in sends for part in seen.parts if not part.kind.endswith(".continued"))
    yield from (f"sent {times} times: {key}" for key, times in keys.items() if times > 1)
    yield from (f"a fault: {seen.text}" for seen in sends if any(part.kind == "bot.fault" for part in seen.parts))


def _quiet(world: FuzzedTeams, sends: Sequence[Seen]) -> Iterator[str]:
    """Nothing unasked outside working hours, a prompt first, and one message at a time."""
    together: dict[tuple[str, datetime], list[list[str]]] = defaultdict(list)
    for seen in sends:
        if not seen.to.startswith("dm:"):
            continue
        kinds = [part.kind for part in seen.parts]
        if "standup.prompt" in kinds[1:] and kinds[0] != "standup.prompt":
            yield f"the prompt is not first: {seen.at} {seen.to} {kinds}"
        if not seen.unasked:
            continue
        name = seen.to.removeprefix("dm:")
        now = world.settings_at(name, seen.at)
        just_before = world.settings_at(name, seen.at - timedelta(microseconds=1))
        if not now.working(seen.at) and not just_before.working(seen.at):
            yield f"outside working hours: {seen.at} {seen.to} {kinds} {now}"
        together[seen.to, seen.at].append(kinds)
    restarts = {back for _, back in world.down}
    for (to, at), messages in together.items():
        if len(messages) > 1 and at in restarts:
            yield f"several messages at once: {at} {to} {messages}"


def _reminders(world: FuzzedTeams, sends: Sequence[Seen], prompts: Prompts) -> Iterator[str]:
    """Two hours before the day's end, and not within two hours of the prompt; that there is one, keys see to."""
    for seen in sends:
        for part in seen.parts:
            if part.kind != "standup.reminder" or part.date is None:
                continue
            name = seen.to.removeprefix("dm:")
            asked = prompts.get((int(part.key.split(":")[1]), name, part.date))
            if asked is None:  # the member wrote before they were asked
                continue
            if seen.at - asked[0] < 2 * HOUR:
                yield f"reminded too soon: {part.key} {asked[0]} {seen.at}"
            moved = any(asked[0] < since <= seen.at for since, _ in world.settings[name])
            was_down = any(dead <= seen.at and seen.at - 2 * HOUR <= back for dead, back in world.down)
            shift = world.settings_at(name, asked[0]).shift(part.date)
            if shift and not moved and not was_down and seen.at != shift[1] - 2 * HOUR:
                yield f"reminded at another time: {part.key} {seen.at} {shift}"


# --- every working day ----------------------------------------------------------------------------------------


def _every_day(world: FuzzedTeams, tables: dict[str, Sequence[Any]], prompts: Prompts) -> Iterator[str]:
    """Where nothing changed around a day: prompted on time, or late on the day, or missed; on no other."""
    names = {member.id: member.name for member in world.members.values()}
    states = {(row.subject, row.member, row.date): row.state for row in tables["occurrences"]}
    for since, until, standup in _calm_standups(world):
        for member in standup.members:
            name = names[member]
            for first, last, settings in _calm_settings(world, name, since, until):
                day = first.date()
                while day <= last.date():
                    state = states.get((f"standup:{standup.id}", member, day.isoformat()))
                    sent = prompts.get((standup.id, name, day), [])
                    if wrong := _day(world, name, standup, settings, day, first, last, state, sent):
                        yield f"{wrong}: {name} {day} {state} {sent} {standup} {settings}"
                    day += DAY


def _calm_standups(world: FuzzedTeams) -> Iterator[tuple[datetime, datetime, Standup]]:
    """Standups with the instants between which nothing was changed about them."""
    for number, (since, standups) in enumerate(world.standups):
        until = world.standups[number + 1][0] if number + 1 < len(world.standups) else world.clock.now()
        for standup in standups.values():
            if standup.state == "active" and standup.every_weeks == 1:
                yield since, until, standup


def _calm_settings(
    world: FuzzedTeams, name: str, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, Settings]]:
    known = world.settings[name]
    for number, (begun, settings) in enumerate(known):
        over = known[number + 1][0] if number + 1 < len(known) else world.clock.now()
        if max(since, begun) < min(until, over):
            yield max(since, begun), min(until, over), settings


def _day(
    world: FuzzedTeams,
    name: str,
    standup: Standup,
    settings: Settings,
    day: date,
    first: datetime,
    last: datetime,
    state: str | None,
    sent: list[datetime],
) -> str:
    due, shift = settings.due(day, standup.at, standup.days), settings.shift(day)
    early = _asked_for(world, name, settings.at(day, standup.at))
    if due is None or shift is None:
        midnight = settings.at(day, standup.at.min)
        calm = first <= midnight - DAY and midnight + 2 * DAY <= last
        return "prompted on a day off" if calm and sent and not early else ""
    if not first <= due - 26 * HOUR or not shift[1] + 2 * HOUR <= last:
        return ""
    if state is None:
        return "a working day was forgotten"
    if early:
        return ""
    dead = next((back for dead, back in world.down if dead <= due <= back and due not in sent), None)
    if state == "missed":
        return "missed without a downtime" if dead is None or dead < shift[1] else ""
    if not sent:
        return "neither prompted nor missed"
    if dead is None:
        return "prompted at another time" if sent[0] != due else ""
    return "" if dead <= sent[0] < shift[1] else "prompted late, and not on its day"


def _asked_for(world: FuzzedTeams, name: str, at: datetime) -> bool:
    """Whether somebody did what moves a prompt: wrote or skipped ahead, or days late, or had all asked now."""
    around = [(by, words) for done, by, words in world.done if at - 2 * DAY < done < at + 6 * DAY]
    own = ("update", "skip", "react")
    return any(words.startswith("standup now") or (by == name and words.startswith(own)) for by, words in around)


# --- what is left over, and what is lost ------------------------------------------------------------------------


def _nothing_left_over(world: FuzzedTeams, tables: dict[str, Sequence[Any]]) -> Iterator[str]:
    now = to_micros(world.clock.now())
    standups = {row.id: row for row in tables["standup_standups"]}
    members = defaultdict(set)
    for row in tables["team_members"]:
        members[row.team].add(row.member)
    for timer in tables["timers"]:
        if timer.due <= now:
            yield f"a timer is stuck: {timer.cog} {timer.job} {timer.key}"
        if timer.cog == "standup" and timer.job not in ("close", "missed", "missed-owner"):
            standup, member = (int(part) for part in timer.key.split(":"))
            asked = standups[standup].state == "active" and member in members[standups[standup].team]
            if not asked:
                yield f"a timer for nobody: {timer.job} {timer.key}"
    planned = {timer.key for timer in tables["timers"] if (timer.cog, timer.job) == ("standup", "prompt")}
    for standup, row in standups.items():
        for person in world.members.values():
            if row.state == "active" and person.id in members[row.team] and f"{standup}:{person.id}" not in planned:
                settings = world.settings_at(person.name, world.clock.now())
                ahead = (world.clock.now().date() + step * DAY for step in range(2, 60))
                if any(settings.due(day, standup_time(row.at), row.days) for day in ahead) and row.every_weeks == 1:
                    yield f"no prompt is planned: {standup}:{person.id} {settings}"
    yield from (f"a row is stuck: {row.key}" for row in tables["queued"] if row.not_before <= now)
    yield from (f"a chunk is stuck: {row.parts}" for row in tables["pending"])
    for row in tables["conversations"]:
        if row.cog == "standup" and row.expires > now:
            standup = standups[int(row.subject)]
            if standup.state == "deleted" or row.member not in members[standup.team]:
                yield f"a question to who is not asked any more: {row.member} {row.subject}"


def standup_time(written: str) -> Any:
    """Read a standup's time as it is stored."""
    return datetime.strptime(written, "%H:%M").replace(tzinfo=UTC).time()


def _nothing_lost(world: FuzzedTeams, tables: dict[str, Sequence[Any]]) -> Iterator[str]:
    """What stands as an answer stands in the journal; what was taken back in neither."""
    stands = defaultdict(set)
    for entry in tables["journal"]:
        words = WORD.findall(entry.text)
        stands[entry.author].update(words)
        yield from (f"taken back, and in the journal: {word}" for word in words if word in world.taken_back)
    for answer in tables["standup_answers"]:
        for word in WORD.findall(answer.text):
            if word in world.taken_back:
                yield f"taken back, and an answer: {word}"
            elif word not in stands[answer.member]:
                yield f"an answer that is not in the journal: {answer.text}"


def _handed_off_once(world: FuzzedTeams, tables: dict[str, Sequence[Any]]) -> Iterator[str]:
    """Every date with entries is in one handoff (the table's key sees to at most one), which shows them all."""
    covered = {(row.team, row.member, row.date): row.post for row in tables["handoff_covered"]}
    posts = {row.key: row for row in tables["handoff_posts"]}
    crews = {row.team for row in tables["team_members"]}
    posting = {row.team for row in tables["channels"] if row.purpose == "handoff"} & crews
    written: dict[tuple[int, int, str], set[str]] = defaultdict(set)
    said: dict[tuple[int, int, str], datetime] = {}
    for entry in tables["journal"]:
        if entry.state != "withdrawn" and entry.team in posting:
            one = (entry.team, entry.author, entry.date)
            written[one].update(WORD.findall(entry.text))
            said[one] = min(said.get(one, world.clock.now()), from_micros(entry.at))
    shown = "\n".join(m.text for m in world.server.messages.values() if m.by == BOT and m.address.startswith("#"))
    for one, words in written.items():
        if one not in covered:
            if max(said[one].date(), date.fromisoformat(one[2])) < world.clock.now().date() - 3 * DAY:
                yield f"never handed off: {one} {words} {said[one]}"
        elif posts[covered[one]].state == "posted":
            yield from (f"not shown in its handoff: {one} {word}" for word in words if word not in shown)
        elif posts[covered[one]].state == "empty":
            yield f"handed off as empty: {one} {words} {said[one]}"


def _taken_back(world: FuzzedTeams) -> Iterator[str]:
    """What was edited away or deleted stands nowhere."""
    for message in world.server.messages.values():
        if message.by == BOT and not message.deleted:
            for word in WORD.findall(message.text):
                if word in world.taken_back:
                    yield f"taken back, and still shown: {word} in {message.address}: {message.text[:200]!r}"


def _decks(tables: dict[str, Sequence[Any]]) -> Iterator[str]:
    """No prompt comes again before its theme is through (12 prompts; no world here is long enough for that)."""
    drawn = Counter((row.team, row.theme, row.prompt) for row in tables["social_posts"])
    yield from (f"posted {times} times: {prompt}" for prompt, times in drawn.items() if times > 1)

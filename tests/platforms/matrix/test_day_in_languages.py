"""The same working day on a real homeserver in German and in Japanese: what people type, and all that they read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from babel import Locale

from bot.i18n.catalogues import template
from bot.testing.catalogues import Project, extract
from tests.platforms.matrix.humans.plain import Human, Line, eventually
from tests.platforms.matrix.living import LivingBot
from tests.platforms.matrix.synapse import Synapse

SUNDAY = datetime(2026, 10, 25, 20, tzinfo=UTC)
PROJECT = Project(Path(__file__).resolve().parents[3])


@dataclass(frozen=True)
class Day:
    """One language's day: for each step what is typed, and what of the answer is checked.

    `first` sets the team up where the day begins, `second` takes over half a world away.
    """

    language: str
    first: str
    second: str
    prompt: datetime
    """When `first` is asked: their Monday, half past nine."""
    social: datetime
    evening: datetime
    morning: datetime
    """When `second` starts, and needs to know what is waiting."""
    steps: Mapping[str, tuple[str, ...]]

    def typed(self, step: str) -> str:
        return self.steps[step][0]

    def read(self, step: str) -> tuple[str, ...]:
        return self.steps[step][1:]


GERMAN = Day(
    "de",
    "Anna",
    "Jonas",
    datetime(2026, 10, 26, 8, 30, tzinfo=UTC),
    datetime(2026, 10, 26, 12, tzinfo=UTC),
    datetime(2026, 10, 26, 17, tzinfo=UTC),
    datetime(2026, 10, 26, 20, 30, tzinfo=UTC),
    {
        "language": ("workspace language Deutsch", "Ab jetzt schreibe ich hier auf Deutsch"),
        "team": ("team create Atlas zone:Berlin", "Das Team Atlas"),
        "member": ("team add Atlas Jonas", "Jonas"),
        "handoff": ("channel set Atlas handoff here", "#Atlas"),
        "chat": ("channel set Atlas social here", "#Atlas"),
        "standup": ("standup create Atlas at:9 Uhr 30 days:Mo bis Fr", "09:30, Mo–Fr", "Mo., 26. Okt., 09:30"),
        "threads": ("social on Atlas days:montags", "Mo, in #Atlas", "Mo., 26. Okt."),
        "themes": ("social themes Atlas Tiere, Bücher", "„Bücher“", "Tiere, Lesen, Wochenende"),
        "theme": ("social themes Atlas tiere lesen", "🐾", "Was wir lesen: Lesen", "Nicht dabei"),
        "hello": ("", "Hallo Anna!", "Team Atlas"),
        "zone": ("me timezone Berlin", "Deine Zeitzone: Berlin"),
        "hours": ("me hours 9 bis 17:30 Uhr Mo bis Fr", "09:00–17:30 (Mo–Fr)"),
        "holidays": ("me holidays DE-BE", "Fr., 25. Dez.: Erster Weihnachtstag"),
        "no holidays": ("me holidays keine", "Feiertage"),
        "help": ("help", "Das kann ich"),
        "unknown": ("kannst du mir helfen?", "keine Frage offen"),
        "no time": ("snooze bald", "„bald“ ist keine Dauer"),
        "no date": ("me away until 31.2.", "31.2.", "ist kein Datum", "2027-01-31"),
        "asked": ("", "Zeit für dein Update an Atlas", "1. Was hast du geschafft?"),
        "answer": ("1. Parser gemergt\n2) die Doku\n3: warte auf die Schlüssel", "Danke!", "vom Mo., 26. Okt."),
        "edit": (
            "1. Parser gemergt\n2. die Doku, durchgesehen\n3. @Jonas lies sie bitte",
            "die Doku, durchgesehen",
            "1 Bitte an Jonas",
        ),
        "post": ("", "das erste Wort an Berlin"),
        "reply": ("Schöne Frage!",),
        "baton": ("", "Atlas: Berlin → Auckland, Mo., 26. Okt.", "Parser gemergt"),
        "needs": ("", "Anna", "lies sie bitte"),
        "their zone": ("me timezone Auckland", "Deine Zeitzone: Auckland"),
        "later": ("snooze 30 Minuten", "10:00"),
        "one": ("Doku gelesen", "2 von 3"),
        "two": ("das Release", "3 von 3"),
        "three": ("nichts im Weg", "vom Di., 27. Okt."),
        "away": ("me away until übermorgen Umzug", "Mi., 28. Okt.", "Umzug"),
        "back": ("me back", "Schön, dass du wieder da bist"),
        "far": ("me away until 24. Dezember 2027 Weltreise", "Fr., 24. Dez. 2027", "Antworte mit Ja oder Nein"),
        "no": ("nein", "Es wurde nichts geändert"),
        "soon": ("me away until 3.1.2027 Familie", "So., 3. Jan. 2027"),
        "me": ("me show", "Was ich über dich weiß", "So., 3. Jan. 2027", "Berlin"),
    },
)

JAPANESE = Day(
    "ja",
    "花子",
    "健太",
    datetime(2026, 10, 26, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 26, 4, tzinfo=UTC),
    datetime(2026, 10, 26, 9, tzinfo=UTC),
    datetime(2026, 10, 26, 9, 30, tzinfo=UTC),
    {
        "language": ("workspace language 日本語", "これからここでは日本語で書きます"),
        "team": ("team create Atlas zone:東京", "Atlas"),
        "member": ("team add Atlas 健太", "健太さん"),
        "handoff": ("channel set Atlas handoff here", "#Atlas"),
        "chat": ("channel set Atlas social here", "#Atlas"),
        "standup": ("standup create Atlas at:９時半 days:月〜金", "9:30、月～金", "10月26日(月) 9:30"),
        "threads": ("social on Atlas days:月曜日", "月、#Atlas", "10月26日(月)"),
        "themes": ("social themes Atlas ペット、山登り", "山登り", "読書"),
        "theme": ("social themes Atlas ペット、読書", "🐾", "ペット", "使っていないもの"),
        "hello": ("", "花子さん、こんにちは！チーム Atlas に追加されました。"),
        "zone": ("me timezone 東京", "東京"),
        "hours": ("me hours 9時〜17時半 月火水木金", "9:00～17:30（月～金）"),
        "holidays": ("me holidays JP", "11月3日(火)", "文化の日"),
        "no holidays": ("me holidays なし", "祝日"),
        "help": ("help", "できること"),
        "unknown": ("どうすればいいですか", "いまお聞きしている質問はない"),
        "no time": ("snooze そのうち", "そのうち"),
        "no date": ("me away until 2月31日", "2月31日", "2027-01-31"),
        "asked": ("", "Atlas の報告の時間です", "1. 終わったことは何ですか？"),
        "answer": ("①パーサーをマージ\n②ドキュメント\n③鍵待ち", "ありがとうございます", "10月26日(月)"),
        "edit": (
            "１．パーサーをマージ\n２．ドキュメント（確認済み）\n３．@健太さん、読んでもらえますか？",
            "ドキュメント（確認済み）",
            "健太さんへのお願い1件",
        ),
        "post": ("", "今日、最初に話すのは東京です"),
        "reply": ("いい質問ですね。",),
        "baton": ("", "Atlas: 東京 → リスボン、10月26日(月)", "パーサーをマージ"),
        "needs": ("", "花子さん", "読んでもらえますか？"),
        "their zone": ("me timezone リスボン", "リスボン"),
        "later": ("snooze 30分", "10:00"),
        "one": ("ドキュメントを読みました", "2/3"),
        "two": ("リリース", "3/3"),
        "three": ("特になし。", "10月26日(月)"),
        "away": ("me away until 明後日 引っ越し", "10月28日(水)", "引っ越し"),
        "back": ("me back", "おかえりなさい"),
        "far": ("me away until 2027年12月24日 世界一周", "2027年12月24日(金)", "「はい」"),
        "no": ("いいえ", "何も変更していません"),
        "soon": ("me away until 1/3 家族旅行", "2027年1月3日(日)"),
        "me": ("me show", "2027年1月3日(日)", "東京"),
    },
)


class Member:
    """A person, and what passes between them and the bot."""

    def __init__(self, human: Human, bot: LivingBot, day: Day, room: str) -> None:
        self.human = human
        self.bot = bot
        self.day = day
        self.room = room
        self.direct = ""

    async def says(self, step: str) -> Line:
        """Type a step's line in the direct conversation, and read the answer."""
        before = {line.id for line in await self.human.lines(self.direct)}
        await self.human.say(self.direct, self.day.typed(step))
        return await self.reads(step, self.direct, but=before)

    async def commands(self, step: str, mention: Human | None = None) -> Line:
        """Type a step's command in the room, and read the answer."""
        before = {line.id for line in await self.human.lines(self.room)}
        line = f"!helio {self.day.typed(step)}"
        if mention is None:
            await self.human.say(self.room, line)
        else:
            pill = f'<a href="https://matrix.to/#/{mention.user_id}">{self.day.second}</a>'
            formatted = line.replace(self.day.second, pill)
            mentions = [mention.user_id]
            html = {"format": "org.matrix.custom.html", "formatted_body": formatted}
            await self.human.say(self.room, line, mentions=mentions, **html)
        return await self.reads(step, self.room, but=before)

    async def reads(self, step: str, room: str, *, but: frozenset[str] | set[str] = frozenset()) -> Line:
        """Wait for a line of the bot with all that the step's answer has in it."""

        def is_it(line: Line) -> bool:
            text = line.text.replace("\u00a0", " ")
            ours = line.sender == self.bot.user_id and line.id not in but
            return ours and all(words in text for words in self.day.read(step))

        return await self.human.hear(room, is_it)

    async def meets_the_bot(self) -> None:
        self.direct = await self.human.until_invited(self.bot.user_id)
        await self.human.join(self.direct)


@pytest_asyncio.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[LivingBot]:
    bot = await LivingBot.make(synapse, tmp_path, SUNDAY)
    await bot.start()
    yield bot
    await bot.close()


@pytest.mark.parametrize("day", [GERMAN, JAPANESE], ids=lambda day: day.language)
async def test_a_team_lives_a_day_in_its_own_language(synapse: Synapse, bot: LivingBot, day: Day) -> None:
    human = await synapse.human("first")
    mate = await (synapse.js_human("second") if day is JAPANESE else synapse.human("second"))
    await human.set_display_name(day.first)
    await mate.set_display_name(day.second)
    room = await human.create_room("Atlas", invite=[mate.user_id])
    await mate.join(room)
    await human.invite(room, bot.user_id)
    await human.until_member(room, bot.user_id)
    one, two = Member(human, bot, day, room), Member(mate, bot, day, room)

    await _set_up(one, two)
    await _tell_about_oneself(one, two)
    await _answer(one)
    await _take_over(one, two)
    await _go_away(one)

    for member in (one, two):
        for place in (room, member.direct):
            for line in await member.human.lines(place):
                if line.sender == bot.user_id:
                    assert not list(english(line.text, day.language)), line.text


async def _set_up(one: Member, two: Member) -> None:
    await one.commands("language")
    await one.commands("team")
    await one.commands("member", mention=two.human)
    for step in ("handoff", "chat", "standup", "threads", "themes", "theme"):
        await one.commands(step)


async def _tell_about_oneself(one: Member, two: Member) -> None:
    """The bot greets them when their team's morning begins, and they say where they are and when they work."""
    bot, day = one.bot, one.day
    await bot.until(day.prompt.replace(minute=10))
    await one.meets_the_bot()
    await one.reads("hello", one.direct)
    for step in ("zone", "hours", "holidays", "no holidays", "help", "unknown", "no time", "no date"):
        await one.says(step)
    await two.meets_the_bot()
    await two.says("their zone")


async def _answer(one: Member) -> None:
    bot, day = one.bot, one.day
    await bot.until(day.prompt)
    await one.reads("asked", one.direct)
    said = await one.human.say(one.direct, day.typed("answer"))
    await one.reads("answer", one.direct)
    await one.human.edit(one.direct, said, day.typed("edit"))
    await one.reads("edit", one.direct)


async def _take_over(one: Member, two: Member) -> None:
    """A social thread, the handoff with everyone's own words, and the next one's day."""
    bot, day = one.bot, one.day
    await bot.until(day.social)
    post = await one.reads("post", one.room)
    await one.human.thread_reply(one.room, post.id, day.typed("reply"))
    await bot.until(day.evening)
    baton = await one.reads("baton", one.room)

    async def is_told() -> bool:
        return any(line.thread == baton.id for line in await one.human.lines(one.room))

    await eventually(is_told)
    await bot.until(day.morning)
    await two.reads("needs", two.direct)
    await two.reads("asked", two.direct)
    await two.says("later")
    await bot.until(day.morning.replace(hour=day.morning.hour + 1))
    for step in ("one", "two", "three"):
        await two.says(step)


async def _go_away(one: Member) -> None:
    for step in ("away", "back", "far", "no", "soon", "me"):
        await one.says(step)


# --- what must not be read ------------------------------------------------------------------------------------


def english(text: str, language: str) -> Iterator[str]:
    """What of a text is English: a sentence of the code, or the name of a month or a weekday."""
    shown = re.sub(r"`[^`]*`", "", text.replace("\u00a0", " "))
    for sentence, form in SENTENCES.items():
        if form.search(shown):
            yield sentence
    names, own = _calendar("en"), _calendar(language)
    for name in names - own:
        if re.search(rf"\b{name}\b", shown):
            yield name


def _calendar(language: str) -> set[str]:
    locale = Locale.parse(language)
    return {
        name.rstrip(".")
        for names in (locale.months, locale.days)
        for width in ("wide", "abbreviated")
        for name in names["format"][width].values()
    }


def _sentences() -> dict[str, re.Pattern[str]]:
    """What each sentence of the code looks like, with anything in its placeholders; not those of a word or two."""
    found = {}
    for folder in PROJECT.domains().values():
        for message in extract(PROJECT, folder):
            for source in message.id if isinstance(message.id, tuple) else (message.id,):
                pieces = template(str(source))
                literal = "".join(words for words, _name in pieces)
                if len(re.findall(r"[a-z]{2,}", literal)) >= 3:
                    parts = (re.escape(words) + (".{1,80}?" if name else "") for words, name in pieces)
                    found[str(source)] = re.compile("".join(parts))
    return found


SENTENCES = _sentences()


def test_an_english_sentence_would_be_noticed() -> None:
    assert list(english("Anna is in Atlas now. Their prompts begin on Mon.", "de"))
    assert list(english("Zeit am Oct 26", "de")) == ["Oct"]
    assert not list(english("Am Mo., 26. Okt., siehe `me away until friday family`.", "de"))

"""How Discord shows each kind of block, what people can't do with what they write, and where a long text is parted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.app import services
from bot.engine.ports import Reader, Rendered
from bot.model.identity import MemberId
from bot.model.message import (
    Block,
    Bullets,
    ChannelName,
    Choice,
    CommandText,
    Divider,
    Fields,
    Heading,
    Image,
    Message,
    OptionName,
    Person,
    Quote,
    Text,
    catalogue,
    message,
)
from bot.model.moment import Moment, Show
from bot.platforms.discord import emoji
from bot.platforms.discord.marks import escaped, units
from bot.platforms.discord.media import LINK, File
from bot.platforms.discord.naming import custom_id, pressed, sent_as, stamped
from bot.platforms.discord.render import LIMIT, MOST_BUTTONS, SUPPRESS_EMBEDS, render
from tests.platforms.discord.markdown import read
from tests.platforms.rendering import ANA, DM, LOCALIZER, ROOM

_, n_ = catalogue("bot")
CAT = File("11", "22", "33", "a cat.png")
NOON = datetime(2026, 10, 26, 12, 0, tzinfo=UTC)


def rendered(*blocks: Block, reader: Reader = DM) -> Rendered:
    (one,) = render(message(*blocks), reader, LOCALIZER)
    return one


TABLE: list[tuple[Block, str, str]] = [
    (Text((_("One."), _("Two."))), "One. Two.", "One. Two."),
    (Text(("*a* _b_\n# c",)), "*a* _b_\n  # c", "\\*a\\* \\_b\\_\n  \\# c"),
    (Heading(_("Done")), "▌ Done", "### Done"),
    (Bullets((_("a"), "b\nc")), "• a\n• b\n  c", "- a\n- b\n  c"),
    (Bullets((_("a"), _("b")), ordered=True, first=3), "3. a\n4. b", "3. a\n4. b"),
    (Quote("one\n\n> two"), "> one\n> \n> > two", "> one\n> \u200b\n> \\> two"),
    (Quote("one two three", limit=8), "> one two…", "> one two…"),
    (Quote("one", ANA), "Ana:\n> one", "Ana:\n> one"),
    (Fields(((_("Zone"), "Lisbon"), (_("Day"), "Mon"))), "Zone: Lisbon\nDay: Mon", "**Zone**: Lisbon\n**Day**: Mon"),
    (Divider(), "───", "───"),
    (Text((_("In {channel}.", channel=ChannelName("a_b")),)), "In #a_b.", "In #a\\_b."),
    (Image("https://x.org/a_b?c&d", _("a cat")), "[picture: a cat] https://x.org/a_b?c&d",
     "\\[picture: a cat\\] https://x.org/a_b?c&d"),
    (Image(CAT.reference, _("a cat")), "[picture: a cat] a cat.png", f"\\[picture: a cat\\] {CAT.reference}"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "plain", "markdown"), TABLE)
def test_blocks(block: Block, plain: str, markdown: str) -> None:
    one = rendered(block)
    assert (one.text, one.content["content"]) == (plain, markdown)


def test_every_message_says_whom_it_notifies_and_shows_no_previews() -> None:
    assert rendered(Text((_("Hello."),))).content == {
        "content": "Hello.",
        "allowed_mentions": {"parse": [], "users": [], "replied_user": False},
        "flags": SUPPRESS_EMBEDS,
        "components": [],
    }


def test_pictures_are_shown() -> None:
    assert rendered(Image(CAT.reference, _("a cat"))).content["flags"] == 0


def test_a_message_of_nothing_is_one_that_discord_takes() -> None:
    (one,) = render(Message(()), DM, LOCALIZER)
    assert one.content["content"] == "\u200b"


# --- values ---------------------------------------------------------------------------------------------------


def test_only_who_may_be_notified_is_mentioned() -> None:
    both = _("{a} and {b}", a=Person(MemberId(1), "Ana_", ping=True), b=Person(MemberId(2), "Bo_", ping=True))
    one = rendered(Text((both,)), reader=Reader("en", pings={MemberId(1): "42"}))
    assert (one.text, one.content["content"]) == ("@Ana_ and Bo_", "<@42> and Bo\\_")
    assert one.content["allowed_mentions"] == {"parse": [], "users": ["42"], "replied_user": False}


def test_an_account_that_is_no_id_is_only_named() -> None:
    person = _("{a}", a=Person(MemberId(1), "Ana", ping=True))
    one = rendered(Text((person,)), reader=Reader("en", pings={MemberId(1): "42> @everyone"}))
    assert one.content["content"] == "Ana"


def test_each_message_of_a_long_one_notifies_its_own_people() -> None:
    reader = Reader("en", pings={MemberId(1): "41", MemberId(2): "42"})
    items = (
        _("{a}", a=Person(MemberId(1), "Ana", ping=True)),
        "word " * 500,
        _("{b}", b=Person(MemberId(2), "Bo", ping=True)),
    )
    parts = render(message(Bullets(items)), reader, LOCALIZER)
    notified = [part.content["allowed_mentions"]["users"] for part in parts]
    assert (notified[0], notified[-1]) == (["41"], ["42"])
    assert all("<@41>" not in part.content["content"] for part in parts[1:])


@pytest.mark.parametrize(
    ("show", "style", "plain"),
    [(Show.TIME, "t", "12:00"), (Show.DATE, "D", "26 Oct"), (Show.DATE_TIME, "f", "26 Oct"), (Show.RELATIVE, "R", "")],
)
def test_instants_are_shown_to_each_reader_in_their_own_time(show: Show, style: str, plain: str) -> None:
    one = rendered(Text((_("At {when}.", when=Moment(NOON, show)),)))
    assert one.content["content"] == f"At <t:{int(NOON.timestamp())}:{style}>."
    assert plain in one.text and "<t:" not in one.text


def test_an_instant_that_is_pinned_to_a_zone_stays_there() -> None:
    one = rendered(Text((_("At {when}.", when=Moment(NOON, Show.TIME, "Asia/Kolkata")),)))
    assert one.content["content"] == "At 17:30."


def test_commands_are_shown_as_slash_commands_wherever_they_are_read() -> None:
    for reader in (DM, ROOM):
        one = rendered(Text((_("Type {command}.", command=CommandText("me `show`")),)), reader=reader)
        assert (one.text, one.content["content"]) == ("Type `/me 'show'`.", "Type `/me 'show'`.")


@pytest.mark.parametrize(("reader", "name"), [(Reader("de", direct=True), "zeitzone"), (Reader("de"), "zone")])
def test_an_option_is_called_what_all_clients_that_show_it_call_it(reader: Reader, name: str) -> None:
    (one,) = render(message(OptionName("zone")), reader, LOCALIZER, services().registry.commands)
    assert (one.text, one.content["content"]) == (name, name)
    assert rendered(Text((OptionName("zone"),)), reader=reader).text == "zone"


# --- choices --------------------------------------------------------------------------------------------------


def buttons(content: Any) -> list[dict[str, Any]]:
    return [button for row in content["components"] for button in row["components"]]


def test_choices_are_buttons_and_one_that_opens_a_form_stands_out() -> None:
    choices = (Choice("standup write", _("Write"), "✏", form=True), Choice("skip", _("Skip"), "⏭"))
    (one,) = render(Message((Text((_("Good morning."),)),), choices), DM, LOCALIZER)
    assert one.text == "Good morning.\n\n[✏️ Write] [⏭️ Skip]"
    assert one.content["content"] == "Good morning."
    assert [
        (each["style"], each["label"], each["emoji"]["name"], each["custom_id"]) for each in buttons(one.content)
    ] == [
        (1, "Write", "✏️", "standup write"),
        (2, "Skip", "⏭️", "skip"),
    ]


def test_five_buttons_in_a_row_and_what_finds_no_button_is_typed() -> None:
    choices = tuple(Choice(f"pick {n}", _("Number {n}", n=n), "✅") for n in range(MOST_BUTTONS + 1))
    (one,) = render(Message((Text((_("Which?"),)),), choices), DM, LOCALIZER)
    assert [len(row["components"]) for row in one.content["components"]] == [5] * 5
    assert "✅ Number 25: `/pick 25`" in one.content["content"]


def test_a_label_is_never_longer_than_discord_takes() -> None:
    (one,) = render(Message((), (Choice("pick", _("{team}", team="🦊" * 100), "✅"),)), DM, LOCALIZER)
    label = buttons(one.content)[0]["label"]
    assert units(label) <= 80 and label.endswith("…")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.integers(0, 24), st.text(max_size=60))
def test_a_button_tells_its_messages_key_and_its_command(command: str, number: int, key: str) -> None:
    id = custom_id(number, key, command)
    press = pressed(id)
    assert units(id) <= 100 and press is not None
    assert press.command == command if not press.digest else press.command == ""
    content, kept = stamped({"components": [{"components": [{"custom_id": command}]}]}, key)
    assert sent_as(content["components"]) == press.nonce
    assert kept == ({press.digest: command} if press.digest else {})


@pytest.mark.parametrize("foreign", ["", "x", "helio", "helio:1:", "helio:x:k|skip", "modal:1:k|skip", "helio:1:|skip"])
def test_what_is_no_button_of_a_choice_says_nothing(foreign: str) -> None:
    assert pressed(foreign) is None


@pytest.mark.parametrize(
    ("plain", "written"), [("⏭", "⏭️"), ("✅", "✅"), ("1⃣", "1️⃣"), ("1️⃣", "1️⃣"), ("🦊", "🦊"), ("👩‍🚀", "👩‍🚀"), ("❤️", "❤️")]
)
def test_emojis_are_written_as_discord_takes_them(plain: str, written: str) -> None:
    assert emoji.written(plain) == written


# --- what people write ------------------------------------------------------------------------------------------

SIGNS = st.sampled_from([*"\\`*_~|<>[]()#-+.:@!1/ \n", "**", "||", "@everyone", "<@1>", "https://x.y/_a_", "a", "> "])


@given(st.one_of(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60), st.lists(SIGNS).map("".join)))
@example("http://0<0@>")
@example("http://x.*a* and *b*")
@example("https://x.y/_a_>quote<@1>")
def test_what_people_write_is_shown_as_it_is_and_does_nothing(text: str) -> None:
    found = read(escaped(text))
    assert [what for what, _on in found.acts if what != "link"] == []
    assert found.text.replace("\u200b", "").replace(" ", "") == text.replace("\u200b", "").replace(" ", "")


@pytest.mark.parametrize(
    "address", ["https://example.org/a_b*c~d", "http://x.y/(z)?q=1&r=[2]", "https://example.org/#a-b_c_d"]
)
def test_addresses_stay_what_they_are(address: str) -> None:
    assert escaped(f"see {address}") == f"see {address}"


# --- splitting --------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
LONG = st.lists(WORDS, max_size=300).map(" ".join) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1_900, max_size=5_000
)


def bare(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in ">\u200b\ufffd")


@given(LONG)
def test_a_long_text_is_split_without_losing_a_character(text: str) -> None:
    parts = render(message(Quote(text), Bullets((text,))), DM, LOCALIZER)
    assert all(0 < units(part.content["content"]) <= LIMIT for part in parts)
    kept = "".join(c for c in text if not "\u202a" <= c <= "\u202e" and not "\u2066" <= c <= "\u2069")
    kept = bare(kept.replace("\ufeff", ""))
    assert bare("".join(part.text for part in parts)).replace("•", "", 1) in (kept * 2, kept.replace("•", "", 1) + kept)
    shown = "".join(read(part.content["content"]).text for part in parts)
    assert bare(shown) == kept * 2


def test_room_is_kept_for_the_links_of_files() -> None:
    parts = render(message(*(Image(CAT.reference, _("a cat")) for _n in range(9))), DM, LOCALIZER)
    assert all(part.content["content"].count("discord-file:") * LINK < LIMIT for part in parts)
    assert sum(part.content["content"].count("discord-file:") for part in parts) == 9


def test_a_heading_goes_with_what_follows_it() -> None:
    parts = render(message("word " * 390, Heading(_("Done")), "thing " * 50), DM, LOCALIZER)
    assert [part.text.startswith("▌ Done") for part in parts] == [False, True]


def test_a_long_list_begins_in_the_message_that_names_it() -> None:
    people = Bullets(tuple(f"person {number}" for number in range(300)))
    first, *others = render(message("At work now:", people), DM, LOCALIZER)
    assert "At work now:" in first.text and "person 60" in first.text
    assert "person 299" in others[-1].text


def test_a_quote_that_goes_on_is_a_quote_still() -> None:
    parts = render(message(Quote("word " * 1_000)), DM, LOCALIZER)
    assert len(parts) > 2 and all(part.content["content"].startswith("> ") for part in parts)


def test_nothing_is_cut_inside_a_letter() -> None:
    parts = render(message("👩‍🚀" * 1_000), DM, LOCALIZER)
    assert len(parts) > 1 and all(part.text.startswith("👩") and not part.text.endswith("\u200d") for part in parts)

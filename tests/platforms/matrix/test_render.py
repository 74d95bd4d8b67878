"""How Matrix shows each kind of block, in both bodies, and where a long text is parted."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Person,
    Quote,
    Text,
    catalogue,
    message,
)
from bot.platforms.matrix.marks import border, cut, runs_of
from bot.platforms.matrix.media import Media
from bot.platforms.matrix.render import CHOICES, LARGEST, LIMIT, edited, in_thread, parted, render
from tests.platforms.rendering import ANA, DM, LOCALIZER, ROOM

_, n_ = catalogue("bot")
PING = Person(MemberId(1), "Ana <b>", ping=True)
PINGED = Reader("en", pings={MemberId(1): "@ana:here"})
CAT = Media("mxc://here/cat", "image/png")
SECRET = Media("mxc://here/cat", "image/png", "", "k" * 42 + "-", "i" * 21 + "_", "h" * 43)
EVENT = 65_536


def rendered(*blocks: Block, reader: Reader = DM) -> Rendered:
    (one,) = render(message(*blocks), reader, LOCALIZER)
    return one


TABLE: list[tuple[Block, str, str]] = [
    (Text((_("One."), _("Two."))), "One. Two.", "<p>One. Two.</p>"),
    (Text(("<b>a</b> & \"b\"\n\n    c",)), "<b>a</b> & \"b\"\n  \n      c",
     "<p>&lt;b&gt;a&lt;/b&gt; &amp; &quot;b&quot;<br>\xa0 <br>\xa0\xa0\xa0\xa0\xa0 c</p>"),
    (Heading(_("Done")), "▌ Done", "<h4>Done</h4>"),
    (Bullets((_("a"), "b\nc")), "• a\n• b\n  c", "<ul><li>a</li><li>b<br>\xa0 c</li></ul>"),
    (Bullets((_("a"), _("b")), ordered=True, first=3), "3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    (Quote("one\n\n<i>two"), "> one\n>\n> <i>two", "<blockquote>one<br><br>&lt;i&gt;two</blockquote>"),
    (Quote("one two three", limit=8), "> one two…", "<blockquote>one two…</blockquote>"),
    (Quote("one", ANA), "Ana:\n> one", "<p>Ana:</p><blockquote>one</blockquote>"),
    (Fields(((_("Zone"), "Lisbon"), (_("Day"), "Mon"))), "Zone: Lisbon\nDay: Mon",
     "<p><strong>Zone</strong><strong>:</strong> Lisbon<br><strong>Day</strong><strong>:</strong> Mon</p>"),
    (Divider(), "───", "<hr>"),
    (Image("https://x.org/a?b&c", _("a cat")), "[picture: a cat] https://x.org/a?b&c",
     '<p>[picture: a cat] <a href="https://x.org/a?b&amp;c">https://x.org/a?b&amp;c</a></p>'),
    (Image("javascript:x", _("a cat")), "[picture: a cat] javascript:x", "<p>[picture: a cat] javascript:x</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "plain", "html"), TABLE)
def test_blocks(block: Block, plain: str, html: str) -> None:
    one = rendered(block)
    assert (one.text, one.content["body"], one.content["formatted_body"]) == (plain, plain, html)


def test_every_message_is_a_notice_that_says_whom_it_mentions() -> None:
    assert rendered(Text((_("Hello."),))).content == {
        "msgtype": "m.notice",
        "body": "Hello.",
        "format": "org.matrix.custom.html",
        "formatted_body": "<p>Hello.</p>",
        "m.mentions": {},
    }


def test_blocks_are_paragraphs() -> None:
    one = rendered(Heading(_("Done")), Bullets((_("a"),)), Divider(), Text((_("b"),)))
    assert one.text == "▌ Done\n\n• a\n\n───\n\nb"
    assert one.content["formatted_body"] == "<h4>Done</h4><ul><li>a</li></ul><hr><p>b</p>"


def test_a_message_of_nothing_is_one_empty_message() -> None:
    assert [one.text for one in render(Message(()), DM, LOCALIZER)] == [""]


# --- values ---------------------------------------------------------------------------------------------------


def test_commands_have_their_prefix_in_rooms() -> None:
    type_it = message(_("Type {command}.", command=CommandText("me show")))
    (direct,) = render(type_it, DM, LOCALIZER, "!bot")
    (room,) = render(type_it, ROOM, LOCALIZER, "!bot")
    assert (direct.text, room.text) == ("Type `me show`.", "Type `!bot me show`.")
    assert room.content["formatted_body"] == "<p>Type <code>!bot me show</code>.</p>"


def test_a_command_for_a_room_has_its_prefix_everywhere() -> None:
    assert rendered(Text((_("Type {command}.", command=CommandText("me show", room=True)),))).text == (
        "Type `!helio me show`."
    )


def test_only_who_may_be_notified_is_mentioned() -> None:
    one = rendered(Text((_("{a} and {b}", a=PING, b=Person(MemberId(2), "Bo", ping=True)),)), reader=PINGED)
    assert one.text == "Ana <b> and Bo"
    assert one.content["formatted_body"] == ('<p><a href="https://matrix.to/#/@ana:here">Ana &lt;b&gt;</a> and Bo</p>')
    assert one.content["m.mentions"] == {"user_ids": ["@ana:here"]}


@pytest.mark.parametrize("account", ["ana", "@ana:he\x02re", "@ana:he re", ""])
def test_what_is_no_user_id_is_never_mentioned(account: str) -> None:
    one = rendered(Text((_("{a}", a=PING),)), reader=Reader("en", pings={MemberId(1): account}))
    assert (one.content["m.mentions"], one.content["formatted_body"]) == ({}, "<p>Ana &lt;b&gt;</p>")


def test_a_user_id_can_not_leave_its_link() -> None:
    account = '@a"><script>x</script>&amp;:here'
    one = rendered(Text((_("{a}", a=PING),)), reader=Reader("en", pings={MemberId(1): account}))
    assert one.content["m.mentions"] == {"user_ids": [account]}
    assert "<script>" not in one.content["formatted_body"]
    assert one.content["formatted_body"].count('"') == 2


HOSTILE = [
    "<script>alert(1)</script>",
    '<a href="https://matrix.to/#/@bo:here">Bo</a>',
    "@room @ana:here",
    "\x01u@bo:here\x02Bo\x03",
    "\x01chelp\x02help\x03",
    "&lt;b&gt;",
    '"onmouseover=x',
    "</p></blockquote><h1>",
    "\x1b[31m\x00\u202e\ud800",
]


@pytest.mark.parametrize("written", HOSTILE)
def test_what_people_write_is_shown_and_does_nothing(written: str) -> None:
    person = Person(MemberId(2), written)
    shown = message(
        Text((written, _("From {person}.", person=person))),
        Heading(written),
        Quote(written, person),
        Bullets((written,)),
        Fields(((written, written),)),
        Image(written, written),
        Text((CommandText(written), ChannelName(written))),
    )
    (one,) = render(shown, PINGED, LOCALIZER)
    assert one.content["m.mentions"] == {}
    found = Tags()
    found.feed(one.content["formatted_body"])
    assert found.tags <= {"p", "h4", "blockquote", "ul", "li", "strong", "code", "br"}
    assert found.attributes == set()
    assert found.open == []
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", one.text + one.content["formatted_body"])
    json.dumps(one.content, ensure_ascii=False).encode()


class Tags(HTMLParser):
    """Notes which tags and attributes an HTML text has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_their_further_lines_do_not_look_like_the_bots() -> None:
    written = "fine\n▌ Heading\n• item\n⏭ Skip: `skip`"
    for block in (Text((written,)), Bullets((written,)), Quote(written)):
        lines = rendered(block).text.split("\n")[1:]
        assert all(line.startswith((" ", ">")) for line in lines)


# --- choices --------------------------------------------------------------------------------------------------

SKIP, LATER = Choice("skip", _("Skip"), "⏭"), Choice("snooze 1h", _("In an hour"), "💤")


def test_choices_are_last_lines_of_what_to_type() -> None:
    asked = Message((Text((_("Hello."),)),), (SKIP, LATER))
    (one,) = render(asked, DM, LOCALIZER)
    assert one.text == "Hello.\n\n⏭ `skip`\n💤 In an hour: `snooze 1h`"
    assert one.content["formatted_body"] == (
        "<p>Hello.</p><p>⏭ <code>skip</code><br>💤 In an hour: <code>snooze 1h</code></p>"
    )
    (room,) = render(asked, ROOM, LOCALIZER)
    assert room.text.endswith("⏭ `!helio skip`\n💤 In an hour: `!helio snooze 1h`")


def test_choices_are_parted_from_what_is_sent() -> None:
    (one,) = render(Message((Text((_("Hello."),)),), (SKIP, LATER, SKIP)), DM, LOCALIZER)
    sent, emojis = parted(one.content)
    assert emojis == ("⏭", "💤")
    assert CHOICES not in sent
    assert sent == {key: value for key, value in one.content.items() if key != CHOICES}
    assert parted(sent) == (sent, ())


def test_choices_come_once_and_last() -> None:
    parts = render(Message((Text(("word " * 5_000,)),), (SKIP,)), DM, LOCALIZER)
    assert len(parts) > 1
    assert [CHOICES in part.content for part in parts] == [*[False] * (len(parts) - 1), True]
    assert ["⏭" in part.text for part in parts] == [*[False] * (len(parts) - 1), True]


# --- pictures -------------------------------------------------------------------------------------------------


def test_a_picture_follows_the_text_that_has_it() -> None:
    text, picture = render(message(Image(CAT.reference(), _("a cat")), "bye"), DM, LOCALIZER)
    assert text.text == "[picture: a cat] mxc://here/cat\n\nbye"
    assert picture.content == {
        "msgtype": "m.image",
        "body": "mxc://here/cat",
        "info": {"mimetype": "image/png"},
        "url": "mxc://here/cat",
        "m.mentions": {},
    }


def test_an_encrypted_picture_is_shown_with_its_key_which_no_text_has() -> None:
    text, picture = render(message(Quote(f"look 🖼 {SECRET.reference()} nice")), DM, LOCALIZER)
    assert text.text == "> look 🖼 mxc://here/cat nice"
    assert SECRET.key not in json.dumps(text.content)
    file = picture.content["file"]
    assert (file["url"], file["v"], file["key"]["k"]) == ("mxc://here/cat", "v2", SECRET.key)
    assert (file["iv"], file["hashes"]) == ("i" * 21 + "/", {"sha256": SECRET.sha256})
    assert "url" not in picture.content


@pytest.mark.parametrize(
    ("kind", "msgtype"),
    [
        ("image", "m.image"),
        ("video/mp4", "m.video"),
        ("audio/ogg", "m.audio"),
        ("text/x", "m.file"),
        ("file", "m.file"),
    ],
)
def test_files_are_shown_as_what_they_are(kind: str, msgtype: str) -> None:
    media = Media("mxc://here/x", kind, "notes 100%&.txt")
    text, shown = render(message(media.reference()), DM, LOCALIZER)
    assert (text.text, shown.content["msgtype"], shown.content["body"]) == (media.name, msgtype, media.name)


def test_a_picture_twice_in_one_text_is_shown_once() -> None:
    assert len(render(message(CAT.reference(), CAT.reference()), DM, LOCALIZER)) == 2


# --- edits and threads ----------------------------------------------------------------------------------------


def test_an_edit_shows_the_whole_new_content_and_notifies_nobody() -> None:
    one = rendered(Text((_("{a}", a=PING), "x" * 500)), reader=PINGED)
    change = edited(one.content, "$one")
    assert change["m.new_content"] == one.content
    assert change["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$one"}
    assert (change["m.mentions"], change["msgtype"]) == ({}, "m.notice")
    assert change["body"].startswith("* Ana <b> xxx")
    assert len(change["body"]) < 210


def test_a_thread_is_shown_to_old_clients_as_replies() -> None:
    content = in_thread({"body": "x"}, "$root", "$last")
    assert content == {
        "body": "x",
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": "$root",
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": "$last"},
        },
    }
    assert in_thread({}, "$root")["m.relates_to"]["m.in_reply_to"] == {"event_id": "$root"}


# --- long texts -----------------------------------------------------------------------------------------------

ALPHABETS = st.sampled_from(
    ["a ", "a\n", "<&>\"' ", "\n", "日本語、", "👩‍👩‍👧‍👦", "é́ ", "x", " ", "\t ", "@:/", "\u0301"]
)
LONG = st.lists(st.tuples(ALPHABETS, st.integers(1, 9_000)), min_size=1, max_size=4).map(
    lambda parts: "".join((letters * length)[:length] for letters, length in parts)
)


def size(content: Any) -> int:
    return len(json.dumps(content, separators=(",", ":")))


def bare(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(LONG, st.sampled_from(["text", "quote", "bullets", "heading", "fields"]))
def test_a_long_text_is_parted_without_losing_a_character(written: str, form: str) -> None:
    blocks: dict[str, Block] = {
        "text": Text((written, "end")),
        "quote": Quote(written, ANA),
        "bullets": Bullets(("first", written, *written.split("\n"))),
        "heading": Heading(written),
        "fields": Fields(((_("Zone"), written),)),
    }
    parts = render(message(blocks[form], _("Bye.")), DM, LOCALIZER)
    for part in parts:
        assert len(part.text) <= LIMIT
        assert size(edited(in_thread(part.content, "$" + "r" * 254), "$" + "e" * 254)) * 4 / 3 + 4_000 < EVENT
        assert size(part.content) <= LARGEST
        assert "formatted_body" in part.content
    expected = {
        "text": written + "end",
        "quote": "Ana:" + written,
        "bullets": "first" + written + "".join(written.split("\n")),
        "heading": written,
        "fields": "Zone:" + written,
    }
    html = Tags()
    for part in parts:
        html.feed(part.content["formatted_body"].replace("<br>", "\n"))
    assert bare(html.text) == bare(expected[form] + "Bye.")
    signs = {"quote": ">", "bullets": "•", "heading": "▌"}.get(form, "\0")
    plain = "".join(part.text for part in parts)
    assert bare(plain).replace(signs, "") == bare(expected[form] + "Bye.").replace(signs, "")


def test_a_long_message_is_parted_between_paragraphs() -> None:
    paragraph = ("word " * 600).strip()
    parts = render(message(*[paragraph] * 6), DM, LOCALIZER)
    assert [part.text for part in parts] == ["\n\n".join([paragraph] * 2)] * 3


def test_a_heading_stays_with_what_it_titles() -> None:
    paragraph = ("word " * 1_550).strip()
    parts = render(message(Text((paragraph,)), Heading(_("Done")), Text((paragraph,))), DM, LOCALIZER)
    assert [part.text for part in parts] == [paragraph, f"▌ Done\n\n{paragraph}"]


def test_a_list_goes_on_with_its_numbers() -> None:
    items = tuple(f"{'word ' * 300}{n}" for n in range(1, 11))
    parts = render(message(Bullets(items, ordered=True)), DM, LOCALIZER)
    assert [part.content["formatted_body"][:20] for part in parts] == [
        '<ol start="1"><li>wo', '<ol start="6"><li>wo',
    ]  # fmt: skip
    assert parts[1].text.startswith("6. word")


def test_a_quoted_line_that_goes_on_is_quoted_again() -> None:
    parts = render(message(Quote("x" * (2 * LIMIT))), DM, LOCALIZER)
    assert all(part.text.startswith("> ") for part in parts)
    assert all(part.content["formatted_body"].startswith("<blockquote>") for part in parts)


def test_people_are_mentioned_in_the_part_that_names_them() -> None:
    parts = render(message("word " * 1_500, Text((_("{a}", a=PING), "word " * 300))), PINGED, LOCALIZER)
    assert [part.content["m.mentions"] for part in parts] == [{}, {"user_ids": ["@ana:here"]}]


def test_an_emoji_is_not_cut_in_two() -> None:
    family = "👩‍👩‍👧‍👦"
    parts = render(message(Quote(family * LIMIT)), DM, LOCALIZER)
    assert sum(part.text.count(family) for part in parts) == LIMIT
    assert all(part.text.removeprefix("> ").strip(family) == "" for part in parts)


@given(st.text("ab \n", min_size=2, max_size=80), st.integers(1, 78))
def test_a_border_parts_a_text_into_two(text: str, limit: int) -> None:
    at = border(text, min(limit, len(text) - 1))
    assert 1 <= at <= min(limit, len(text) - 1)


@given(st.lists(st.sampled_from(["x", "\x01cy\x02z\x03", "\x01chelp\x02help me\x03"])), st.integers(0, 40))
def test_runs_cut_in_two_are_the_same_text(parts: list[str], at: int) -> None:
    runs = runs_of("".join(parts))
    first, second = cut(runs, at)
    text = "".join(run.text for run in runs)
    assert "".join(run.text for run in first) == text[:at]
    assert "".join(run.text for run in second) == text[at:]

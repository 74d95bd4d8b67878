"""What people do in Matrix rooms, read from events of any shape."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.event import Inbound, MessageDeleted, MessageEdited, MessageReceived, Reacted
from bot.model.identity import Place
from bot.platforms.matrix.events import (
    Ignored,
    Known,
    Me,
    Memory,
    Reread,
    Room,
    Roster,
    known_from,
    read,
    refers_to,
    restored,
)
from bot.platforms.matrix.media import Media, parse

NOW = datetime(2026, 10, 26, 9, 30, tzinfo=UTC)
MILLISECONDS = int(NOW.timestamp() * 1000) - 1000
BOT, ANA, BO, ROBO = "@helio:here", "@ana:here", "@bo:there", "@robo:here"
NAMES = {
    BOT: "Heliotrope",
    ANA: "Ana Sousa",
    BO: "Bo",
    ROBO: "",
    "@an:here": "An",
    "@twin1:a": "Twin",
    "@twin2:a": "Twin",
}
ROSTER = Roster(NAMES)
ROOM = Room("!v12", ROSTER, lambda user: user == ANA, "General", scope="!v12")
DM = Room("!dm", ROSTER, lambda user: user == ANA, "Ana", direct=True)
ME = Me(BOT, "Heliotrope", frozenset({ROBO}))
KEY, IV, HASH = "k" * 43, "i" * 22, "h" * 43


def event(content: Any, kind: str = "m.room.message", sender: Any = ANA, **more: Any) -> dict[str, Any]:
    return {
        "event_id": "$one",
        "type": kind,
        "sender": sender,
        "origin_server_ts": MILLISECONDS,
        "content": content,
        **more,
    }


def text(body: str, formatted: str | None = None, /, **more: Any) -> dict[str, Any]:
    html = {"format": "org.matrix.custom.html", "formatted_body": formatted} if formatted is not None else {}
    return {"msgtype": "m.text", "body": body, **html, **more}


def said(content: Any, room: Room = ROOM, **more: Any) -> MessageReceived:
    found = read(event(content, **more), room, ME, NOW)
    assert isinstance(found, MessageReceived), found
    return found


def relation(kind: str, target: str = "$target", **more: Any) -> dict[str, Any]:
    return {"m.relates_to": {"rel_type": kind, "event_id": target, **more}}


def pill(user: str, label: str) -> str:
    return f'<a href="https://matrix.to/#/{user}">{label}</a>'


# --- messages -------------------------------------------------------------------------------------------------


def test_a_message_tells_who_said_what_where_and_when() -> None:
    found = said(text("hello"))
    assert (found.id, found.message_id, found.text) == ("$one", "$one", "hello")
    assert (found.author.identity.account, found.author.name) == (ANA, "Ana Sousa")
    assert found.place == Place("matrix", "!v12")
    assert found.at == NOW - timedelta(seconds=1)
    assert (found.scope, found.direct, found.admin, found.bot) == ("!v12", False, True, False)
    assert (found.place_name, found.position) == ("General", None)


def test_a_direct_message_is_one() -> None:
    found = said(text("hello"), DM, sender=BO)
    assert (found.direct, found.admin, found.place_name) == (True, False, "")


def test_what_is_said_in_a_thread_is_there() -> None:
    content = text("reply", **relation("m.thread", "$root"))
    assert said(content).place == Place("matrix", "!v12", "$root")


def test_nothing_happens_in_the_future() -> None:
    late = event(text("hello")) | {"origin_server_ts": 9_999_999_999_999}
    found = read(late, ROOM, ME, NOW)
    assert isinstance(found, MessageReceived)
    assert found.at == NOW


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        (event(text("mine"), sender=BOT), "the bot's own"),
        (event({"name": "x"}, "m.room.name", state_key=""), "it is state"),
        (event({"algorithm": "m.megolm.v1.aes-sha2"}, "m.room.encrypted"), "it could not be decrypted"),
        (event({}, unsigned={"redacted_because": {}}), "it was taken back"),
        (event({}, "m.reaction", unsigned={"redacted_because": {}}), "it was taken back"),
        (event({"msgtype": "m.key.verification.request", "body": "hi"}), "it is about verification"),
        (event({}, "org.example.what"), "events of this type are not read: 'org.example.what'"),
    ],
)
def test_what_is_not_for_the_bot_is_left_out(happened: Any, reason: str) -> None:
    assert read(happened, ROOM, ME, NOW) == Ignored(reason)


@pytest.mark.parametrize(
    "content", [text("beep") | {"msgtype": "m.notice"}, text("beep") | {"msgtype": "m.server_notice"}]
)
def test_notices_are_never_answered(content: Any) -> None:
    assert said(content).bot


def test_other_bots_are_never_answered() -> None:
    assert said(text("beep"), sender=ROBO).bot
    assert not said(text("beep"), sender=BO).bot


def test_older_clients_repetition_of_what_is_replied_to_is_cut_off() -> None:
    body = "> <@bo:there> first line\n> second\n\nmy answer\n> and a quote of mine"
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$before"}}}
    assert said(text(body, **reply)).text == "my answer\n> and a quote of mine"
    assert said(text(body)).text == body
    assert said(text("> just a quote", **reply)).text == "> just a quote"


# --- names ----------------------------------------------------------------------------------------------------


def named(content: Any, room: Room = ROOM) -> list[str]:
    return [person.identity.account for person in said(content, room).people]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (text("waiting for Bo"), [BO]),
        (text("waiting for @bo!"), [BO]),
        (text("bo is a word, and Bold, aBo and Bo_1 are others"), []),
        (text("@An or @Ana Sousa"), ["@an:here", ANA]),
        (text("Ana Sousa,Bo"), [ANA, BO]),
        (text("see mail@Bo"), []),
        (text("team add atlas @bo:there."), [BO]),
        (text("team add atlas @nobody:there"), []),
        (text("Twin is two people"), []),
        (text("x", **{"m.mentions": {"user_ids": [BO, BOT, "@nobody:a", 7, None]}}), [BO]),
        (text("Bobby", pill(BO, "Bobby")), [BO]),
        (text("Bobby", pill("%40bo%3Athere?via=there", "Bobby")), [BO]),
        (text("Bobby", "<a class=\"x\" href='matrix:u/bo:there'>Bobby</a>"), [BO]),
        (text("Bold and Bobby", pill(BO, "Bo")), [BO]),
        (text("x", pill("!room:there", "x")), []),
        (text("x", f"<mx-reply>{pill(BO, 'Bo')} said</mx-reply>x"), []),
        (text("Heliotrope"), []),
    ],
)
def test_people_named_in_a_text(content: Any, expected: list[str]) -> None:
    assert named(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (text("team add Bobby", f"team add {pill(BO, 'Bobby')}"), "team add Bo"),
        (text("team add Bo", f"team add {pill(BO, 'Bo')}"), "team add Bo"),
        (text(f"team add [Bobby](https://matrix.to/#/{BO})"), "team add Bo"),
        (text("see [this](https://matrix.to/#/!room:x/$y)"), "see [this](https://matrix.to/#/!room:x/$y)"),
        (text("[x](https://matrix.to/#/@nobody:x) did"), "x did"),
    ],
)
def test_pills_are_read_as_the_name_that_is_shown(content: Any, expected: str) -> None:
    assert said(content).text == expected


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>Admin</b> @room", "<b>Admin</b> @room"),
        ("Ana\x1b[31m\n\u202eeht", "Ana [31m eht"),
        ("  \u2066\x00 ", "odd"),
        ("x" * 500, "x" * 100),
        ("(.*)+[a-z]\\", "(.*)+[a-z]\\"),
        ("\ud800", "\ufffd"),
        ("", "odd"),
    ],
)
def test_a_display_name_is_data(name: str, shown: str) -> None:
    room = Room("!x", Roster({"@odd:here": name}), lambda user: False)
    found = read(event(text(f"from {shown}!"), sender="@odd:here"), room, ME, NOW)
    assert isinstance(found, MessageReceived)
    assert found.author.name == shown
    assert [person.name for person in found.people] == [shown]
    assert not found.admin


def test_a_ghost_that_looks_like_an_admin_is_none() -> None:
    ghosts = ("@Ana:here", "@ana:HERE", "@ana:here.example.org", "@_irc_ana:here", "@аna:here")
    room = Room("!x", Roster(dict.fromkeys(ghosts, "Ana Sousa")), lambda user: user == ANA)
    for ghost in ghosts:
        found = read(event(text("team create x"), sender=ghost), room, ME, NOW)
        assert isinstance(found, MessageReceived)
        assert not found.admin


@pytest.mark.parametrize(
    ("content", "rest"),
    [
        (text("Heliotrope: team show"), "team show"),
        (text("heliotrope, team show"), "team show"),
        (text("@Heliotrope team show"), "team show"),
        (text("@helio:here team show"), "team show"),
        (text("@helio:here: team show"), "team show"),
        (text("Heliotrope"), ""),
        (text("The Bot: help", f"{pill(BOT, 'The Bot')}: help"), "help"),
        (text("The Bot help", f"<p>{pill(BOT, 'The Bot')} help</p>"), "help"),
        (text("helio help", **{"m.mentions": {"user_ids": [BOT]}}), "help"),
        (text(f"[x](https://matrix.to/#/{BOT}) help"), "help"),
        (text("Heliotropes are flowers"), None),
        (text("Heliotrope's fine"), None),
        (text("helio help"), None),
        (text("I like Heliotrope", **{"m.mentions": {"user_ids": [BOT]}}), None),
        (text("thanks!", **{"m.mentions": {"user_ids": [BOT]}}), None),
        (text("The Bot help", f"x {pill(BOT, 'The Bot')} help"), None),
        (text("The Bot help", f"{pill(BO, 'The Bot')} help"), None),
    ],
)
def test_a_text_that_begins_with_the_bots_mention_is_for_it(content: Any, rest: str | None) -> None:
    found = said(content)
    assert found.addressed is (rest is not None)
    if rest is not None:
        assert found.text == rest


# --- files ----------------------------------------------------------------------------------------------------


def file(**changes: Any) -> dict[str, Any]:
    whole = {
        "v": "v2",
        "url": "mxc://here/abc",
        "key": {"kty": "oct", "alg": "A256CTR", "k": KEY, "key_ops": ["decrypt"], "ext": True},
        "iv": IV,
        "hashes": {"sha256": HASH + "="},
    }
    return whole | changes


PICTURE: dict[str, Any] = {"msgtype": "m.image", "body": "cat.png", "url": "mxc://here/abc"}
PNG = {"info": {"mimetype": "image/png"}}


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (PICTURE, Media("mxc://here/abc", "image")),
        (PICTURE | PNG, Media("mxc://here/abc", "image/png")),
        (PICTURE | {"info": {"mimetype": "<script>"}}, Media("mxc://here/abc", "image")),
        (PICTURE | {"url": None, "file": file()}, Media("mxc://here/abc", "image", "", KEY, IV, HASH)),
        (PICTURE | {"msgtype": "m.file"}, Media("mxc://here/abc", "file", "cat.png")),
    ],
)
def test_a_picture_is_kept_by_reference(content: Any, media: Media) -> None:
    (reference,) = said(content).attachments
    assert parse(reference) == media
    assert not re.search(r"\s", reference)


@pytest.mark.parametrize(
    "broken",
    [
        {"url": "https://evil/abc"},
        {"url": "mxc://here/../abc"},
        {"url": "mxc://here/abc def"},
        {"url": {}},
        {"url": None, "file": file(iv=7)},
        {"url": None, "file": file(key="x")},
        {"url": None, "file": file(url="http://x")},
        {"url": None, "file": file(hashes={"sha256": "short"})},
        {"url": None, "file": []},
    ],
)
def test_a_picture_that_nobody_could_show_is_none(broken: Any) -> None:
    assert said(PICTURE | broken).attachments == ()


def test_a_files_name_is_no_text_but_its_caption_is() -> None:
    assert said(PICTURE).text == ""
    assert said(PICTURE | {"filename": "cat.png"}).text == ""
    assert said(PICTURE | {"filename": "cat.png", "body": "my cat"}).text == "my cat"


def test_a_sticker_is_a_picture() -> None:
    content = {"body": "a smiling cat", "url": "mxc://here/abc", "info": {}}
    found = said(content, kind="m.sticker")
    assert (found.text, found.attachments) == ("", ("mxc://here/abc#type=image",))


# --- edits, reactions, redactions -----------------------------------------------------------------------------

MESSAGE = Known("message", ANA, thread="$root")


def edit(new: Any, sender: str = ANA, target: str = "$target") -> dict[str, Any]:
    content = text("* new", **relation("m.replace", target)) | {"m.new_content": new}
    return event(content, sender=sender)


def test_an_edit_names_its_message_and_has_its_new_text() -> None:
    change = edit(text("new"))
    assert refers_to(change) == "$target"
    found = read(change, ROOM, ME, NOW, MESSAGE)
    assert isinstance(found, MessageEdited)
    assert (found.id, found.message_id, found.text) == ("$one", "$target", "new")
    assert found.place == Place("matrix", "!v12", "$root")


def test_the_mention_is_cut_off_an_edited_text_too() -> None:
    found = read(edit(text("Heliotrope: update x")), ROOM, ME, NOW, MESSAGE)
    assert isinstance(found, MessageEdited)
    assert found.text == "update x"


@pytest.mark.parametrize(
    ("change", "known"),
    [
        (edit(text("new"), sender=BO), MESSAGE),
        (edit(text("new")), Known("message", BO)),
        (edit(text("new")), Known("edit", ANA, target="$first")),
        (edit(text("new")), Known("other", ANA)),
        (edit(text("new")), None),
        (edit(None), MESSAGE),
        (edit({"msgtype": "m.text"}), MESSAGE),
        (edit(text("new"), target="target"), MESSAGE),
    ],
)
def test_an_edit_that_is_not_the_authors_own_is_left_out(change: Any, known: Known | None) -> None:
    assert isinstance(read(change, ROOM, ME, NOW, known), Ignored)


def reaction(key: Any = "✅", **more: Any) -> dict[str, Any]:
    return event(relation("m.annotation", key=key), "m.reaction", **more)


def test_a_reaction_is_to_its_target() -> None:
    found = read(reaction(), ROOM, ME, NOW)
    assert isinstance(found, Reacted)
    assert (found.id, found.message_id, found.emoji, found.removed) == ("$one", "$target", "✅", False)


@pytest.mark.parametrize("key", [None, 7, "", "x" * 101, ["✅"]])
def test_a_reaction_without_an_emoji_is_malformed(key: Any) -> None:
    found = read(reaction(key), ROOM, ME, NOW)
    assert isinstance(found, Ignored)
    assert found.malformed


@pytest.mark.parametrize("where", ["beside", "inside"])
def test_a_redaction_names_what_is_gone_in_every_room_version(where: str) -> None:
    gone = (
        event({}, "m.room.redaction", redacts="$target")
        if where == "beside"
        else event({"redacts": "$target"}, "m.room.redaction")
    )
    assert refers_to(gone) == "$target"
    found = read(gone, ROOM, ME, NOW, MESSAGE)
    assert isinstance(found, MessageDeleted)
    assert (found.message_id, found.place.thread) == ("$target", "$root")


def redaction(sender: str = ANA) -> dict[str, Any]:
    return event({}, "m.room.redaction", sender, redacts="$target")


def test_what_a_moderator_takes_back_is_its_authors() -> None:
    found = read(redaction(), ROOM, ME, NOW, Known("message", BO))
    assert isinstance(found, MessageDeleted)
    assert (found.author.identity.account, found.admin) == (BO, False)


def test_a_redacted_reaction_is_taken_back() -> None:
    found = read(redaction(), ROOM, ME, NOW, Known("reaction", ANA, target="$post", emoji="✅"))
    assert isinstance(found, Reacted)
    assert (found.id, found.message_id, found.emoji, found.removed) == ("$one", "$post", "✅", True)


@pytest.mark.parametrize("known", [Known("other", ANA), Known("reaction", ANA), Known("message", BOT)])
def test_other_redactions_are_left_out(known: Known) -> None:
    assert isinstance(read(redaction(), ROOM, ME, NOW, known), Ignored)


def test_a_redacted_edit_leaves_the_message_with_the_version_before() -> None:
    found = read(redaction(), ROOM, ME, NOW, Known("edit", ANA, target="$first"))
    assert isinstance(found, Reread)
    assert found.message_id == "$first"
    original = event(text("as it was"))
    back = restored(found, original)
    assert isinstance(back, MessageEdited)
    assert (back.id, back.message_id, back.text, back.withdrawn) == ("$one", "$first", "as it was", True)
    other = restored(found, edit(text("second version")))
    assert isinstance(other, MessageEdited)
    assert other.text == "second version"


@pytest.mark.parametrize("standing", [None, event({}), edit(None), {"content": 3}])
def test_a_message_of_which_nothing_stands_is_gone(standing: Any) -> None:
    found = read(redaction(), ROOM, ME, NOW, Known("edit", ANA, target="$first"))
    assert isinstance(found, Reread)
    assert isinstance(restored(found, standing), MessageDeleted)


# --- what is known of earlier events --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "known"),
    [
        (event(text("x")), Known("message", ANA)),
        (event({}), Known("message", ANA)),
        (event(text("x", **relation("m.thread", "$root"))), Known("message", ANA, thread="$root")),
        (event({}, "m.room.encrypted"), Known("message", ANA)),
        (event(relation("m.replace"), "m.room.encrypted"), Known("edit", ANA, target="$target")),
        (edit(text("x")), Known("edit", ANA, target="$target")),
        (reaction(), Known("reaction", ANA, target="$target", emoji="✅")),
        (event({}, "m.reaction"), Known("reaction", ANA)),
        (event({}, "m.room.name", state_key=""), Known("other", ANA)),
        (event({}, sender=None), None),
        (None, None),
    ],
)
def test_what_must_be_known_of_an_event(earlier: Any, known: Known | None) -> None:
    assert known_from(earlier) == known


def test_the_memory_keeps_the_newest_and_what_was_taken_back_since() -> None:
    memory = Memory(limit=2)
    memory.take(reaction())
    memory.take(event({}, "m.reaction"))
    assert memory.get("$one") == Known("reaction", ANA, target="$target", emoji="✅")
    for id in ("$two", "$three"):
        memory.take(event(text("x")) | {"event_id": id})
    assert [memory.get(id) is not None for id in ("$one", "$two", "$three")] == [False, True, True]


# --- events of any shape --------------------------------------------------------------------------------------

STRINGS = st.text(max_size=20) | st.sampled_from(
    [BOT, ANA, BO, "$target", "$", "m.replace", "m.thread", "m.annotation", "m.text", "m.image", "m.notice",
     "Heliotrope: help", "@Bo", "<a href='https://matrix.to/#/@bo:there'>Bo</a>", "mxc://here/abc", "\ud800", "\x00",
     "> <@bo:there> x\n\ny", "<mx-reply>", "[x](https://matrix.to/#/@bo:there)"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | STRINGS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4),
    max_leaves=12,
)
SAMPLES: list[dict[str, Any]] = [
    event(text("Heliotrope: waiting for @Bo", pill(BOT, "x"), **{"m.mentions": {"user_ids": [BO]}})),
    event(text("> <@bo:there> x\n\ny", **{"m.relates_to": {"m.in_reply_to": {"event_id": "$b"}}})),
    event(text("x", **relation("m.thread", "$root"))),
    event(PICTURE | PNG | {"url": None, "file": file(), "filename": "x"}),
    event({"body": "cat", "url": "mxc://here/abc", "info": {}}, "m.sticker"),
    edit(text("new", pill(BO, "Bobby"))),
    reaction(),
    redaction(),
    event({"redacts": "$target"}, "m.room.redaction"),
    event({"algorithm": "x"}, "m.room.encrypted"),
    event({}, unsigned={"redacted_because": {}}),
]
ANYTHING: tuple[Any, ...] = (None, True, -1, 10**30, 1.5, "", "x", [], [{}], {}, {"x": []})
KNOWN = st.none() | st.builds(
    Known,
    st.sampled_from(["message", "edit", "reaction", "other"]),
    st.sampled_from([ANA, BO, BOT, "nobody"]),
    st.none() | st.just("$root"),
    st.sampled_from(["", "$first"]),
    st.sampled_from(["", "✅"]),
)


def paths(node: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield before
    if isinstance(node, Mapping):
        for key in node:
            yield from paths(node[key], (*before, key))
    elif isinstance(node, list):
        for n in range(len(node)):
            yield from paths(node[n], (*before, n))


def changed(node: Any, path: tuple[Any, ...], value: Any, *, gone: bool) -> Any:
    if not path:
        return value
    node = copy.deepcopy(node)
    inner = node
    for step in path[:-1]:
        inner = inner[step]
    if gone:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return node


@st.composite
def malformed(draw: st.DrawFn) -> Any:
    """An event as it should be, with up to three of its parts replaced by anything, or missing."""
    happened: Any = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(list(paths(happened))))
        happened = changed(happened, where, draw(JSON), gone=draw(st.booleans()))
    return happened


def check(happened: Any, known: Known | None) -> None:
    """Whatever it is, it is read or left out; what is read can be stored as it is."""
    memory = Memory()
    memory.take(happened)
    known_from(happened)
    refers_to(happened)
    for room in (ROOM, DM):
        found = read(happened, room, ME, NOW, known)
        if isinstance(found, Reread):
            found = restored(found, happened)
        if isinstance(found, Ignored):
            assert found.reason
            continue
        assert isinstance(found, Inbound)
        assert found.at <= NOW
        assert found.author.identity.account != BOT
        for part in (found.id, found.author.name, getattr(found, "text", ""), getattr(found, "emoji", "")):
            assert "\x00" not in part
            part.encode()


@given(malformed(), KNOWN)
def test_no_malformed_event_raises(happened: Any, known: Known | None) -> None:
    check(happened, known)


@given(JSON, KNOWN)
def test_no_json_raises(happened: Any, known: Known | None) -> None:
    check(happened, known)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["type"])
def test_every_part_of_every_kind_of_event_may_be_missing_or_of_another_type(sample: dict[str, Any]) -> None:
    for where in paths(sample):
        for value in ANYTHING:
            check(changed(sample, where, value, gone=False), MESSAGE)
        if where:
            check(changed(sample, where, None, gone=True), MESSAGE)


@pytest.mark.parametrize(
    "hostile",
    [
        "<mx-reply>" * 6_000,
        "<a " * 20_000,
        "<a href=" * 8_000,
        '<a href="https://matrix.to/#/@bo:there">Bobby</a>' * 1_300,
        "[" * 60_000,
        "@" * 60_000,
        "@a:" * 20_000,
        "@Bo" * 20_000,
        "> <@bo:there> x\n" * 4_000,
        " " * 60_000,
        "Bo " * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_text_is_read_in_no_time(hostile: str) -> None:
    crowd = {f"@u{n}:here": f"Bo {n}" for n in range(3_000)}
    room = Room("!x", Roster(NAMES | crowd), lambda user: False)
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": "$b"}}}
    happened = json.loads(json.dumps(event(text(hostile, hostile, **reply))))
    begun = perf_counter()
    assert isinstance(read(happened, room, ME, NOW), MessageReceived)
    assert perf_counter() - begun < 5

"""Commands whose options come apart, forms, suggestions, and answers that somebody waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import pytest

from bot.api import (
    N_,
    WORKDAYS,
    Account,
    BadInput,
    Call,
    Cog,
    Days,
    Form,
    FormOf,
    Input,
    Instead,
    Language,
    Member,
    Message,
    NamedPlace,
    Rest,
    Team,
    Zone,
    catalogue,
    command,
    message,
    say,
)
from bot.engine.immediate import Refusal, ShownForm
from bot.model.form import MOST_INPUTS
from bot.testing.client import Client
from bot.testing.stage import Stage

_, n_ = catalogue("bot")
MONDAY = datetime(2026, 10, 26, 10, tzinfo=UTC)


@command("call", help=N_("Call"), example="call Bo")
async def call_member(call: Call, member: Member) -> Message:
    return message(f"member {member.name}")


@command("invite", help=N_("Invite"), example="invite Bo")
async def invite(call: Call, who: Account, team: Team, where: NamedPlace | None = None) -> Message:
    return message(f"{who.name} to {team.name} in {where.name if where else 'nowhere'}")


@command("note", help=N_("Note"), example="note this", menu=N_("Keep this"))
async def note(call: Call, text: Rest) -> Message:
    return message(f"noted {text} from {call.said.source.message_id}")


@command("silent", help=N_("Say nothing"), example="silent")
async def silent(call: Call) -> None:
    return None


@command("see", help=N_("See"), example="see", read=True)
async def see(call: Call) -> Message:
    return message("seen")


async def _themes(call: Call, typed: str) -> Sequence[str]:
    return [name for name in ("pets", "reading") if name.startswith(typed)]


@command("pick", help=N_("Pick"), example="pick pets", complete={"theme": _themes})
async def pick(
    call: Call,
    theme: str,
    zone: Zone | None = None,
    kind: Literal["one", "two"] = "one",
    tongue: Language | None = None,
) -> Message:
    return message(theme)


async def _open(call: Call, team: Team) -> Form:
    if team.name == "Closed":
        raise BadInput(_("There is nothing to write."))
    return Form(team.name, (Input("what", "What?", value="as yesterday", required=True), Input("why", "Why?")))


async def _submit(call: Call, values: Mapping[str, str], team: Team) -> Message:
    return message(f"{team.name}: {values['what']}, {values['why'] or 'no reason'}")


@command("write", help=N_("Write"), example="write Atlas", form=FormOf(_open, _submit))
async def write(call: Call, team: Team) -> Message:
    return say(_("Nothing was changed."))


async def _found(call: Call) -> Form:
    return Form("New", (Input("name", "Name"),))


async def _founded(call: Call, values: Mapping[str, str]) -> Instead:
    async def then(call: Call) -> Message:
        return message(f"next, {call.member.name} in {call.workspace.name}")

    return Instead(f"make {values['name']}", then)


@command("begin", help=N_("Begin"), example="begin", admin=True, founds=True, form=FormOf(_found, _founded))
async def begin(call: Call) -> Message:
    return message("begin")


@command("make", help=N_("Make"), example="make Atlas", admin=True, founds=True)
async def make(call: Call, name: Rest) -> Message:
    if not name[0].isupper():
        raise BadInput(_("Nothing was changed."))
    await call.founded()
    return message(f"made {name}")


async def _open_some(call: Call, name: Rest | None = None) -> Form | None:
    return Form("Some", (Input("day", "Day", Days(WORKDAYS)),)) if name == "form" else None


async def _sent(call: Call, values: Mapping[str, str], name: Rest | None = None) -> Instead:
    async def then(call: Call) -> Instead:
        return Instead("pick", given={"theme": values["day"]})

    async def wrong(call: Call, problem: BadInput) -> BadInput:
        return BadInput(_("{name}", name=call.workspace.name))

    return Instead("invite", then, {"who": "Bo", "team": 'Blue: "Whale"' if values["day"] else "?"}, wrong, brief=True)


@command("some", help=N_("Some"), example="some", form=FormOf(_open_some, _sent))
async def some(call: Call, name: Rest | None = None) -> Message:
    return message("no form")


COG = Cog("trial", (some, call_member, invite, note, silent, see, pick, write, begin, make), domain="bot")


async def test_options_that_come_apart_are_converted_as_typed_ones_are() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        ana, bo = await stage.member("Ana"), await stage.member("Bo")
        await stage.team("Blue Whale", ana, bo)
        stage.room("general")
        client = Client(stage, "Ana")
        (seen,) = await client.uses(
            "invite", people=("Bo",), places=("general",), who="Bo", team="Blue Whale", where="#general"
        )
        assert seen.text == "Bo to Blue Whale in general"


async def test_an_answer_goes_where_somebody_waits_for_it() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        stage.room("general")
        for client in (Client(stage, "Ana"), Client(stage, "Ana", inside="general")):
            (seen,) = await client.uses("see")
            assert (seen.to, seen.text) == ("channel:answer-1", "seen")


async def test_an_answer_is_in_the_language_of_who_asked_though_it_stands_in_a_channel() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana", language="es")
        stage.room("general")
        (seen,) = await Client(stage, "Ana", inside="general").uses("silent")
        assert seen.text == "Hecho."


async def test_whoever_waits_is_answered_when_a_command_says_nothing() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        (seen,) = await Client(stage, "Ana").uses("silent")
        assert (seen.to, seen.text) == ("channel:answer-1", "Done.")


async def test_a_missing_option_is_named_where_somebody_waits() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        (seen,) = await Client(stage, "Ana").uses("call")
        assert seen.to == "channel:answer-1"
        assert "“member” is missing." in seen.text


async def test_a_stranger_who_waits_is_answered_every_time() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        stage.account("Eve")
        client = Client(stage, "Eve")
        for n in (1, 2):
            (seen,) = await client.uses("see")
            assert seen.to == f"channel:answer-{n}"


async def test_a_command_from_a_messages_menu_takes_its_text() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        (seen,) = await Client(stage, "Ana").uses("note", text="call: the vet at 9 'sharp")
        assert seen.text.startswith("noted call: the vet at 9 'sharp from use-1")


async def test_a_command_opens_its_form_in_the_readers_language_with_what_is_known() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.team("Atlas", await stage.member("Ana"))
        form = await Client(stage, "Ana").opens("write Atlas")
        assert isinstance(form, ShownForm)
        assert (form.command, form.title) == ("write Atlas", "Atlas")
        assert [(f.name, f.value, f.required) for f in form.inputs] == [
            ("what", "as yesterday", True),
            ("why", "", False),
        ]


async def test_what_is_sent_in_goes_to_the_command_that_opened_the_form() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.team("Atlas", await stage.member("Ana"))
        client = Client(stage, "Ana")
        form = await client.opens("write Atlas")
        assert isinstance(form, ShownForm)
        (seen,) = await client.sends(form, {"why": "because"})
        assert (seen.to, seen.text) == ("channel:answer-2", "Atlas: as yesterday, because")


async def test_a_form_that_does_not_open_says_why() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.team("Closed", await stage.member("Ana", language="es"))
        client = Client(stage, "Ana")
        for line, reason in (("write Closed", "There is nothing to write."), ("write Nowhere", "Nowhere")):
            refusal = await client.opens(line)
            assert isinstance(refusal, Refusal)
            assert reason in refusal.parts[0].text


async def test_a_command_without_a_form_opens_none() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        assert await Client(stage, "Ana").opens("see") is None


@pytest.mark.parametrize(
    ("words", "option", "typed", "values"),
    [
        ("pick", "theme", "re", ["reading"]),
        ("pick", "kind", "t", ["two"]),
        ("pick", "zone", "lisb", ["Europe/Lisbon"]),
        ("pick", "zone", "", ["Asia/Tokyo"]),
        ("pick", "tongue", "j", ["ja"]),
        ("pick", "tongue", "Españ", ["es"]),
        ("pick", "tongue", "klingon", []),
        ("write", "team", "whale", ["Blue Whale"]),
        ("call", "member", "A", []),
        ("nothing", "of", "that", []),
    ],
)
async def test_values_are_suggested_while_an_option_is_typed(
    words: str, option: str, typed: str, values: list[str]
) -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.team("Blue Whale", await stage.member("Ana", zone="Asia/Tokyo"))
        found = await Client(stage, "Ana").is_suggested(words, option, typed)
        assert [one.value for one in found][: len(values) or None] == values


def test_a_form_that_no_platform_could_show_is_refused_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="one to 5"):
        Form("too long", tuple(Input(str(n), "?") for n in range(MOST_INPUTS + 1)))


def test_a_menus_command_takes_free_text_alone() -> None:
    with pytest.raises(ValueError, match="free text"):
        command("pet", help="Pet", example="pet Bo", menu="Pet")(call_member)


async def test_a_form_may_stand_for_another_command_and_go_on_after_it() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        stage.account("Ana", admin=True)
        client = Client(stage, "Ana", admin=True)
        form = await client.opens("begin")
        assert isinstance(form, ShownForm)
        (seen,) = await client.sends(form, {"name": "Atlas"})
        assert seen.text.startswith("made Atlas")
        assert seen.text.endswith("next, Ana in console")


async def test_what_is_wrong_with_the_other_command_is_told_and_nothing_is_made() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        stage.account("Ana", admin=True)
        client = Client(stage, "Ana", admin=True)
        form = await client.opens("begin")
        assert isinstance(form, ShownForm)
        (seen,) = await client.sends(form, {"name": "atlas"})
        assert seen.text == "Nothing was changed."
        async with stage.transaction() as tx:
            assert await tx.stores.directory.workspaces() == []


async def test_who_may_not_administer_opens_no_administrators_form() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        assert isinstance(await Client(stage, "Ana").opens("begin"), Refusal)


async def test_a_form_may_open_for_some_uses_of_a_command_alone() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana", language="es")
        client = Client(stage, "Ana")
        form = await client.opens("some form")
        assert isinstance(form, ShownForm)
        assert form.inputs[0].value == "lun–vie"  # a value is filled in as its reader writes it
        assert await client.opens("some") is None
        (seen,) = await client.uses("some")
        assert seen.text == "no form"


async def test_options_of_another_command_are_given_as_they_are_and_a_third_may_follow() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        ana = await stage.member("Ana")
        await stage.member("Bo")
        await stage.team('Blue: "Whale"', ana)
        client = Client(stage, "Ana")
        form = await client.opens("some form")
        assert isinstance(form, ShownForm)
        (seen,) = await client.sends(form, {"day": "mon"})
        assert seen.text.startswith('Bo to Blue: "Whale" in nowhere')
        assert seen.text.endswith("mon")


async def test_whoever_stands_for_another_command_may_tell_what_is_wrong_with_it() -> None:
    async with Stage.create(MONDAY, cogs=[COG]) as stage:
        await stage.member("Ana")
        await stage.member("Bo")
        client = Client(stage, "Ana")
        form = await client.opens("some form")
        assert isinstance(form, ShownForm)
        (seen,) = await client.sends(form, {"day": ""})
        assert seen.text == "Stage"

"""The local Discord's interactions: commands, completions, buttons, modals, menus, and the 3 seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord as dpy
import pytest

from tests.platforms.discord.people import Discord, Guild, NoAnswer, NotPossible, Place, User, eventually
from tests.platforms.discord.plain import Listener, refused

Answer = Callable[[dpy.Interaction], Awaitable[Any]]

TREE: list[dict[str, Any]] = [
    {
        "name": "team",
        "name_localizations": {"es-ES": "equipo"},
        "description": "Teams",
        "options": [
            {
                "type": 1,
                "name": "create",
                "name_localizations": {"es-ES": "crear"},
                "description": "Create a team",
                "options": [
                    {"type": 3, "name": "name", "description": "Its name", "required": True, "max_length": 20},
                    {"type": 6, "name": "lead", "description": "Who leads"},
                    {"type": 7, "name": "channel", "description": "Where", "channel_types": [0]},
                    {"type": 3, "name": "zone", "description": "Where they are", "autocomplete": True},
                    {
                        "type": 3,
                        "name": "kind",
                        "description": "Which kind",
                        "choices": [{"name": "Small", "value": "s"}, {"name": "Large", "value": "l"}],
                    },
                ],
            },
        ],
    },
    {"name": "setup", "description": "Set up", "default_member_permissions": "32", "contexts": [0]},
    {"type": 3, "name": "Add to my update"},
]


@pytest.fixture
async def ana(discord: Discord) -> User:
    return await discord.user("ana", locale="es-ES")


@pytest.fixture
async def atlas(discord: Discord, ana: User) -> Guild:
    return await discord.guild("Atlas", owner=ana)


@pytest.fixture
async def general(atlas: Guild) -> Place:
    return await atlas.channel("general")


@pytest.fixture
async def bot(client: Listener, discord: Discord, general: Place) -> Listener:
    await client.run_for(discord)
    await client.http.bulk_upsert_global_commands(discord.bot_id, TREE)
    return client


def answering(text: str, **options: Any) -> Answer:
    async def answer(interaction: dpy.Interaction) -> None:
        await interaction.response.send_message(text, **options)

    return answer


async def test_a_command_comes_with_its_options_and_who_they_are(
    bot: Listener, discord: Discord, ana: User, general: Place
) -> None:
    bot.answer = answering("Made")
    used = await ana.slash("team create", general, name="Atlas", lead=ana, channel=general, kind="Small")
    answer = await used.answer()
    assert (answer.text, answer.from_bot, answer.kind) == ("Made", True, 20)
    heard = await bot.hears("interaction")
    assert heard.user.id == ana.id
    assert heard.locale is dpy.Locale.spain_spanish
    assert heard.permissions.manage_guild
    data = heard.data
    assert (data["name"], data["options"][0]["name"]) == ("team", "create")
    options = {each["name"]: each["value"] for each in data["options"][0]["options"]}
    assert options == {"name": "Atlas", "lead": str(ana.id), "channel": str(general.id), "kind": "s"}
    assert data["resolved"]["users"][str(ana.id)]["username"] == "ana"
    assert "user" not in data["resolved"]["members"][str(ana.id)]
    assert data["resolved"]["channels"][str(general.id)]["name"] == "general"


async def test_a_command_is_found_by_its_name_in_the_persons_language(bot: Listener, ana: User, general: Place) -> None:
    bot.answer = answering("Hecho")
    await (await ana.slash("equipo crear", general, name="Atlas")).answer()
    assert {each["shown"] for each in await ana.commands(general)} == {"equipo", "setup", "Add to my update"}


@pytest.mark.parametrize(
    ("words", "options", "why"),
    [
        ("team delete", {}, "offered no 'delete'"),
        ("team", {}, "not a whole command"),
        ("team create", {}, "required options are missing"),
        ("team create", {"name": "Atlas", "colour": "red"}, "offered no 'colour'"),
        ("team create", {"name": "x" * 21}, "0 to 20 characters"),
        ("team create", {"name": 7}, "does not take 7"),
        ("team create", {"name": "Atlas", "lead": "ana"}, "takes a user"),
        ("team create", {"name": "Atlas", "kind": "Huge"}, "takes one of"),
    ],
)
async def test_what_the_tree_does_not_have_cannot_be_typed(
    bot: Listener, ana: User, general: Place, words: str, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotPossible, match=why):
        await ana.slash(words, general, options)


async def test_commands_for_admins_are_not_shown_to_others_unless_allowed(
    bot: Listener, discord: Discord, atlas: Guild, general: Place
) -> None:
    bot.answer = answering("Welcome")
    bo = await discord.user("bo")
    await atlas.join(bo)
    with pytest.raises(NotPossible, match="offered no 'setup'"):
        await bo.slash("setup", general)
    await atlas.allow_command("setup", bo)
    await (await bo.slash("setup", general)).answer()
    assert not (await bot.hears("interaction")).permissions.manage_guild


async def test_a_command_for_servers_is_not_offered_in_dms(bot: Listener, ana: User) -> None:
    bot.answer = answering("Here")
    assert {each["name"] for each in await ana.commands()} == {"team", "Add to my update"}
    await (await ana.slash("team create", name="Atlas")).answer()
    heard = await bot.hears("interaction")
    assert heard.guild_id is None
    assert heard.user.id == ana.id


async def test_completions_are_asked_with_what_is_typed(bot: Listener, ana: User, general: Place) -> None:
    async def complete(interaction: dpy.Interaction) -> None:
        await interaction.response.autocomplete([dpy.app_commands.Choice(name="Lisboa", value="Europe/Lisbon")])

    bot.answer = complete
    found = await ana.complete("team create", "zone", "lis", general, name="Atlas")
    assert found == [("Lisboa", "Europe/Lisbon")]
    heard = await bot.hears("interaction")
    assert heard.type is dpy.InteractionType.autocomplete
    focused = [each for each in heard.data["options"][0]["options"] if each.get("focused")]
    assert [(each["name"], each["value"]) for each in focused] == [("zone", "lis")]
    with pytest.raises(NotPossible, match="completes nothing"):
        await ana.complete("team create", "name", "At", general)


async def test_completions_keep_their_limits(bot: Listener, discord: Discord, ana: User, general: Place) -> None:
    refusals: list[tuple[int, int]] = []

    async def complete(interaction: dpy.Interaction) -> None:
        many = [dpy.app_commands.Choice(name=str(number), value=str(number)) for number in range(26)]
        refusals.append(await refused(interaction.response.autocomplete(many)))
        refusals.append(await refused(interaction.response.send_message("no")))
        await interaction.response.autocomplete([])

    bot.answer = complete
    assert await ana.complete("team create", "zone", "lis", general) == []
    assert refusals == [(400, 50035), (400, 50035)]
    if discord.openapi is not None:
        assert any("choices" in each for each in await discord.forgive())


class Buttons(dpy.ui.View):
    """The prompt's buttons."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(dpy.ui.Button(label="Write", custom_id="write"))
        self.add_item(dpy.ui.Button(label="Skip", custom_id="skip"))
        self.add_item(dpy.ui.Button(label="Later", custom_id="later", disabled=True))


class Form(dpy.ui.Modal):
    """A modal in both ways that the API has: a row, and a label."""

    def __init__(self) -> None:
        super().__init__(title="Your update", custom_id="form:1")
        self.add_item(dpy.ui.TextInput(label="Done?", custom_id="done", default="the map", max_length=20))
        box: Any = dpy.ui.TextInput(custom_id="next", required=False, style=dpy.TextStyle.long)
        self.add_item(dpy.ui.Label(text="Next?", description="If you know", component=box))


async def prompt(bot: Listener, user: User) -> Any:
    """Send the prompt; return it as its reader sees it."""
    channel = await (await bot.fetch_user(user.id)).create_dm()
    await channel.send("What did you do?", view=Buttons())
    return await user.reads("What did you do?")


async def test_a_press_updates_the_message_it_is_under(bot: Listener, ana: User) -> None:
    seen = await prompt(bot, ana)
    assert seen.buttons == ("Write", "Skip")
    assert seen.disabled == ("Later",)

    async def skip(interaction: dpy.Interaction) -> None:
        await interaction.response.edit_message(content="Skipped", view=None)

    bot.answer = skip
    answer = await (await ana.press(seen, "Skip")).answer()
    assert (answer.id, answer.text, answer.buttons) == (seen.id, "Skipped", ())
    heard = await bot.hears("interaction")
    assert heard.message.id == seen.id
    assert heard.data["custom_id"] == "skip"
    with pytest.raises(NotPossible, match="0 buttons"):
        await ana.press(answer, "Skip")


async def test_a_disabled_button_cannot_be_pressed(bot: Listener, ana: User) -> None:
    with pytest.raises(NotPossible, match="disabled"):
        await ana.press(await prompt(bot, ana), "Later")


async def test_a_modal_comes_filled_in_and_goes_back_with_its_values(bot: Listener, ana: User) -> None:
    async def act(interaction: dpy.Interaction) -> None:
        if interaction.type is dpy.InteractionType.component:
            await interaction.response.send_modal(Form())
        else:
            await interaction.response.send_message("Thanks", ephemeral=True)

    bot.answer = act
    modal = await (await ana.press(await prompt(bot, ana), "Write")).modal()
    assert (modal.title, modal.custom_id) == ("Your update", "form:1")
    assert [(each.label, each.value, each.required, each.long) for each in modal.inputs] == [
        ("Done?", "the map", True, False),
        ("Next?", "", False, True),
    ]
    with pytest.raises(NotPossible, match="required"):
        await modal.submit({"Done?": " "})
    with pytest.raises(NotPossible, match="20 characters"):
        await modal.submit({"Done?": "x" * 21})
    with pytest.raises(NotPossible, match="has no"):
        await modal.submit({"Mood?": "fine"})
    answer = await (await modal.submit({"next": "the legend"})).answer()
    assert answer.ephemeral
    heard = await bot.hears("interaction", 2)
    row, label = heard.data["components"]
    assert row["components"][0]["value"] == "the map"
    assert label["component"]["value"] == "the legend"
    assert heard.message is not None
    with pytest.raises(NotPossible, match="sent already"):
        await modal.submit()


async def test_a_dismissed_modal_says_nothing(bot: Listener, ana: User) -> None:
    async def act(interaction: dpy.Interaction) -> None:
        await interaction.response.send_modal(Form())

    bot.answer = act
    modal = await (await ana.press(await prompt(bot, ana), "Write")).modal()
    await modal.dismiss()
    with pytest.raises(NotPossible, match="dismissed"):
        await modal.submit()
    assert len(bot.all("interaction")) == 1


async def test_a_modal_cannot_answer_a_modal(bot: Listener, ana: User) -> None:
    refusals: list[tuple[int, int]] = []

    async def act(interaction: dpy.Interaction) -> None:
        if interaction.type is dpy.InteractionType.component:
            await interaction.response.send_modal(Form())
        else:
            refusals.append(await refused(interaction.response.send_modal(Form())))
            await interaction.response.send_message("Then so")

    bot.answer = act
    modal = await (await ana.press(await prompt(bot, ana), "Write")).modal()
    await (await modal.submit()).answer()
    assert refusals == [(400, 50035)]


async def test_a_menu_command_brings_the_message_whole(
    bot: Listener, discord: Discord, ana: User, atlas: Guild, general: Place
) -> None:
    bo = await discord.user("bo")
    await atlas.join(bo)
    bot.answer = answering("Added", ephemeral=True)
    said = await bo.say(general, "the plan", files={"plan.png": b"\x89PNG"})
    answer = await (await ana.menu("Add to my update", said)).answer()
    assert answer.ephemeral
    heard = await bot.hears("interaction")
    target = heard.data["resolved"]["messages"][heard.data["target_id"]]
    assert target["content"] == "the plan"
    assert target["attachments"][0]["filename"] == "plan.png"
    assert "Added" not in [each.text for each in await bo.sees(general)]


async def test_a_deferred_answer_thinks_until_it_is_edited(bot: Listener, ana: User, general: Place) -> None:
    go_on = asyncio.Event()

    async def act(interaction: dpy.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await go_on.wait()
        await interaction.edit_original_response(content="Made")

    bot.answer = act
    used = await ana.slash("team create", general, name="Atlas")
    await used.acknowledged()
    assert [each.loading for each in await ana.sees(general)] == [True]
    go_on.set()
    answer = await used.answer()
    assert (answer.text, answer.ephemeral, answer.edited) == ("Made", True, False)
    assert await refused(bot.http.get_message(general.id, answer.id)) == (404, 10008)
    assert [message async for message in bot.get_channel(general.id).history()] == []  # type: ignore[union-attr]


async def test_follow_ups_come_after_the_answer(bot: Listener, ana: User, general: Place) -> None:
    async def act(interaction: dpy.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send("first")  # fills the deferred answer, as the API has it
        await interaction.followup.send("second")

    bot.answer = act
    used = await ana.slash("team create", general, name="Atlas")
    assert [each.text for each in await used.followups()] == ["second"]
    assert (await used.answer()).text == "first"


async def test_a_late_answer_is_refused_and_the_person_told(
    bot: Listener, discord: Discord, ana: User, general: Place
) -> None:
    used = await ana.slash("team create", general, name="Atlas")
    heard = await bot.hears("interaction")
    await discord.skew(timedelta(seconds=3))
    assert await refused(heard.response.send_message("too late")) == (404, 10062)
    assert await used.failed()
    with pytest.raises(NoAnswer):
        await used.answer()


async def test_an_interaction_is_acknowledged_once(bot: Listener, ana: User, general: Place) -> None:
    used = await ana.slash("team create", general, name="Atlas")
    heard = await bot.hears("interaction")
    await heard.response.send_message("once")
    await used.answer()
    fresh = dpy.InteractionResponse(heard)
    assert await refused(fresh.send_message("twice")) == (400, 40060)


async def test_a_token_lives_for_15_minutes(bot: Listener, discord: Discord, ana: User, general: Place) -> None:
    used = await ana.slash("team create", general, name="Atlas")
    heard = await bot.hears("interaction")
    assert await refused(heard.followup.send("before any answer")) == (404, 10015)
    await heard.response.send_message("first")
    await discord.skew(timedelta(minutes=14))
    await heard.edit_original_response(content="second")
    await discord.skew(timedelta(minutes=1))
    assert await refused(heard.edit_original_response(content="third")) == (401, 50027)
    assert await refused(heard.followup.send("third")) == (401, 50027)
    assert (await used.answer()).text == "second"


async def test_buttons_of_an_ephemeral_answer_are_for_one_person(
    bot: Listener, discord: Discord, atlas: Guild, ana: User, general: Place
) -> None:
    bo = await discord.user("bo")
    await atlas.join(bo)
    bot.answer = answering("For you", ephemeral=True, view=Buttons())
    answer = await (await ana.slash("team create", general, name="Atlas")).answer()
    with pytest.raises(NotPossible, match="not there"):
        await bo.press(answer, "Skip")
    await (await ana.press(answer, "Skip")).answer()
    await ana.delete(answer)
    assert answer.id not in [each.id for each in await ana.sees(general)]


async def test_answers_need_no_permission_to_write(bot: Listener, ana: User, general: Place) -> None:
    await general.deny("bot", "send_messages")
    bot.answer = answering("Here all the same")
    await (await ana.slash("team create", general, name="Atlas")).answer()
    assert not (await bot.hears("interaction")).app_permissions.send_messages


async def test_an_interaction_waits_for_a_bot_that_resumes(
    bot: Listener, discord: Discord, ana: User, general: Place
) -> None:
    bot.answer = answering("Back")
    await discord.drop_gateway()
    used = await ana.slash("team create", general, name="Atlas")
    assert (await used.answer()).text == "Back"


async def test_the_tree_keeps_ids_and_counts_its_writes(bot: Listener, discord: Discord) -> None:
    before = {each["name"]: each["id"] for each in await discord.tree()}
    await bot.http.bulk_upsert_global_commands(discord.bot_id, TREE)
    assert {each["name"]: each["id"] for each in await discord.tree()} == before
    assert (await discord.statistics())["tree_writes"] == 2
    fetched = await bot.http.get_global_commands(discord.bot_id)
    assert {each["name"] for each in fetched} == set(before)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Team", "description": "capital letters"},
        {"name": "team", "description": ""},
        {"name": "team", "description": "x" * 101},
        {"name": "team", "description": "x", "name_localizations": {"es": "equipo"}},
        {"name": "x" * 33, "description": "x"},
        {"name": "t", "description": "x", "options": [{"type": 3, "name": "a", "description": "x"}] * 26},
        {"name": "t", "description": "x", "options": [{"type": 3, "name": "a", "description": "x"}] * 2},
        {
            "name": "t",
            "description": "x",
            "options": [
                {"type": 3, "name": "a", "description": "x"},
                {"type": 3, "name": "b", "description": "x", "required": True},
            ],
        },
        {
            "name": "t",
            "description": "x",
            "options": [
                {"type": 1, "name": "a", "description": "x"},
                {"type": 3, "name": "b", "description": "x"},
            ],
        },
        {"name": "menu", "type": 3, "description": "menus have none"},
        {
            "name": "t",
            "description": "x",
            "options": [
                {"type": 3, "name": f"o{n}", "description": "x" * 100, "description_localizations": {"de": "y" * 100}}
                for n in range(25)
            ]
            + [],
        }
        | {
            "options": [
                {
                    "type": 1,
                    "name": f"s{n}",
                    "description": "x" * 100,
                    "options": [{"type": 3, "name": f"o{m}", "description": "x" * 100} for m in range(5)],
                }
                for n in range(25)
            ]
        },
    ],
)
async def test_a_tree_beyond_the_limits_is_refused(bot: Listener, discord: Discord, wrong: dict[str, Any]) -> None:
    before = await discord.tree()
    assert await refused(bot.http.bulk_upsert_global_commands(discord.bot_id, [wrong])) == (400, 50035)
    assert await discord.tree() == before
    await discord.forgive()


async def test_selects_are_chosen_by_label(bot: Listener, ana: User) -> None:
    view = dpy.ui.View(timeout=None)
    options = [dpy.SelectOption(label="Atlas", value="1"), dpy.SelectOption(label="Boreas", value="2")]
    view.add_item(dpy.ui.Select(custom_id="team", placeholder="Which team?", options=options))
    channel = await (await bot.fetch_user(ana.id)).create_dm()
    await channel.send("Which team?", view=view)
    bot.answer = answering("Boreas it is")
    seen = await ana.reads("Which team?")
    with pytest.raises(NotPossible, match="no option"):
        await ana.choose(seen, "Corvus")
    await (await ana.choose(seen, "Boreas")).answer()
    assert (await bot.hears("interaction")).data["values"] == ["2"]
    await eventually(lambda: bool(bot.all("interaction")))

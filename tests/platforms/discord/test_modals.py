"""Forms as modals, as a pure matter: within Discord's limits, and nothing that is asked gets lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import services
from bot.engine.immediate import ShownForm, ShownInput
from bot.engine.parsing import bind, find_command
from bot.platforms.discord.marks import units
from bot.platforms.discord.modals import modal, sent_in
from bot.platforms.discord.typed import Used, line, used

COMMANDS = services().registry.commands
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


def asked(label: str = "What?", **more: Any) -> ShownInput:
    whole: dict[str, Any] = {"value": "", "hint": "", "required": False, "long": True, "limit": 2000}
    return ShownInput("1", label, **whole | more)


def shown(field: ShownInput) -> dict[str, Any]:
    """Return the component of a form's only question."""
    opened = modal(ShownForm("write", "Title", (field,)), "id")
    (component,) = opened["data"]["components"]
    return dict(component)


def test_a_question_stands_as_a_label_over_its_input() -> None:
    component = shown(asked("What did you finish?", value="the map", hint="One line each", required=True))
    assert component == {
        "type": 18,
        "label": "What did you finish?",
        "component": {
            "type": 4,
            "custom_id": "1",
            "style": 2,
            "required": True,
            "min_length": 1,
            "max_length": 2000,
            "value": "the map",
            "placeholder": "One line each",
        },
    }


def test_a_question_that_is_too_long_for_a_label_stands_whole_below_it() -> None:
    question = "What did you finish since the last time that I asked you for it?"
    component = shown(asked(question))
    assert component["label"] == "What did you finish since the last time that…"
    assert component["description"] == question


def test_a_question_that_is_too_long_even_for_that_goes_on_in_the_input() -> None:
    question = " ".join(["word"] * 30)
    component = shown(asked(question))
    there = component["description"].removesuffix("…") + component["component"]["placeholder"].removeprefix("…")
    assert there == question


def test_what_was_written_before_is_never_cut_by_the_limit() -> None:
    component = shown(asked(value="x" * 2500))["component"]
    assert (len(component["value"]), component["max_length"]) == (2500, 2500)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, st.integers(1, 5000)), min_size=1, max_size=5), TEXT)
def test_every_form_is_within_the_limits(questions: list[tuple[str, str, str, int]], title: str) -> None:
    inputs = tuple(
        ShownInput(str(n), label, value, hint, bool(n % 2), bool(n % 3), limit)
        for n, (label, value, hint, limit) in enumerate(questions)
    )
    data = modal(ShownForm("write", title, inputs), "id")["data"]
    assert 1 <= units(data["title"]) <= 45
    for each in data["components"]:
        field = each["component"]
        assert 1 <= units(each["label"]) <= 45
        assert 1 <= units(each.get("description", "-")) <= 100
        assert 1 <= units(field.get("placeholder", "-")) <= 100
        assert field.get("min_length", 0) <= field["max_length"] <= 4000
        assert len(field.get("value", "")) <= field["max_length"]


@pytest.mark.parametrize("kind", [18, 1])
def test_what_is_sent_in_is_read_by_name(kind: int) -> None:
    fields = [{"type": 4, "custom_id": "1", "value": "the map"}, {"type": 4, "custom_id": "2", "value": None}]
    rows = [{"type": kind, **({"component": each} if kind == 18 else {"components": [each]})} for each in fields]
    assert sent_in({"components": [{"type": 10, "content": "hello"}, *rows]}) == {"1": "the map", "2": ""}


# --- commands as typed --------------------------------------------------------------------------------------


def test_a_commands_words_and_options_are_found_in_its_groups() -> None:
    data = {
        "name": "me",
        "options": [
            {
                "type": 2,
                "name": "away",
                "options": [
                    {
                        "type": 1,
                        "name": "until",
                        "options": [
                            {"type": 3, "name": "day", "value": "2027-03-15", "focused": True},
                            {"type": 5, "name": "sure", "value": True},
                            {"type": 4, "name": "number", "value": 3.0},
                        ],
                    }
                ],
            }
        ],
    }
    assert used(data) == Used("me away until", {"day": "2027-03-15", "sure": "yes", "number": "3"}, "day")


@given(team=st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1).map(str.strip))
def test_a_line_means_what_the_options_were(team: str) -> None:
    spec = COMMANDS["write"]
    quotes = ('"', "“", "”", "«", "»", "„", "'")
    if not team or sum(quote in team for quote in quotes) > 1:
        return
    typed = find_command(line(Used("write", {"day": "2027-03-01", "team": team}), spec), COMMANDS)
    assert typed is not None
    assert bind(typed) == {"day": "2027-03-01", "team": team}


@given(text=st.text(st.characters(exclude_categories=["C"], include_characters="\n"), min_size=1).map(str.strip))
def test_free_text_goes_as_it_is_behind_the_other_options(text: str) -> None:
    spec = COMMANDS["team create"]
    if not text or ":" in text or "：" in text:
        return
    typed = find_command(line(Used("team create", {"name": text, "zone": "UTC"}), spec), COMMANDS)
    assert typed is not None
    assert bind(typed) == {"name": text, "zone": "UTC"}

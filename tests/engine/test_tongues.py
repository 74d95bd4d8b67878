"""Commands typed in the words of any language that there are texts in."""

from __future__ import annotations

import pytest

from bot.app import services
from bot.engine.parsing import bind, find_command
from bot.engine.tongues import Tongues, translated

SERVICES = services()
TONGUES = SERVICES.registry.tongues


@pytest.mark.parametrize("language", ["es", "de", "ja"])
def test_every_command_is_found_by_its_words_in_every_language(language: str) -> None:
    for words, spec in SERVICES.registry.commands.items():
        own = translated(spec.domain, words, language, SERVICES.localizer)
        typed = find_command(own.upper() if language == "es" else own, TONGUES.commands)
        assert typed is not None, own
        assert typed.spec is spec, own


def test_english_words_are_never_taken_for_another_command() -> None:
    for words, spec in SERVICES.registry.commands.items():
        assert TONGUES.commands[words] is spec


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("equipo anadir", "team add"), ("equipo añadir", "team add"), ("standup loeschen", "standup delete"),
        ("uebergabe zeigen", "handoff show"), ("ich zurueck", "me back"), ("actualizacion", "update"),
        ("ﾁｰﾑ 表示", "team show"), ("Überspringen!", "skip"), ("ゴミ", None), ("ich", None),
    ],
)  # fmt: skip
def test_accents_umlauts_and_width_do_not_count(text: str, words: str | None) -> None:
    typed = find_command(text, TONGUES.commands)
    assert (typed.spec.words if typed else None) == words


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("equipo crear Atlas zona:Lisboa", {"name": "Atlas", "zone": "Lisboa"}),
        ("team erstellen name:Atlas zeitzone:Lissabon", {"name": "Atlas", "zone": "Lissabon"}),
        ("team erstellen zone:Lissabon Atlas", {"name": "Atlas", "zone": "Lissabon"}),
        ("チーム 作成 名前：Atlas タイムゾーン：東京", {"name": "Atlas", "zone": "東京"}),
        ("bloqueo texto:la llave: no llega", {"text": "la llave: no llega"}),
        ("hindernis nachteil: der Schlüssel", {"text": "nachteil: der Schlüssel"}),
        ("hindernis zeitzone: unklar", {"text": "zeitzone: unklar"}),
    ],
)
def test_options_are_known_by_their_names_in_any_language(text: str, given: dict[str, str]) -> None:
    typed = find_command(text, TONGUES.commands)
    assert typed is not None
    typed = type(typed)(typed.spec, typed.arguments, options=TONGUES.options)
    assert bind(typed) == given


def test_the_beginning_of_a_command_is_known_in_english() -> None:
    assert TONGUES.english("übergabe") == "handoff"
    assert TONGUES.english("ich weg bis") == "me away until"
    assert TONGUES.english("ich weg") == "me away"
    assert TONGUES.english("me") == "me"
    assert TONGUES.english("nichts davon") == "nichts davon"
    assert Tongues().english("me") == "me"

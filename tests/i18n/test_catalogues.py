"""Which languages there are, and which of them serves a tag."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.i18n.catalogues import Catalogues, misplaced

ROOT = Path(__file__).parents[2]


def catalogues(folder: Path, *languages: str) -> Catalogues:
    """Return those of a folder with one small catalogue for each language."""
    for language in languages:
        file = folder / language / "LC_MESSAGES" / "tea.po"
        file.parent.mkdir(parents=True)
        file.write_text(f'msgid "Tea"\nmsgstr "Tea in {language}"\n', "utf-8")
    return Catalogues(folder)


def test_the_installed_languages_are_english_german_and_spanish() -> None:
    assert Catalogues().languages() == ("en", "de", "es", "ja")


def test_a_language_is_added_by_its_files_alone(tmp_path: Path) -> None:
    assert catalogues(tmp_path, "pt_BR", "de").languages() == ("en", "de", "pt-BR")
    assert Catalogues(tmp_path).translate("tea", "pt-BR", "Tea", None, None) == "Tea in pt_BR"


def test_a_folder_without_texts_is_no_language(tmp_path: Path) -> None:
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "README.md").write_text("for translators")
    assert Catalogues(tmp_path).languages() == ("en",)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("pt", "pt-BR"), ("pt-BR", "pt-BR"), ("pt-PT", "pt-BR"),
        ("de-AT", "de"), (" de ", "de"), ("zh-Hant-TW", "zh-Hant"), ("fr", None), ("", None), ("english", None),
    ],
)  # fmt: skip
def test_a_tag_is_served_by_itself_or_its_nearest_relative(tmp_path: Path, tag: str, expected: str | None) -> None:
    assert catalogues(tmp_path, "pt_BR", "de", "zh_Hant").negotiate(tag) == expected


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    found = catalogues(tmp_path, "de", "fr")
    (tmp_path / "fr" / "LC_MESSAGES" / "tea.po").write_bytes(b"\xff not a catalogue")
    assert found.translate("tea", "de", "Tea", None, None) == "Tea in de"


@pytest.mark.parametrize(
    ("sources", "translation", "wrong"),
    [
        (("Hi {name}",), "Hola {name}", None),
        (("Hi {name}",), "Hola", "misses {name}"),
        (("Hi {name}",), "Hola {nombre}", "misses {name}"),
        (("Hi",), "Hola {name}", "adds {name}"),
        (("One cup", "{count} cups"), "Una taza", None),
        (("{count} cup", "{count} cups"), "Una taza", "misses {count}"),
        (("Hi {name}",), "Hola {name", "expected '}' before end of string"),
        (("Hi {name}",), "Hola {name!r}", "not a plain named placeholder: {name} in 'Hola {name!r}'"),
    ],
)
def test_placeholders_of_a_translation_are_those_of_its_source(
    sources: tuple[str, ...], translation: str, wrong: str | None
) -> None:
    assert misplaced(sources, translation) == wrong


def test_a_catalogue_is_read_once(tmp_path: Path) -> None:
    found = catalogues(tmp_path, "de")
    assert found.translate("tea", "de", "Tea", None, None) == "Tea in de"
    (tmp_path / "de" / "LC_MESSAGES" / "tea.po").unlink()
    assert found.translate("tea", "de", "Tea", None, None) == "Tea in de"


def test_english_needs_no_file_and_no_table(tmp_path: Path) -> None:
    """So that `heliotrope` starts quickly: a new process writes a sentence before it has read any of them."""
    file = tmp_path / "es" / "LC_MESSAGES" / "tea.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff not a catalogue")
    script = f"""
import subprocess
import sys
from pathlib import Path
from bot.engine.ports import Reader
from bot.i18n import BabelLocalizer, Catalogues, CldrGazetteer, place_names, zones
from bot.model.message import Sentence
from tests.i18n.styles import Plain

catalogues = Catalogues(Path({str(tmp_path)!r}))
CldrGazetteer(catalogues)
print(BabelLocalizer(catalogues).write(Sentence("tea", "Tea"), Reader("en", "Europe/Lisbon"), Plain()))
assert not zones.countries.cache_info().currsize
assert not place_names.names.cache_info().currsize
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("Tea\n", "")

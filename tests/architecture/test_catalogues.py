"""Every sentence in the code is in every language's catalogue, whole; and the check finds each fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.testing.catalogues import Project, problems, update

ROOT = Path(__file__).parents[2]

CODE = {
    "bot/__init__.py": "",
    "bot/hello.py": """
_, n_ = catalogue("bot")
hello = _("Hello {name}", name=name)
cups = n_("One cup", "{count} cups", count)
""",
    "cogs/tea/__init__.py": """
_, n_ = catalogue("tea")
@command("tea", help=N_("Make tea "))
async def tea(call):
    return _("Here you are, {name}: {drink}", name=name, drink=_("tea"))
""",
}
BOT = """
msgid "Hello {name}"
msgstr "Hola, {name}"

msgid "One cup"
msgid_plural "{count} cups"
msgstr[0] "Una taza"
msgstr[1] "{count} tazas"
"""
TEA = """
msgid "Make tea "
msgstr "Hacer té "

msgid "Here you are, {name}: {drink}"
msgstr "Aquí tienes {drink}, {name}"

msgid "tea"
msgstr "té"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a small project without a fault, in Spanish."""
    catalogues = {"locales/es/LC_MESSAGES/bot.po": BOT, "locales/es/LC_MESSAGES/tea.po": TEA}
    for name, text in {**CODE, **catalogues}.items():
        write(tmp_path / name, text)
    return Project(tmp_path)


def write(file: Path, text: str) -> None:
    """Write a file, and its folders."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def plant(project: Project, name: str, old: str, new: str) -> None:
    """Change a file of the project."""
    text = (project.root / name).read_text("utf-8")
    assert old in text
    write(project.root / name, text.replace(old, new, 1))


def test_every_sentence_is_translated_into_every_language() -> None:
    assert problems(Project(ROOT)) == []


def test_the_files_are_as_update_writes_them(tmp_path: Path) -> None:
    """So that the next person's `make catalogues` changes only what they changed."""
    for file in ROOT.glob("locales/*/LC_MESSAGES/*.po"):
        write(tmp_path / file.relative_to(ROOT), file.read_text("utf-8"))
    for folder in ("bot", "cogs"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    assert [file.name for file in update(Project(tmp_path))] == []


def test_a_project_without_a_fault_has_no_problems(project: Project) -> None:
    assert problems(project) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgid "Hello {name}"\nmsgstr "Hola, {name}"\n', "", "misses 'Hello {name}'"),
        ("Hola, {name}", "", "'Hello {name}' is not translated"),
        ('msgid "Hello', '#, fuzzy\nmsgid "Hello', "'Hello {name}' is fuzzy"),
        ("Hola, {name}", "Hola", "'Hello {name}' misses {name}"),
        ("Hola, {name}", "Hola, {name} {other}", "'Hello {name}' adds {other}"),
        ("Hola, {name}", "Hola, {name", "'Hello {name}' expected '}' before end of string"),
        ("{count} tazas", "{numero} tazas", "'One cup' adds {numero}"),
        ("Hola, {name}", "Hola, {name} ", "'Hello {name}' starts or ends with other white space than the source"),
        ("Hola, {name}", "\\nHola, {name}", "'Hello {name}' starts or ends with other white space than the source"),
        ("{count} tazas", "", "'One cup' is not translated"),
        ('msgstr[1] "{count} tazas"\n', "", "'One cup' is not translated"),
        (
            '"{count} tazas"',
            '"{count} tazas"\nmsgstr[2] "x"',
            "can't be read: msg has more translations than num_plurals of catalog",
        ),
        ('msgid_plural "{count} cups"', 'msgid_plural "{count} mugs"', "misses 'One cup'"),
        ('msgid "Hello', 'msgid "Old"\nmsgstr "Viejo"\n\nmsgid "Hello', "'Old' is obsolete: the code does not say it"),
        ('msgid "Hello', '#~ msgid "Old"\n#~ msgstr "Viejo"\n\nmsgid "Hello', "'Old' is obsolete"),
        ('msgid "Hello', 'msgidd "Hello', "can't be read: "),
    ],
)  # fmt: skip
def test_a_fault_in_a_catalogue_is_found(project: Project, old: str, new: str, problem: str) -> None:
    plant(project, "locales/es/LC_MESSAGES/bot.po", old, new)
    found = problems(project)
    assert any(line.startswith(f"locales/es/LC_MESSAGES/bot.po: {problem}") for line in found), found


def test_plural_forms_of_another_language_are_found(project: Project) -> None:
    header = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\\n"\n'
    plant(project, "locales/es/LC_MESSAGES/bot.po", "\nmsgid", f"{header}\nmsgid")
    plant(project, "locales/es/LC_MESSAGES/bot.po", '"{count} tazas"', '"{count} tazas"\nmsgstr[2] "{count} tazas"')
    assert problems(project) == ["locales/es/LC_MESSAGES/bot.po: 'One cup' has 3 plural forms; the language has 2"]


def test_a_missing_file_is_found_and_one_that_belongs_to_nothing(project: Project) -> None:
    folder = project.root / "locales/es/LC_MESSAGES"
    (folder / "tea.po").rename(folder / "coffee.po")
    assert problems(project) == [
        "locales/es/LC_MESSAGES/tea.po: missing; `make catalogues` makes it",
        "locales/es/LC_MESSAGES/coffee.po: no such domain",
    ]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("_(text)", "_(...) needs its source text as a literal"),
        ('_(f"Hello {name}")', "_(...) needs its source text as a literal"),
        ('n_("{count} cup", plural, 2)', "n_(...) needs its source text as a literal"),
        ('_("Hello {name}")', "no value for {name} in 'Hello {name}'"),
        ('_("Hello {name}", nam=name)', "no value for {name} in 'Hello {name}'"),
        ('_("Hello", name=name)', "no {name} in 'Hello' for the value given"),
        ('_("Hello {}", name=name)', "not a plain named placeholder: {} in 'Hello {}'"),
        ('_("Hello {0.name}", name=name)', "not a plain named placeholder: {0.name} in 'Hello {0.name}'"),
        ('_n("{count} cup", "{count} cups", 2)', "_n(...): extraction finds n_(...) only"),
        ('_, ngettext = catalogue("bot")', "ngettext of catalogue(...): extraction finds n_ only"),
        ('tr, n_ = catalogue("bot")', "tr of catalogue(...): extraction finds _ only"),
        ('_, n_ = catalogue("tea")', "catalogue('tea'): texts found here are in the domain \"bot\""),
        ('n_("One cup", "{count} mugs", 2)', "'One cup' has another plural elsewhere: "),
    ],
)
def test_a_fault_in_a_sentence_of_the_code_is_found(project: Project, code: str, problem: str) -> None:
    write(project.root / "bot/planted.py", f"\n{code}\n")
    found = problems(project)
    assert any(line.startswith(f"bot/planted.py:2: {problem}") for line in found), found


def test_values_that_nobody_can_see_are_left_alone(project: Project) -> None:
    write(project.root / "bot/planted.py", '_("Hello {name}", **values)\n')
    assert problems(project) == []


def test_update_keeps_translations_and_adds_and_removes_what_the_code_does(project: Project) -> None:
    write(project.root / "bot/planted.py", '_("New")\n')
    plant(project, "bot/hello.py", '"Hello {name}"', '"Good day {name}"')
    update(project)
    with (project.root / "locales/es/LC_MESSAGES/bot.po").open("rb") as file:
        texts = {str(message.id): message.string for message in read_po(file, locale="es") if message.id}
    assert texts == {
        "Good day {name}": "",
        "('One cup', '{count} cups')": ("Una taza", "{count} tazas"),
        "New": "",
    }


def test_update_twice_changes_nothing_and_writes_no_dates_or_line_numbers(project: Project) -> None:
    assert len(update(project)) == 2
    text = (project.root / "locales/es/LC_MESSAGES/bot.po").read_text("utf-8")
    assert "Date" not in text
    assert "#: bot/hello.py\n" in text
    plant(project, "bot/hello.py", "\nhello", "\n\n\n# lower down\nhello")
    assert update(project) == []
    assert problems(project) == []


def test_update_makes_a_new_language_with_its_plural_forms(project: Project) -> None:
    update(project, new_languages=["pl", "pt-BR"])
    text = (project.root / "locales/pl/LC_MESSAGES/bot.po").read_text("utf-8")
    assert '"Plural-Forms: nplurals=' in text
    assert "Polish texts" in text
    assert (project.root / "locales/pt_BR/LC_MESSAGES/tea.po").exists()
    assert "locales/pl/LC_MESSAGES/tea.po: 'tea' is not translated" in problems(project)


def test_update_of_one_domain_leaves_the_others_alone(project: Project) -> None:
    before = (project.root / "locales/es/LC_MESSAGES/tea.po").read_text("utf-8")
    assert [file.name for file in update(project, "bot")] == ["bot.po"]
    assert (project.root / "locales/es/LC_MESSAGES/tea.po").read_text("utf-8") == before


def test_a_sentence_given_to_another_is_extracted_too(project: Project) -> None:
    plant(project, "locales/es/LC_MESSAGES/tea.po", 'msgid "tea"\nmsgstr "té"\n', "")
    assert problems(project) == ["locales/es/LC_MESSAGES/tea.po: misses 'tea'"]


@pytest.mark.parametrize(
    ("command", "translated", "problem"),
    [
        ("kettle show", "tetera", "'kettle show' must be 2 words that can be names, not 'tetera'"),
        ("kettle show", "tetera ¿ver?", "'kettle show' must be 2 words that can be names, not 'tetera ¿ver?'"),
        ("kettle show", "", "'kettle show' is not translated"),
        ("kettle show", "cafetera ver", "'kettle show' calls 'kettle' 'cafetera', and 'kettle fill' calls it 'tetera'"),
        ("kettle show", "tetera llenar", "'kettle show' calls 'kettle show' 'llenar', as 'kettle fill' is called"),
        ("pot", "tetera", "'pot' calls 'pot' 'tetera', as 'kettle' is called"),
    ],
)
def test_a_fault_in_the_words_of_a_command_is_found(
    project: Project, command: str, translated: str, problem: str
) -> None:
    named = f'@command("kettle fill", help=N_("Make tea "))\n@command("{command}", help=N_("Make tea "))\n'
    write(project.root / "cogs/tea/commands.py", f"{named}async def kettle(call): ...\n")
    words = f'msgid "kettle fill"\nmsgstr "tetera llenar"\n\nmsgid "{command}"\nmsgstr "{translated}"\n\n'
    plant(project, "locales/es/LC_MESSAGES/tea.po", 'msgid "Make', f'{words}msgid "Make')
    assert problems(project) == [f"locales/es/LC_MESSAGES/tea.po: {problem}"]


def test_the_words_of_a_command_may_be_written_as_the_language_writes_nouns(project: Project) -> None:
    write(project.root / "cogs/tea/commands.py", '@command("cup", help=N_("Make tea "))\nasync def cup(call): ...\n')
    plant(project, "locales/es/LC_MESSAGES/tea.po", 'msgid "Make', 'msgid "cup"\nmsgstr "Tasse"\n\nmsgid "Make')
    assert problems(project) == []

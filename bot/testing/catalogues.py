"""Keeps the catalogues in step with the code: `python -m bot.testing.catalogues update|check`.

`update` extracts every sentence and brings each language's files up to date, keeping what is translated. `check`
prints a line for each fault. To add a language: `update pt-BR`, then translate what it made.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, read_po, write_po

from bot.i18n.catalogues import misplaced
from bot.testing.command_words import NOTE, command_words, faults
from bot.testing.sentences import misuse

KEYWORDS: Final = {"_": None, "n_": (1, 2), "N_": None}
_WIDTH: Final = 110
_HEADER: Final = """\
# {language} texts of Heliotrope, domain "{domain}".
msgid ""
msgstr ""
"Language: {tag}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@dataclass(frozen=True)
class Project:
    """A checkout: its folder holds `bot`, `cogs` and `locales`."""

    root: Path

    def domains(self) -> dict[str, Path]:
        """Return the code of each domain: the bot's, and each cog's."""
        cogs = sorted(entry for entry in (self.root / "cogs").glob("*/") if (entry / "__init__.py").is_file())
        return {"bot": self.root / "bot", **{cog.name: cog for cog in cogs}}

    def languages(self) -> list[str]:
        """Return the names of the folders of the languages there are."""
        return sorted(entry.parent.name for entry in (self.root / "locales").glob("*/LC_MESSAGES"))

    def file(self, language: str, domain: str) -> Path:
        """Return where a language has a domain's texts."""
        return self.root / "locales" / language / "LC_MESSAGES" / f"{domain}.po"

    def sources(self, folder: Path) -> list[Path]:
        """Return the modules in a folder, in a stable order."""
        return sorted(folder.rglob("*.py"))

    def name(self, file: Path) -> str:
        """Return a file's name as people read it."""
        return file.relative_to(self.root).as_posix()


def extract(project: Project, folder: Path) -> Catalog:
    """Return every sentence in a folder's modules, in their order, and then the words of its commands."""
    found = Catalog(charset="utf-8")
    for file in project.sources(folder):
        for line, text, comments, _context in extract_from_file("python", file, KEYWORDS, comment_tags=["NOTE:"]):
            found.add(text, locations=[(project.name(file), line)], auto_comments=comments)
    for file, line, words in command_words(project.sources(folder)):
        found.add(words, locations=[(project.name(file), line)], auto_comments=[NOTE])
    return found


def update(project: Project, only: str | None = None, new_languages: Iterable[str] = ()) -> list[Path]:
    """Bring the languages' files up to date with the code (of one domain, or all); return those that changed."""
    changed = []
    languages = dict.fromkeys([*project.languages(), *(tag.replace("-", "_") for tag in new_languages)])
    for domain, folder in project.domains().items():
        if only not in (None, domain):
            continue
        template = extract(project, folder)
        for language in languages:
            file = project.file(language, domain)
            text = _merged(file, language, domain, template)
            if text is not None and (not file.exists() or file.read_text("utf-8") != text):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
                changed.append(file)
    return changed


def _merged(file: Path, language: str, domain: str, template: Catalog) -> str | None:
    """Return the file's new text: the code's sentences in the code's order, with what was translated."""
    if not len(template) and not file.exists():
        return None
    catalog = _read(file, language) if file.exists() else Catalog(language, charset="utf-8")
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    written = io.BytesIO()
    write_po(written, catalog, width=_WIDTH, omit_header=True, ignore_obsolete=True, include_lineno=False)
    locale = Locale.parse(language)
    header = _HEADER.format(
        language=locale.get_display_name("en"), domain=domain, tag=language, plurals=catalog.plural_forms
    )
    return header + written.getvalue().decode("utf-8").lstrip("\n")


def _read(file: Path, language: str) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=language, abort_invalid=True)  # without the locale, plurals get lost


def problems(project: Project) -> list[str]:
    """Return a line for each fault in the code's sentences and in the languages' files."""
    found: list[str] = []
    templates = {domain: extract(project, folder) for domain, folder in project.domains().items()}
    for domain, folder in project.domains().items():
        found += misuse(project.sources(folder), domain, project.root)
    for language in project.languages():
        for domain, template in templates.items():
            file = project.file(language, domain)
            name = project.name(file)
            if file.exists():
                found += (f"{name}: {fault}" for fault in _faults(file, language, template))
            elif len(template):
                found.append(f"{name}: missing; `make catalogues` makes it")
        found += _command_faults(project, language)
        strays = project.file(language, "x").parent.glob("*.po")
        found += (f"{project.name(file)}: no such domain" for file in sorted(strays) if file.stem not in templates)
    return found


def _command_faults(project: Project, language: str) -> Iterator[str]:
    """Yield what is wrong with the words of commands that are translated."""
    translated: dict[str, dict[str, str]] = {}
    for domain, folder in project.domains().items():
        file = project.file(language, domain)
        commands = [words for _file, _line, words in command_words(project.sources(folder))]
        if not commands or not file.exists():
            continue
        try:
            texts = {_key(message): _texts(message.string)[0] for message in _messages(_read(file, language))}
        except (PoFileError, UnicodeDecodeError, ValueError):
            continue  # which is told already
        translated[domain] = {words: texts[words] for words in commands if texts.get(words)}
    yield from (f"{project.name(project.file(language, domain))}: {fault}" for domain, fault in faults(translated))


def _faults(file: Path, language: str, template: Catalog) -> Iterator[str]:
    try:
        catalog = _read(file, language)
    except (PoFileError, UnicodeDecodeError, ValueError) as broken:
        yield f"can't be read: {broken}"
        return
    plurals = get_plural(language).num_plurals
    for wanted in _messages(template):
        message = catalog.get(_key(wanted))
        if message is None or message.id != wanted.id:
            yield f"misses {_short(wanted)}"
        else:
            yield from (f"{_short(wanted)} {fault}" for fault in _faults_of(message, plurals))
    known = {_key(message) for message in _messages(template)}
    for message in (*_messages(catalog), *catalog.obsolete.values()):
        if _key(message) not in known:
            yield f"{_short(message)} is obsolete: the code does not say it"


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    sources = _texts(message.id)
    forms = _texts(message.string)
    if message.fuzzy:
        yield "is fuzzy"
    if len(sources) > 1 and len(forms) != plurals:
        yield f"has {len(forms)} plural forms; the language has {plurals}"
    if not all(forms):
        yield "is not translated"
        return
    for form in forms:
        if wrong := misplaced(sources, form):
            yield wrong
        if not any(_edges(form) == _edges(source) for source in sources):
            yield "starts or ends with other white space than the source"


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _key(message: Message) -> str:
    return _texts(message.id)[0]


def _texts(value: str | Sequence[str] | None) -> tuple[str, ...]:
    return (value or "",) if isinstance(value, str) or value is None else tuple(value)


def _edges(text: str) -> tuple[str, str]:
    bare = text.strip()
    start, _, end = text.partition(bare) if bare else (text, "", "")
    return start, end


def _short(message: Message) -> str:
    text = _key(message)
    return repr(text if len(text) <= 60 else text[:59] + "…")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.testing.catalogues", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="print a line for each fault; fail if there is one")
    updating = commands.add_parser("update", help="bring locales/*/LC_MESSAGES/*.po up to date with the code")
    updating.add_argument("--domain", help="only this one")
    updating.add_argument("languages", nargs="*", help="languages to add, such as pt-BR")
    asked = parser.parse_args(arguments)
    project = Project(Path(__file__).resolve().parents[2])
    if asked.command == "update":
        for file in update(project, asked.domain, asked.languages):
            print(f"updated {project.name(file)}")
        return 0
    found = problems(project)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

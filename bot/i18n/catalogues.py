"""The installed gettext catalogues: which languages there are, and what each says for a source text."""

from __future__ import annotations

import logging
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import c2py
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

log = logging.getLogger(__name__)

SOURCE_LANGUAGE: Final = "en"
"""The language that source texts are written in; it needs no catalogue."""

Template = tuple[tuple[str, str | None], ...]
"""A text taken apart: literals, each with the name of the placeholder that follows it."""


def installed_folder() -> Traversable:
    """Return the folder of catalogues: inside an installed package, or beside it in a checkout."""
    packaged = resources.files("bot") / "_locales"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "locales"


@lru_cache(maxsize=8192)
def template(text: str) -> Template:
    """Take a text with `{named}` placeholders apart; a text with broken braces is one literal."""
    try:
        return tuple((literal, name) for literal, name, _, _ in string.Formatter().parse(text))
    except ValueError:
        return ((text, None),)


def placeholders(text: str) -> frozenset[str]:
    """Return the names of a text's placeholders; raises ValueError for broken braces and for other forms."""
    names = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is not None:
            if not name.isidentifier() or spec or conversion:
                raise ValueError(f"not a plain named placeholder: {{{name}}} in {text!r}")
            names.add(name)
    return frozenset(names)


def misplaced(sources: tuple[str, ...], translation: str) -> str | None:
    """Say what is wrong with a translation's placeholders, or None.

    `sources` is the source text, or its singular and plural: a form may leave out only what one of them does.
    """
    try:
        named = [placeholders(source) for source in sources]
        found = placeholders(translation)
    except ValueError as broken:
        return str(broken)
    missing = frozenset.intersection(*named) - found
    unknown = found - frozenset.union(*named)
    if missing:
        return f"misses {', '.join(f'{{{name}}}' for name in sorted(missing))}"
    if unknown:
        return f"adds {', '.join(f'{{{name}}}' for name in sorted(unknown))}"
    return None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One domain in one language: plural forms by source text (one form for a plain sentence)."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = lambda count: 0

    def find(self, text: str, count: int | None) -> str | None:
        """Return the translation of a source text, in the plural form for `count` if there is one."""
        forms = self.texts.get(text)
        if forms is None:
            return None
        form = self.plural(abs(count)) if count is not None else 0
        return forms[form] if form < len(forms) else None


class Catalogues:
    """The catalogues in a folder `<language>/LC_MESSAGES/<domain>.po`, each read when first asked for."""

    def __init__(self, folder: Traversable | None = None) -> None:
        self._folder = folder or installed_folder()
        self._folders = _language_folders(self._folder)
        self._read: dict[tuple[str, str], Catalogue] = {}
        self._chains: dict[str, tuple[str, ...]] = {}

    def languages(self) -> tuple[str, ...]:
        """Return the tags that there are catalogues for, English first."""
        return (SOURCE_LANGUAGE, *sorted(self._folders.keys() - {SOURCE_LANGUAGE}))

    def negotiate(self, tag: str) -> str | None:
        """Return the installed tag that serves a tag best: itself, a parent, or a sibling; else None."""
        installed = {known.lower(): known for known in self.languages()}
        parts = tag.strip().replace("_", "-").lower().split("-")
        for length in range(len(parts), 0, -1):
            if known := installed.get("-".join(parts[:length])):
                return known
        return next((known for known in self.languages() if known.lower().split("-")[0] == parts[0]), None)

    def translate(self, domain: str, language: str, text: str, plural: str | None, count: int | None) -> str:
        """Return the text in the language, else in a parent of it, else in English; plural by `count`."""
        for tag in self._chain(language):
            found = self._catalogue(tag, domain).find(text, count)
            if found is not None:
                return found
        return text if plural is None or count in (None, 1) else plural

    def _chain(self, language: str) -> tuple[str, ...]:
        if (known := self._chains.get(language)) is not None:
            return known
        best = self.negotiate(language)
        parts = best.split("-") if best else []
        tags = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
        chain = tuple(tag for tag in tags if tag in self._folders)
        self._chains[language] = chain
        return chain

    def _catalogue(self, tag: str, domain: str) -> Catalogue:
        key = (tag, domain)
        if key not in self._read:
            file = self._folders[tag] / f"{domain}.po"
            self._read[key] = read_catalogue(file, tag) if file.is_file() else Catalogue()
        return self._read[key]


def _language_folders(folder: Traversable) -> dict[str, Traversable]:
    if not folder.is_dir():
        log.warning("no catalogues at %s: everybody reads English", folder)
        return {}
    found = {entry.name.replace("_", "-"): entry / "LC_MESSAGES" for entry in folder.iterdir()}
    return {tag: inner for tag, inner in found.items() if inner.is_dir() and _has_catalogue(inner)}


def _has_catalogue(folder: Traversable) -> bool:
    return any(entry.name.endswith(".po") for entry in folder.iterdir())


def read_catalogue(file: Traversable, tag: str) -> Catalogue:
    """Read a .po file; a translation that is empty, fuzzy or does not fit its placeholders is left out."""
    with file.open("rb") as opened:
        catalog = read_po(opened, locale=tag.replace("-", "_"))
    texts = {}
    for message in catalog:
        if message.id and not message.fuzzy and (forms := _usable_forms(message, file)):
            texts[_sources(message)[0]] = forms
    return Catalogue(texts, c2py(catalog.plural_expr))


def _usable_forms(message: Message, file: Traversable) -> tuple[str, ...]:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    forms = tuple(str(string) for string in strings if string)
    if len(forms) < len(strings):
        return ()
    for form in forms:
        if wrong := misplaced(_sources(message), form):
            log.error("%s: the translation of %r %s; shown in English", file, _sources(message)[0], wrong)
            return ()
    return forms


def _sources(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (str(message.id),)

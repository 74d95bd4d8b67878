"""Commands as people type them: which one it is, and which words go to which parameter."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.model.command import CommandSpec, Parameter
from bot.model.errors import BadInput
from bot.model.identity import WorkspaceId
from bot.model.message import CommandText, OptionName, Sentence, catalogue

_, n_ = catalogue("bot")

_TOKEN = re.compile(
    r"""(?:([^\W\d]+)[:：])?(?:"([^"]*)"|“([^”]*)”|„([^“]*)“|«([^»]*)»|'([^']*)'(?!\S)|(\S+))""", re.IGNORECASE
)
_WRAPPED = re.compile(r"""\s*(?:(`+)(.+?)\1|"([^"]+)"|“([^”]+)”|«([^»]+)»)\s*""", re.DOTALL)
"""A whole command in the marks that it was shown in."""
_JOINED = frozenset({"text", "zone", "language", "team", "member", "account", "weekdays", "holidays", "date"})
"""Kinds that may hold spaces: as the last parameter they take the words that are left."""
_WRITTEN_APART = frozenset({"time", "date", "duration", "hours", "weekdays"})
"""Kinds of which several words may be one value: "9 Uhr", "24. Dezember", "9:00 - 17:30"."""
_MOST_WORDS = 8
_PIN = re.compile(r"@(\d+) ")
"""What a line begins with that is for one workspace; only the bot's own choices and forms carry it."""

Reads = Callable[[str, str], bool]
"""Whether a text is one value of a kind, in the language of whoever typed it: `reads("time", "9 Uhr")`."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was recognised: its spec, and what follows its words, as written.

    `given` has the values by parameter where a client kept them apart. What was `picked` in a message's menu may have
    no words where that has none, but pictures.
    """

    spec: CommandSpec
    arguments: str
    given: Mapping[str, str] | None = None
    picked: bool = False
    foreign: bool = False
    """Whether its words were in another language than English."""
    options: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What names in other languages mean: the options that are called so."""


@dataclass(frozen=True, slots=True)
class _Token:
    name: str | None
    value: str
    start: int
    end: int
    quoted: bool = False
    value_at: int = 0


def pinned(line: str, workspace: WorkspaceId) -> str:
    """Return a line that is for one workspace, wherever the one who chooses it is a member besides."""
    return f"@{workspace} {unpinned(line)}"


def pin(line: str) -> WorkspaceId | None:
    """Return the workspace that a line is for, None where it does not say."""
    found = _PIN.match(line)
    return WorkspaceId(int(found[1])) if found else None


def unpinned(line: str) -> str:
    """Return a line as it would be typed."""
    return _PIN.sub("", line, count=1) if _PIN.match(line) else line


def find_command(text: str, commands: Mapping[str, CommandSpec]) -> Typed | None:
    """Return the command whose words the text starts with (the longest such), or None."""
    text = unpinned(text)
    if wrapped := _WRAPPED.fullmatch(text):
        text = next(inner for inner in wrapped.groups()[1:] if inner)
    words = [(_latin(m.group()), m.end()) for m in re.finditer(r"\S+", text)][:3]
    plain = " ".join(_latin(text).split()).rstrip(".!。")
    if plain in commands:  # "Skip!" and "me show." are commands too
        return Typed(commands[plain], "", foreign=plain != commands[plain].words)
    for count in range(len(words), 0, -1):
        typed = " ".join(word for word, _end in words[:count])
        spec = commands.get(typed)
        if spec is not None:
            return Typed(spec, text[words[count - 1][1] :], foreign=typed != spec.words)
    return None


def _latin(text: str) -> str:
    """Return a text in small letters, full-width ones as plain ones."""
    return unicodedata.normalize("NFKC", text).lower()


def nearest(text: str, commands: Iterable[str], limit: int = 3) -> list[str]:
    """Return the commands that look most like what was typed, the most alike first."""
    typed = " ".join(text.lower().split()[:3])
    known = sorted(commands)
    group = [words for words in known if words.split()[0] == typed.split()[0]] if typed else []
    close = difflib.get_close_matches(typed, known, limit, 0.6)
    if not close:
        close = difflib.get_close_matches(" ".join(typed.split()[:2]), known, limit, 0.6)
    return (close + [words for words in group if words not in close])[:limit]


def bind(typed: Typed, reads: Reads = lambda kind, text: False) -> dict[str, str]:
    """Return the written value of each parameter that was given, by name.

    Parameters are given in order, or as `name:value` (yes-or-no ones only so); quotes hold words together, and so
    does their meaning, as `reads` has it.
    Raises BadInput where one is missing, unknown, given twice, or words are left over.
    """
    spec = typed.spec
    if typed.given is not None:
        _require(spec, typed.given, picked=typed.picked)
        return dict(typed.given)
    if spec.parameters and spec.parameters[-1].kind == "rest":
        return _bind_rest(typed, reads)
    return _bind_tokens(typed, reads)


def _bind_rest(typed: Typed, reads: Reads) -> dict[str, str]:
    *before, rest = typed.spec.parameters
    tokens = _tokens(typed, (*before, rest))
    kinds = {parameter.name: parameter.kind for parameter in before}
    given: dict[str, str] = {}
    end = len(typed.arguments)
    while tokens and tokens[-1].name not in (None, rest.name, *given):  # options may follow the free text too
        option = tokens.pop()
        given[option.name or ""] = option.value
        end = option.start
    at, passed = end, 0
    for number, token in enumerate(tokens):
        if number < passed:
            continue
        if token.name == rest.name:
            given[rest.name] = typed.arguments[token.value_at : end].strip()
            break
        if token.name is not None and token.name not in given:
            given[token.name], passed = _whole(typed.arguments, tokens, number, kinds[token.name], reads)
            continue
        free = next((p for p in before if p.required and p.name not in given), None)
        if free is None:  # optional ones before free text are given by name only
            at = token.start
            break
        given[free.name], passed = _whole(typed.arguments, tokens, number, free.kind, reads)
    if rest.name not in given and typed.arguments[at:end].strip():
        given[rest.name] = typed.arguments[at:end].strip()
    _require(typed.spec, given)
    return given


def _whole(arguments: str, tokens: list[_Token], number: int, kind: str, reads: Reads) -> tuple[str, int]:
    """Return the value that begins with a token, and the number of the first token behind it.

    As many words as together mean one value of the kind are one, the most that do.
    """
    first = tokens[number]
    if kind in _WRITTEN_APART and not first.quoted:
        start = first.end - len(first.value)
        following = tokens[number + 1 : number + _MOST_WORDS]
        apart = next((n for n, t in enumerate(following) if t.name or t.quoted), len(following))
        for count in range(apart, 0, -1):
            value = arguments[start : following[count - 1].end]
            if reads(kind, value):
                return value, number + 1 + count
    return first.value, number + 1


def _bind_tokens(typed: Typed, reads: Reads) -> dict[str, str]:
    spec, arguments = typed.spec, typed.arguments
    tokens = _tokens(typed, spec.parameters, spaced=True)
    kinds = {parameter.name: parameter.kind for parameter in spec.parameters}
    named = [token.name for token in tokens if token.name is not None]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise BadInput(_("“{name}” is given twice.", name=OptionName(twice)), right_form(spec))
    given = {token.name: token.value for token in tokens if token.name is not None}
    last: tuple[str, int] | None = None  # where the words that are left may go on, and where that began
    passed = 0
    for number, token in enumerate(tokens):
        if number < passed:
            continue
        if token.name is not None:
            given[token.name], passed = _whole(arguments, tokens, number, kinds[token.name], reads)
            last = None
            continue
        free = next((p for p in spec.parameters if p.name not in given and p.kind != "yes_no"), None)
        if last is not None:
            given[last[0]] = arguments[last[1] : token.end]
        elif free is not None:
            given[free.name], passed = _whole(arguments, tokens, number, free.kind, reads)
            last = (free.name, token.start) if free.kind in _JOINED and _is_last(spec, free, given) else None
        else:
            raise BadInput(_("I don't know what to do with “{word}”.", word=token.value), right_form(spec))
    _require(spec, given)
    return given


def _is_last(spec: CommandSpec, parameter: Parameter, given: Mapping[str, str]) -> bool:
    """Return whether no word can be for another parameter any more."""
    return not any(p.name not in given and p.kind != "yes_no" for p in spec.parameters if p is not parameter)


def _require(spec: CommandSpec, given: Mapping[str, str], *, picked: bool = False) -> None:
    needed = (p for p in spec.parameters if p.required and not (picked and p.kind == "rest"))
    missing = next((p for p in needed if not given.get(p.name)), None)
    if missing is not None:
        name = "|".join(missing.choices) or OptionName(missing.name)
        raise BadInput(_("“{name}” is missing.", name=name), right_form(spec))


def _tokens(typed: Typed, parameters: Iterable[Parameter], *, spaced: bool = False) -> list[_Token]:
    """Divide into words; with `spaced` a name may stand apart from its value ("at: 09:30")."""
    names = {p.name for p in parameters}

    def named(written: str) -> str | None:
        """Return the option that is called so, in English or any other language."""
        small = unicodedata.normalize("NFC", written).lower()
        return small if small in names else next(iter(typed.options.get(small, frozenset()) & names), None)

    tokens: list[_Token] = []
    waiting: tuple[str, int] | None = None  # "at: 09:30": a name whose value is the next word
    for match in _TOKEN.finditer(typed.arguments):
        name, *values = match.groups()
        value = next(v for v in values if v is not None)
        quoted = values[-1] is None
        at = match.end(1) + 1 if name is not None else match.start()
        if waiting is not None:
            tokens.append(_Token(waiting[0], match.group() if name else value, waiting[1], match.end(), quoted, at))
            waiting = None
        elif spaced and name is None and value.endswith((":", "：")) and (option := named(value[:-1])):
            waiting = (option, match.start())
        elif name is not None and (option := named(name)):
            tokens.append(_Token(option, value, match.start(), match.end(), quoted, at))
        else:
            written = match.group() if name and not quoted else f"{name}:{value}" if name else value
            tokens.append(_Token(None, written, match.start(), match.end(), quoted, at))
    if waiting is not None:
        tokens.append(_Token(waiting[0], "", waiting[1], len(typed.arguments), value_at=len(typed.arguments)))
    return tokens


def right_form(spec: CommandSpec) -> Sentence:
    """Return the sentence that shows the right form of a command, by its form and an example."""
    if spec.usage == spec.example:
        return _("The form is {form}.", form=CommandText(spec.usage))
    return _(
        "The form is {form}, for example {example}.",
        form=CommandText(spec.usage),
        example=CommandText(spec.example),
    )

"""What the documents say to type can be typed, and what they point to is there."""

import re
import shlex
from pathlib import Path

import pytest

from bot.__main__ import parser

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    p
    for p in (
        *ROOT.glob("*.md"),
        *(q for top in ("bot", "cogs", "deploy", "tests") for q in (ROOT / top).rglob("*.md")),
    )
    if "node_modules" not in p.parts
)
LINK = re.compile(r"\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)")


def _typed(document: Path) -> list[str]:
    """Return the lines of a document's code blocks that run something of ours."""
    blocks = re.findall(r"```(?:\w*)\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.partition("#")[0].strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith(("heliotrope ", "make "))]


TYPED = [(d.relative_to(ROOT), line) for d in DOCUMENTS for line in _typed(d)]


@pytest.mark.parametrize(("document", "line"), TYPED, ids=[f"{d}: {line}" for d, line in TYPED])
def test_a_line_to_type_is_understood(document: Path, line: str) -> None:
    program, *arguments = shlex.split(line)
    if program == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert arguments[0] in targets
    else:
        parser().parse_args(arguments)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_what_a_document_links_to_exists(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    missing = [link for link in links if not link.startswith("http") and not (document.parent / link).exists()]
    assert missing == []


def test_the_readme_names_both_commands() -> None:
    lines = [line for document, line in TYPED if document == Path("README.md")]
    assert "make run" in lines
    assert "make test" in lines

"""Names say what a thing is for, and nothing in the tree depends on where it was written."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# A name that fits everything tells nothing, and collects it.
SAYS_NOTHING = re.compile(r"(utils?|helpers?|commons?|managers?|misc)", re.IGNORECASE)

# Put together here, so that this file passes its own test.
REGISTRIES = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("golang", "org"),
        ("rubygems", "org"),
    ]
]
HOMES = ["root", "home", "work", "Users"]
MACHINE_PATH = re.compile(rf"(?<![\w.~$)}}/-])/(?:{'|'.join(HOMES)})/\w")


@cache
def files() -> list[Path]:
    """Give the files that are tracked, and those that would be if they were added now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def lines() -> list[tuple[str, str]]:
    """Give every line of every text file, with the place to look for it."""
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        place = path.relative_to(ROOT)
        found += [(f"{place}:{number}", line) for number, line in enumerate(text.splitlines(), start=1)]
    return found


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    names = {part for path in files() for part in path.relative_to(ROOT).parts}
    assert [name for name in names if SAYS_NOTHING.fullmatch(Path(name).stem.strip("_"))] == []


def test_no_file_names_a_package_registry() -> None:
    assert [place for place, line in lines() if any(host in line for host in REGISTRIES)] == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    here = str(ROOT) + "/"
    assert [place for place, line in lines() if here in line or MACHINE_PATH.search(line)] == []

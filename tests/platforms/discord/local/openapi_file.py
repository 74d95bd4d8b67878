"""Where the API's own description is, if it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

BESIDE = Path(__file__).parents[5] / "shared" / "discord" / "openapi.json"
"""Where it lies beside a checkout of the project."""


def find() -> Path | None:
    """Return the file that DISCORD_OPENAPI names, or the one beside the project; None if it is not there."""
    file = Path(os.environ.get("DISCORD_OPENAPI") or BESIDE)
    return file if file.is_file() else None

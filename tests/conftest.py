"""What every test runs under."""

import os

from hypothesis import settings

from tests.platforms.discord.local.openapi_file import find

# A deadline measures the machine, which runs two tests at once; pytest-timeout catches what hangs. A run that decides
# about a change must give the same answer twice, so there the examples are fixed; every other run looks for new ones.
settings.register_profile("heliotrope", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("heliotrope")


def pytest_report_header() -> str:
    """Say which description the requests to Discord are checked against."""
    return f"discord: requests are checked against {find() or 'nothing: no openapi.json (DISCORD_OPENAPI) at hand'}"

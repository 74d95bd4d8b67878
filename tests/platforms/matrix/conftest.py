"""A homeserver for each test process, and people on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from tests.platforms.matrix.humans.js import INSTALLATION as PEOPLE
from tests.platforms.matrix.humans.js import Crowd
from tests.platforms.matrix.installing import CannotInstall, required
from tests.platforms.matrix.synapse import INSTALLATION, Synapse

SLOWEST = 180
"""Seconds that a test with a server and real clients may take on a machine that is busy with other things."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests in this folder the time that real servers need."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(SLOWEST))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Install before the first test: an installation takes longer than a test may."""
    if any("synapse_server" in getattr(item, "fixturenames", ()) for item in session.items):
        for installation in (INSTALLATION, PEOPLE):
            with suppress(CannotInstall):  # said by the fixture, for each test that it keeps from running
                installation.ensure()


@pytest.fixture(scope="session")
def crowd() -> Iterator[Crowd]:
    """The process in which matrix-js-sdk runs, for all its people. Starts with the first of them."""
    crowd = Crowd()
    yield crowd
    crowd.stop()


@pytest.fixture(scope="session")
def synapse_server(tmp_path_factory: pytest.TempPathFactory, crowd: Crowd) -> Iterator[Synapse]:
    """The process's one server. Tests ask for `synapse`."""
    _installed()
    server = Synapse(tmp_path_factory.mktemp("synapse"), crowd)
    server.start()
    yield server
    server.stop(kill=True)


@pytest.fixture(scope="session")
def default_synapse_server(tmp_path_factory: pytest.TempPathFactory, crowd: Crowd) -> Iterator[Synapse]:
    """The same at Synapse's default limits. Tests ask for `default_synapse`."""
    _installed()
    server = Synapse(tmp_path_factory.mktemp("default-synapse"), crowd, limits="default")
    server.start()
    yield server
    server.stop(kill=True)


@pytest_asyncio.fixture
async def synapse(synapse_server: Synapse) -> AsyncIterator[Synapse]:
    """A running Synapse with raised limits; a test may kill it."""
    yield synapse_server
    await synapse_server.end_of_test()


@pytest_asyncio.fixture
async def default_synapse(default_synapse_server: Synapse) -> AsyncIterator[Synapse]:
    """A running Synapse at its default limits."""
    yield default_synapse_server
    await default_synapse_server.end_of_test()


@pytest.fixture
def fresh(synapse_server: Synapse) -> Callable[[str], str]:
    """Gives a local part that no other test has."""
    return synapse_server.fresh


def _installed() -> None:
    try:
        INSTALLATION.ensure()
    except CannotInstall as error:
        reason = f"Synapse cannot be installed: {error}"
        if required("SYNAPSE"):
            pytest.fail(reason)
        pytest.skip(reason)

"""Storms are short in `make test` and long in `make storm`, which names this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cast import SandboxProcess
from tests.storm.bots import Launcher


@pytest.fixture
def at_length(request: pytest.FixtureRequest) -> bool:
    """Whether this folder was asked for by name: then full figures are reached and printed."""
    return "tests/storm" in request.config.invocation_params.args


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxProcess]:
    process = SandboxProcess()
    yield process
    process.end()


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    process = Launcher()
    yield process
    process.end()

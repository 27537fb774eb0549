"""Storms are short in `make test` and long in `make storm`, which names this folder."""

from __future__ import annotations

import pytest


@pytest.fixture
def at_length(request: pytest.FixtureRequest) -> bool:
    """Whether this folder was asked for by name: then the figures of the design are reached and printed."""
    return "tests/storm" in request.config.invocation_params.args

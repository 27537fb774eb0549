"""A sandbox in this process."""

from tests.sandbox.conftest import world

__all__ = ["world"]

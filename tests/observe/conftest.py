"""Logs are tested on the whole product."""

from tests.whole import desk, sandbox

__all__ = ["desk", "sandbox"]

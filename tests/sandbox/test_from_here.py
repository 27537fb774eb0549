"""Other web sites that the browser has open do not reach the sandbox, and a picture runs no script on its page."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from sandbox.server import _is_from_here


@pytest.mark.parametrize(
    ("host", "origin", "is_from_here"),
    [
        ("127.0.0.1:8081", None, True),
        ("localhost:8081", "http://localhost:8081", True),
        ("[::1]:8081", "http://[::1]:8081", True),
        ("sandbox:8081", None, True),
        ("evil.example", None, False),
        ("127.0.0.1.evil.example:8081", None, False),
        ("127.0.0.1:8081", "https://evil.example", False),
        ("127.0.0.1:8081", "http://127.0.0.1:9999", False),
        ("127.0.0.1:8081", "null", False),
    ],
)
def test_a_request_of_another_web_site_is_not_answered(
    host: str, origin: str | None, is_from_here: bool
) -> None:
    headers = {"Host": host} | ({"Origin": origin} if origin else {})
    assert _is_from_here(make_mocked_request("POST", "/sim/send", headers), "sandbox") is is_from_here

"""How arguments travel: every encoding, every kind of field, tokens and paths."""

import json

import aiohttp
import pytest

from sandbox.api.dispatch import KNOWN, METHODS
from sandbox.core.facts import METHOD_NAMES
from tests.sandbox.conftest import ANNA, FORUM, TOKEN, Client


async def raw(desk: Client, path: str, **more: object) -> tuple[int, dict[str, object]]:
    async with desk.http.request("POST", f"{desk.root}{path}", **more) as answer:  # type: ignore[arg-type]
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("token", "status", "words"),
    [
        ("4242:AAother", 401, "Unauthorized"),
        ("nonsense", 401, "Unauthorized: invalid token specified"),
        ("0123:AA", 401, "Unauthorized: invalid token specified"),
        ("1:" + "x" * 80, 401, "Unauthorized: invalid token specified"),
    ],
)
async def test_a_wrong_token_is_refused(world: Client, token: str, status: int, words: str) -> None:
    assert await raw(world, f"/bot{token}/getMe") == (
        status,
        {"ok": False, "error_code": status, "description": words},
    )


async def test_a_path_without_a_method_is_not_found(world: Client) -> None:
    status, body = await raw(world, f"/bot{TOKEN}")
    assert (status, body["description"]) == (404, "Not Found")


async def test_names_of_methods_have_no_case(desk: Client) -> None:
    assert (await desk.ok("SENDMESSAGE", chat_id=ANNA, text="x"))["text"] == "x"


async def test_text_that_looks_like_json_stays_text(desk: Client) -> None:
    for text in ('{"a": 1}', "123", "true", "null", "[1]"):
        assert (await desk.ok("sendMessage", chat_id=ANNA, text=text))["text"] == text


async def test_arguments_come_in_the_query_string(desk: Client) -> None:
    async with desk.http.get(
        f"{desk.api_root}/sendMessage", params={"chat_id": ANNA, "text": "из строки"}
    ) as answer:
        assert (await answer.json())["result"]["text"] == "из строки"


async def test_arguments_come_as_json(desk: Client) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
    body = {"chat_id": str(ANNA), "text": 5, "reply_markup": keyboard, "protect_content": True}
    _, answer = await raw(desk, f"/bot{TOKEN}/sendMessage", json=body)
    message = answer["result"]
    assert isinstance(message, dict)
    assert (message["text"], message["reply_markup"], message["has_protected_content"]) == (
        "5",
        keyboard,
        True,
    )


async def test_arguments_come_as_multipart(desk: Client) -> None:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("chat_id", str(ANNA))
    form.add_field("text", "части")
    form.add_field("reply_markup", json.dumps({"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}))
    _, answer = await raw(desk, f"/bot{TOKEN}/sendMessage", data=form)
    assert isinstance(answer["result"], dict)
    assert "reply_markup" in answer["result"]


async def test_unknown_arguments_are_ignored(desk: Client) -> None:
    assert await desk.ok("sendMessage", chat_id=ANNA, text="x", colour="red")


async def test_a_group_is_found_by_its_username(desk: Client) -> None:
    await desk.sim("chats", id=-1_000_000_000_900, title="Open", username="open_desk")
    assert (await desk.ok("getChat", chat_id="@Open_Desk"))["title"] == "Open"


async def test_a_retry_after_comes_in_header_and_parameters(desk: Client) -> None:
    await desk.sim("faults", kind="retry_after", seconds=7)
    async with desk.http.post(f"{desk.api_root}/getMe") as answer:
        assert answer.headers["Retry-After"] == "7"
        body = await answer.json()
    assert body["parameters"] == {"retry_after": 7}
    assert body["description"] == "Too Many Requests: retry after 7"


async def test_known_methods_that_are_not_built_say_so(desk: Client) -> None:
    for name in set(METHOD_NAMES) - {method.name for method in METHODS.values()}:
        answer = await desk.call(name, chat_id=FORUM)
        assert (answer["error_code"], answer["ok"]) == (501, False)


def test_every_built_method_is_a_method_of_the_bot_api() -> None:
    assert set(METHODS) <= set(KNOWN)

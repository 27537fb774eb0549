"""The table of refusals: each is provoked over HTTP and must have exactly the table's text."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.core.refusals import REFUSALS, spell
from tests.sandbox.conftest import ANNA, BORIS, FORUM, GROUP, OLEG, Client

FILE = Path(__file__).with_name("provoked.yaml")
NAMES = {"ANNA": ANNA, "OLEG": OLEG, "BORIS": BORIS, "FORUM": FORUM, "GROUP": GROUP}
CASES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))

# These need more than one call, or bytes: the tests named here provoke them
ELSEWHERE = {
    "token_revoked": "test_wire.py",
    "token_invalid": "test_wire.py",
    "path_unknown": "test_wire.py",
    "restart": "test_faults.py",
    "topic_deleted": "test_faults.py",
    "no_text": "test_files.py",
    "file_big": "test_files.py",
    "file_empty": "test_files.py",
    "upload_big": "test_files.py",
    "photo_bad": "test_files.py",
    "photo_size": "test_files.py",
    "conflict_poll": "test_polling.py",
    "conflict_set": "test_polling.py",
}


async def last_file(desk: Client) -> str:
    """The file_id of the newest thing Anna sent."""
    message = ([{}, *await desk.look(f"chats/{ANNA}/messages")])[-1]
    found = [message[kind] for kind in ("photo", "document", "voice") if kind in message]
    newest = found[0][-1] if found and isinstance(found[0], list) else (found or [{"file_id": ""}])[0]
    return str(newest["file_id"])


def filled(value: Any, names: dict[str, Any]) -> Any:
    """Names and long values of the file put in."""
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    if isinstance(value, dict) and set(value) == {"repeat"}:
        what, count = value["repeat"]
        return what * count if isinstance(what, str) else [filled(what, names)] * count
    if isinstance(value, dict) and set(value) == {"range"}:
        return list(range(value["range"][0], value["range"][1] + 1))
    if isinstance(value, dict):
        return {key: filled(one, names) for key, one in value.items()}
    return names.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=[case["refusal"] for case in CASES])
async def test_a_refusal_comes_in_the_words_of_the_table(desk: Client, case: dict[str, Any]) -> None:
    for path, body in case.get("before", []):
        body = filled(body, NAMES)
        await (desk.sim(path[1:], **body) if path.startswith("/") else desk.ok(path, **body))
    method, args = case["call"]
    answer = await desk.call(method, **filled(args, {**NAMES, "LAST": await last_file(desk)}))
    refusal = REFUSALS[case["refusal"]]
    words = refusal.words.format(**case["facts"]) if "facts" in case else refusal.words
    assert (answer["error_code"], answer["description"]) == (refusal.code, spell(refusal.code, words))


def test_every_refusal_of_the_table_is_provoked_somewhere() -> None:
    assert set(REFUSALS) == {case["refusal"] for case in CASES} | set(ELSEWHERE)


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_says_where_its_words_come_from(name: str) -> None:
    assert REFUSALS[name].source.split()[0].rstrip(";") in {"S", "T", "D", "L", "I", "O"}


@pytest.mark.parametrize(
    ("code", "words", "description"),
    [
        (400, "Message is too long", "Bad Request: message is too long"),
        (400, "TOPIC_CLOSED", "Bad Request: TOPIC_CLOSED"),
        (403, "bot was blocked by the user", "Forbidden: bot was blocked by the user"),
        (401, "", "Unauthorized"),
        (429, "retry after 5", "Too Many Requests: retry after 5"),
    ],
)
def test_the_prefix_and_the_first_letter_follow_the_servers_rule(
    code: int, words: str, description: str
) -> None:
    assert spell(code, words) == description


async def test_an_upgraded_group_tells_its_new_id(desk: Client) -> None:
    new = await desk.sim("migrate", chat=GROUP)
    answer = await desk.call("sendMessage", chat_id=GROUP, text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": new["id"]}
    assert (await desk.ok("sendMessage", chat_id=new["id"], text="x"))["chat"]["type"] == "supergroup"

"""The page: served whole, in two languages, from this machine alone; and every /sim call is in the docs."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from sandbox.sim.routes import GETS, POSTS
from tests.sandbox.conftest import ANNA, Client

PAGE = files("sandbox.page")
TEXTS = {
    one.name: one.read_text("utf-8")
    for one in PAGE.iterdir()
    if one.name.endswith((".html", ".js", ".css", ".svg"))
}
DOCS = (Path(__file__).parent.parent.parent / "docs" / "sandbox.md").read_text("utf-8")
NAMES = re.compile(r"[\"'(]\.?/(?:page/)?([\w-]+\.(?:js|css|svg))[\"')]")


async def test_everything_the_page_names_is_served(world: Client) -> None:
    async with world.http.get(f"{world.root}/") as answer:
        assert answer.content_type == "text/html"
    for name in {name for text in TEXTS.values() for name in NAMES.findall(text)}:
        async with world.http.get(f"{world.root}/page/{name}") as answer:
            assert answer.status == 200, name


@pytest.mark.parametrize("name", ["../cli.py", "cli.py", "nothing.js", "__init__.py"])
async def test_nothing_else_is_served(world: Client, name: str) -> None:
    async with world.http.get(f"{world.root}/page/{name}") as answer:
        assert answer.status == 404


def test_the_page_asks_no_other_host() -> None:
    hosts = {host for text in TEXTS.values() for host in re.findall(r"https?://([\w.-]+\.\w+)", text)}
    assert hosts == {"www.w3.org"}  # the name of SVG, never fetched


def test_both_languages_say_the_same_things() -> None:
    russian, english = TEXTS["words.js"].split("  en: {")
    keys = [re.findall(r"^    (\w+):", part, re.MULTILINE) for part in (russian, english)]
    assert keys[0] == keys[1]


def test_every_word_of_the_page_is_said_somewhere() -> None:
    rest = "".join(text for name, text in TEXTS.items() if name != "words.js")
    said = {
        *re.findall(r"say\(\"(\w+)\"", "".join(TEXTS.values())),
        *re.findall(r"data-word=\"(\w+)\"", rest),
    }
    quoted = set(re.findall(r"\"(\w+)\"", rest)) | {
        f"tab_{role}" for role in ("employee", "team", "supervisors")
    }
    known = set(re.findall(r"^    (\w+):", TEXTS["words.js"], re.MULTILINE))
    assert said <= known
    assert known <= said | quoted


async def test_changes_are_told_as_they_happen(desk: Client) -> None:
    async with desk.http.get(f"{desk.root}/sim/events") as stream:
        assert (await stream.content.readline()).startswith(b":")
        await desk.sim("send", sender=ANNA, text="x")
        line = b""
        while not line.startswith(b"data:"):
            line = await stream.content.readline()
    event = json.loads(line[5:])
    assert (event["kind"], event["fact"]["chat"], event["fact"]["message"]["text"]) == ("message", ANNA, "x")


@pytest.mark.parametrize("path", [*GETS, *POSTS, "/sim/events", "/sim/files/{file_id}"])
def test_every_call_of_sim_is_documented(path: str) -> None:
    assert path.replace("{chat}", "{id}") in DOCS

"""Takes the pictures of docs/pictures: a short day at the demo's desk, in each language, from each side.

`make pictures`; it needs chromium (or CHROMIUM=path) and a font with emoji. Check them before a commit.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.texts import speak
from bot.texts.speak import Voice
from tests import palette

ROOT = Path(__file__).parent.parent
INTO = ROOT / "docs" / "pictures"
with socket.create_server(("127.0.0.1", 0)) as probe:  # a free port, in case others are in use
    PORT = probe.getsockname()[1]
PAGE = f"http://127.0.0.1:{PORT}"
ANNA, BORIS, OLEG, MARINA = 1001, 1002, 1011, 1021
HELPDESK, SUPERVISORS = -1001000000001, -1001000000004
WIDE, NARROW = "1500,1000", "520,1000"
SAID = {
    "ru": {
        "first": "Шуршит и пахнет горелым картридж",
        "again": "Опять шуршит картридж, пахнет горелым",
        "other": "Не включается проектор в переговорной на втором этаже",
        "helped": "заменил ролик подачи",
        "reply": "Анна, здравствуйте! Похоже на ролик подачи. Захвачу новый и подойду через десять минут.",
        "answer": "Спасибо! Я в 312, принтер у окна",
        "inside": "Ролики на складе кончаются, закажу ещё",
    },
    "en": {
        "first": "The cartridge rattles and smells of burning",
        "again": "The cartridge rattles again and smells of burning",
        "other": "The projector in the second floor meeting room stays dark",
        "helped": "replaced the feed roller",
        "reply": "Anna, hello! That sounds like the feed roller. I will bring a new one in ten minutes.",
        "answer": "Thank you! I am in 312, the printer by the window",
        "inside": "We are running out of rollers, I will order more",
    },
}


def sim(path: str, body: dict[str, Any] | None = None) -> Any:
    """One /sim call."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{PAGE}/sim/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def write(person: int, text: str, **more: Any) -> None:
    sim("send", {"from": person, "text": text, **more})
    sim("idle?timeout=30")


def newest(chat: int, words: str = "", button: str = "") -> dict[str, Any]:
    """The newest message of a chat with these words, or with this button below it."""
    for message in reversed(sim(f"chats/{chat}/messages")):
        rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
        labels = [one["text"] for row in rows for one in row]
        if (
            not message.get("deleted")
            and words in str(message.get("text"))
            and (not button or button in labels)
        ):
            found: dict[str, Any] = message
            return found
    raise LookupError(f"{words or button} in {chat}")


def press(person: int, label: str, chat: int | None = None) -> None:
    place = chat if chat is not None else person
    message = newest(place, button=label)
    sim("press", {"from": person, "chat": place, "message_id": message["message_id"], "button": label})
    sim("idle?timeout=30")


def ticket(voice: Voice, person: int, words: str) -> None:
    """A person's own words, passed to an engineer."""
    write(person, words)
    for label in ("button.none_of_these", "button.not_that"):
        try:
            newest(person, button=voice.say("button.ticket_with_text"))
            break
        except LookupError:
            try:
                press(person, voice.say(label))
            except LookupError:
                continue
    press(person, voice.say("button.ticket_with_text"))


def a_day(voice: Voice) -> int:
    """What happens before the pictures are taken; returns the topic of the shown ticket."""
    said = SAID[voice.language]
    write(ANNA, "/learning")
    press(ANNA, voice.say("button.teach"))
    ticket(voice, BORIS, said["first"])
    press(OLEG, voice.say("button.claim"), HELPDESK)
    press(OLEG, voice.say("button.resolve"), HELPDESK)
    question = newest(HELPDESK, words=voice.say("afterword.ask")[:12])
    place = {"chat": HELPDESK, "thread": question["message_thread_id"]}
    write(OLEG, said["helped"], reply_to=question["message_id"], **place)
    press(BORIS, voice.say("button.works"))
    sim("clock/advance", {"seconds": 1500})
    ticket(voice, ANNA, said["again"])
    card = newest(HELPDESK, button=voice.say("button.claim"))
    topic = card["message_thread_id"]
    press(OLEG, voice.say("button.claim"), HELPDESK)
    name = newest(HELPDESK, words="2 ·")
    place = {"chat": HELPDESK, "thread": topic}
    write(OLEG, said["reply"], reply_to=name["message_id"], **place)
    write(ANNA, said["answer"])
    write(OLEG, said["inside"], **place)
    sim("clock/advance", {"seconds": 360})
    ticket(voice, BORIS, said["other"])
    write(MARINA, "/queue", chat=SUPERVISORS)
    sim("clock/advance", {"seconds": 3 * 3600})
    return topic


def picture(name: str, language: str, size: str, **looks: Any) -> None:
    """One picture of the page as it is now."""
    query = "&".join(["static", f"lang={language}", *(f"{key}={value}" for key, value in looks.items())])
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
    quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--hide-scrollbars",
    ]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with tempfile.TemporaryDirectory() as profile:
        shot = [f"--screenshot={INTO / name}.png", f"--window-size={size}", "--virtual-time-budget=8000"]
        command = [browser, *quiet, f"--user-data-dir={profile}", *shot, f"{PAGE}/?{query}"]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    palette.reduce(INTO / f"{name}.png")


@contextmanager
def demo(language: str) -> Iterator[None]:
    """The demo; its teams read `language`."""
    command = [
        sys.executable,
        "-m",
        "bot",
        "demo",
        f"--port={PORT}",
        "--no-browser",
        f"--language={language}",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        sim("clock", {"speed": 0})
        yield
    finally:
        process.terminate()
        process.wait(60)


def main() -> None:
    for language in ("ru", "en"):
        with demo(language):
            topic = a_day(speak.voice(language))
            time.sleep(1)
            looks = {"employee.me": ANNA, "team.topic": topic}
            for place, side in enumerate(("employee", "engineer", "supervisor")):
                picture(f"{side}-{language}", language, NARROW, front=place, **looks)
            if language == "ru":
                picture("desk", language, WIDE, **looks)


if __name__ == "__main__":
    main()

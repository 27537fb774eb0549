"""Takes the pictures of docs/pictures: a short day at the demo's desk and its story, in each language, from each side.

`make pictures`; it needs chromium (or CHROMIUM=path) and a font with emoji. Look at them before a commit. With a folder
(`make pictures ARGS=/tmp/pictures`) every scene is taken there in both languages, wide and narrow, light and dark.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.texts import speak
from bot.texts.speak import Voice
from tests import browser, children, palette
from tests.browser import Tab

ROOT = Path(__file__).parent.parent
INTO = ROOT / "docs" / "pictures"
with socket.create_server(("127.0.0.1", 0)) as probe:  # a free port, in case others are in use
    PORT = probe.getsockname()[1]
PAGE = f"http://127.0.0.1:{PORT}"
ANNA, BORIS, OLEG, MARINA = 1001, 1002, 1011, 1021
HELPDESK, SUPERVISORS = -1001000000001, -1001000000004
TOLD = 14  # the scene of the story that is shown
WIDE, NARROW = (1500, 1000), (390, 844)
# Kept in docs/pictures: scene, language, size, scheme
KEPT = {
    ("topic", "ru", WIDE, "light"): "desk",
    ("story", "en", WIDE, "light"): "story",
    ("story", "ru", NARROW, "dark"): "story-ru",
    ("outage", "ru", NARROW, "light"): "outage-ru",
    ("outage", "en", NARROW, "dark"): "outage-en",
}
for _language, _scheme in (("ru", "light"), ("en", "light")):
    for _scene, _name in (("employee", "employee"), ("topic", "engineer"), ("alert", "supervisor")):
        KEPT[_scene, _language, NARROW, _scheme] = f"{_name}-{_language}"
for _language, _scheme in (("ru", "light"), ("en", "dark")):
    KEPT |= {(one, _language, NARROW, _scheme): f"{one}-{_language}" for one in ("my", "board")}
SAID = {
    "ru": {
        "first": "Шуршит и поскрипывает полка",
        "again": "Опять поскрипывает полка",
        "other": "Не включается проектор в переговорной на втором этаже",
        "helped": "заменил ролик подачи",
        "reply": "Анна, здравствуйте! Похоже на ролик подачи. Захвачу новый и подойду через десять минут.",
        "answer": "Спасибо! Я в 312, принтер у окна",
        "inside": "Ролики на складе кончаются, закажу ещё",
        "outage": "/outage network до 17:30 На третьем этаже нет сети. Обход: подключайтесь к Wi-Fi «Гости»",
        "asks": "🌐 Нет интернета",
    },
    "en": {
        "first": "The cartridge rattles and smells of burning",
        "again": "The cartridge rattles again and smells of burning",
        "other": "The projector in the second floor meeting room stays dark",
        "helped": "replaced the feed roller",
        "reply": "Anna, hello! That sounds like the feed roller. I will bring a new one in ten minutes.",
        "answer": "Thank you! I am in 312, the printer by the window",
        "inside": "We are running out of rollers, I will order more",
        "outage": "/outage network till 17:30 No network on the third floor. Workaround: use the Wi-Fi “Guests”",
        "asks": "🌐 No internet",
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
    settle()


def settle() -> None:
    """Until the bot has nothing to do: its first answer waits until it has learnt its phrases."""
    while not sim("idle?timeout=30")["idle"]:
        pass


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
    settle()


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
    topic = int(card["message_thread_id"])
    press(OLEG, voice.say("button.claim"), HELPDESK)
    name = newest(HELPDESK, words="2 ·")
    place = {"chat": HELPDESK, "thread": topic}
    write(OLEG, said["reply"], reply_to=name["message_id"], **place)
    write(ANNA, said["answer"])
    write(OLEG, said["inside"], **place)
    sim("clock/advance", {"seconds": 360})
    ticket(voice, BORIS, said["other"])
    sim("clock/advance", {"seconds": 3 * 3600})
    return topic


@dataclass
class Camera:
    """Takes every scene of one language: those of KEPT into docs/pictures, or all of them into `folder`."""

    tab: Tab
    language: str
    folder: Path | None
    looks: dict[str, int] = field(default_factory=dict)

    async def take(self, scene: str, front: int, **looks: int) -> None:
        """The page as it is now; `front` is the column that a narrow page shows."""
        for size in (WIDE, NARROW):
            for scheme in ("light", "dark"):
                kept = KEPT.get((scene, self.language, size, scheme))
                if self.folder is None and kept is None:
                    continue
                name = kept if self.folder is None else f"{scene}-{self.language}-{size[0]}-{scheme}"
                await self._shoot(
                    (self.folder or INTO) / f"{name}.png", size, scheme, self.looks | looks | {"front": front}
                )

    async def _shoot(self, file: Path, size: tuple[int, int], scheme: str, looks: dict[str, int]) -> None:
        query = "&".join(
            ["static", f"lang={self.language}", *(f"{key}={value}" for key, value in looks.items())]
        )
        await self.tab.size(*size)
        await self.tab.taste(scheme, "reduce")
        await self.tab.open(f"{PAGE}/?{query}")
        await self.tab.until("[...document.images].every((one) => one.complete)")
        await self.tab.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        await self.tab.shoot(file)
        await asyncio.to_thread(palette.reduce, file)


async def day(camera: Camera) -> None:
    """A day at the desk, with its pictures on the way."""
    voice = speak.voice(camera.language)
    said = SAID[camera.language]
    topic = await asyncio.to_thread(a_day, voice)
    camera.looks = {"employee.me": ANNA, "team.topic": topic}
    await camera.take("employee", 0)
    await camera.take("topic", 1)
    await camera.take("alert", 2)
    write(OLEG, "/my")
    await camera.take("my", 0, **{"employee.me": OLEG})
    write(MARINA, "/board", chat=SUPERVISORS)
    await camera.take("board", 2)
    write(MARINA, said["outage"], chat=SUPERVISORS)
    write(BORIS, "/start")
    press(BORIS, said["asks"])
    await camera.take("outage", 0, **{"employee.me": BORIS})


async def story(camera: Camera) -> None:
    """A scene of the story, at a desk where nothing else has happened."""
    await asyncio.to_thread(told, TOLD)
    topics = next(one for one in sim("state")["chats"] if one["id"] == HELPDESK)["topics"]
    camera.looks = {"employee.me": ANNA, "team.topic": max(one["message_thread_id"] for one in topics)}
    await camera.take("story", 2)
    sim("tour/wish", {"wish": "stop"})


def told(scene: int) -> None:
    """The demo's story, hurried up to this scene and held there. Raises LookupError when it ends before."""
    hurried = 0
    sim("tour/wish", {"wish": "play"})
    while (number := (((tour := sim("tour")).get("scene") or {}).get("number") or 0)) < scene:
        if tour["state"] == "ended":
            raise LookupError(f"the story ended at scene {number}: {tour['scene']['missing']}")
        if number > hurried:
            sim("tour/wish", {"wish": "next"})
            hurried = number
        time.sleep(0.2)
    sim("tour/wish", {"wish": "pause"})


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
    process = children.begin(command, stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        while sim("state")["tour"] is None:  # the last thing that the demo does before it waits
            time.sleep(0.1)
        sim("clock", {"speed": 0})
        yield
    finally:
        children.end(process, 60)


async def main(folder: Path | None) -> None:
    path = browser.found()
    if path is None:
        raise SystemExit(browser.HOW)
    async with browser.chromium(path) as tab:
        for language in ("ru", "en"):
            for told_of in (day, story):
                with demo(language):
                    await told_of(Camera(tab, language, folder))


if __name__ == "__main__":
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(into))

"""Plays the demo's story through the real product: people of the sandbox write and press, and the page shows whose screen it is.

The page's reader begins it, pauses it, goes on to the next scene or leaves it; all of that comes through `/sim/tour`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.demo import stage
from bot.demo.script import InBoth, TourRole, TourScene, TourScript
from bot.texts.speak import Voice

GLANCE = 1.8  # real seconds before a reader begins to read
A_LETTER = 0.05  # real seconds
POINTED = 0.9  # real seconds in which a button is shown before it is pressed
A_JUMP = 0.35  # real seconds between two jumps of the clock
JUMP, MOST_JUMPS = 3600, 60  # seconds of the demo's clock
A_WHILE = 20  # real seconds
WHILES = 9  # the first message of a slow machine's day waits until the bot has learnt its phrases


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message of the sandbox: its words, and the labels of its buttons."""

    id: int
    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownScene:
    """What the page shows of a scene: its place in the story, the caption by language, whose eyes on which chat and topic,
    and the button that is pressed next."""

    number: int
    of: int
    text: Mapping[str, str]
    column: str
    account: int
    chat: int
    topic: int | None
    message_id: int | None = None
    button: str | None = None


class LeftTour(Exception):
    """The reader has had enough."""


@dataclass(slots=True)
class Guide:
    """`root` is the page's address, `voice` the company's language; `pace` stretches what a reader needs, 0 waits for no one."""

    root: str
    script: TourScript
    voice: Voice
    pace: float = 1.0
    _version: int = 0
    _topics: dict[int, int] = field(default_factory=dict)
    _ticket: str = ""  # the number of the story's ticket, as its topic has it
    _before: dict[int, int] = field(
        default_factory=dict
    )  # the newest message of each chat when the story began

    def offer(self) -> None:
        """Put the story's button on the page."""
        title, hint = by_language(self.script.title), by_language(self.script.hint)
        self._show(state="offered", scene=None, title=title, hint=hint)

    def look(self) -> None:
        """Once: play the story if the page's reader has asked for it since the last look. Raises OSError."""
        tour = stage.get(f"{self.root}/sim/tour")
        if tour["version"] > self._version:
            self._version = tour["version"]
            if tour["wish"] == "play":
                self.play()
            elif tour["wish"] == "stop":
                self._show(state="offered", scene=None)

    def play(self) -> None:
        """All scenes, from the first. A chat that shows something else than expected ends it, and the page says so."""
        self._topics.clear()
        self._ticket = ""
        self._before = {chat: self._newest(chat) for chat in self._chats()}
        number, missing = 0, None
        try:
            for number, scene in enumerate(self.script.scenes, start=1):
                self._play(scene, number)
        except LeftTour:
            self._show(state="offered", scene=None)
            return
        except LookupError as what:
            missing = str(what)
        text = self.script.end if missing is None else self.script.stopped
        self._show(state="ended", scene={"text": by_language(text), "number": number, "missing": missing})

    def _play(self, scene: TourScene, number: int) -> None:
        role = self.script.roles[scene.who]
        count, chat, topic = len(self.script.scenes), role.chat or role.account, self._topic_of(role)
        shown = ShownScene(number, count, by_language(scene.text), role.column, role.account, chat, topic)
        self._show(state="playing", scene=asdict(shown))
        self._wait(GLANCE + A_LETTER * len(self._said(scene.text)))
        if scene.press is not None:
            wanted = [self._said(one) for one in (scene.press, scene.otherwise) if one is not None]
            self._press(role, wanted, shown)
        elif scene.until is not None:
            self._run_until(role, self._said(scene.until))
        elif words := scene.write or scene.reply:
            answered = {"reply_to": self._card(role).id} if scene.reply else {}
            self._act("send", role, text=self._said(words), **answered)
        self._settle()

    def _said(self, words: str | InBoth) -> str:
        if isinstance(words, str):
            return self.voice.say(words)
        return by_language(words)[self.voice.language]

    def _press(self, role: TourRole, wanted: list[str], shown: ShownScene) -> None:
        """Show the newest button with one of these labels, then press it."""
        found = [
            (message, label) for message in self._read(role) for label in message.labels if label in wanted
        ]
        if not found:
            raise LookupError(wanted[0])
        message, label = found[0]
        self._show(scene=asdict(replace(shown, message_id=message.id, button=label)))
        self._wait(POINTED)
        self._act("press", role, message_id=message.id, button=label)

    def _run_until(self, role: TourRole, words: str) -> None:
        """Let the clock run until the place has a message with these words or this button."""
        for _ in range(MOST_JUMPS):
            if any(words in message.text or words in message.labels for message in self._read(role)):
                return
            follower = stage.get(f"{self.root}/sim/state")["follower"]
            if follower is None or follower["next_due"] is None:
                break
            stage.post(f"{self.root}/sim/clock/advance", {"seconds": JUMP})
            self._settle()
            self._wait(A_JUMP)
        raise LookupError(words)

    def _act(self, what: str, role: TourRole, **fields: object) -> None:
        """Something that a person does, in the chat and the topic of their role."""
        topic = self._topic_of(role)
        place = {"chat": role.chat or role.account, **({"thread": topic} if topic else {})}
        stage.post(f"{self.root}/sim/{what}", {"from": role.account, **place, **fields})

    def _topic_of(self, role: TourRole) -> int | None:
        """The topic of the story's ticket: the newest one of the chat when the story first comes there."""
        if role.chat is None:
            return None
        if role.chat not in self._topics:
            chats = stage.get(f"{self.root}/sim/state")["chats"]
            chat = next(one for one in chats if one["id"] == role.chat)
            if not chat["is_forum"]:
                return None
            newest = max(chat["topics"], key=lambda one: one["message_thread_id"])
            self._topics[role.chat] = newest["message_thread_id"]
            self._ticket = newest["name"].partition(" ")[0]
        return self._topics[role.chat]

    def _read(self, role: TourRole) -> list[SeenMessage]:
        """The messages of the place that are there now and belong to the story, newest first."""
        topic, chat = self._topic_of(role), role.chat or role.account
        query = f"limit=60{f'&thread={topic}' if topic else ''}"
        found = stage.get(f"{self.root}/sim/chats/{chat}/messages?{query}")
        seen = [
            SeenMessage(one["message_id"], str(one.get("text") or one.get("caption") or ""), _labels(one))
            for one in reversed(found)
            if not one.get("deleted") and one["message_id"] > self._before[chat]
        ]
        # A chat without topics has messages of every ticket: "🔥 3 · not resolved" is of the third.
        shared = role.chat is not None and topic is None
        return [one for one in seen if not shared or f" {self._ticket} · " in one.text]

    def _chats(self) -> set[int]:
        return {role.chat or role.account for role in self.script.roles.values()}

    def _newest(self, chat: int) -> int:
        found = stage.get(f"{self.root}/sim/chats/{chat}/messages?limit=1")
        return max((one["message_id"] for one in found), default=0)

    def _card(self, role: TourRole) -> SeenMessage:
        """The newest message of the place that has buttons."""
        found = [one for one in self._read(role) if one.labels]
        if not found:
            raise LookupError("card")
        return found[0]

    def _show(self, **fields: object) -> None:
        stage.post(f"{self.root}/sim/tour", fields)

    def _settle(self) -> None:
        for _ in range(WHILES):
            if stage.get(f"{self.root}/sim/idle?timeout={A_WHILE}")["idle"]:
                return

    def _wait(self, seconds: float) -> None:
        """Give the reader `seconds`, longer while they pause. Raises LeftTour."""
        until = time.monotonic() + seconds * self.pace
        paused = False
        while True:
            left = 30.0 if paused else max(0.0, until - time.monotonic())
            tour = stage.get(f"{self.root}/sim/tour?version={self._version}&timeout={min(left, 25.0)}")
            if tour["version"] == self._version:
                if not paused and time.monotonic() >= until:
                    return
                continue
            self._version = tour["version"]
            if tour["wish"] == "stop":
                raise LeftTour
            paused = tour["wish"] == "pause"
            self._show(state="paused" if paused else "playing")
            if tour["wish"] == "next":
                return


def by_language(words: InBoth) -> Mapping[str, str]:
    return {"ru": words.ru, "en": words.en}


def _labels(message: Mapping[str, Any]) -> tuple[str, ...]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return tuple(button["text"] for row in rows for button in row)

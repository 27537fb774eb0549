"""Plays the demo's story through the real product: people of the sandbox write and press, and the page is told what to show.

The page's reader begins it, pauses it, goes on to the next scene or leaves it; all of that comes through `/sim/tour`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from bot.demo import stage
from bot.demo.script import InBoth, TourRole, TourScene, TourScript
from bot.texts.speak import Voice

GLANCE = 1.8  # real seconds before a reader begins to read
A_LETTER = 0.05  # real seconds
POINTED = 0.9  # real seconds in which a button is shown before it is pressed
A_JUMP = 0.35  # real seconds between two jumps of the clock
MOST_JUMPS = 60
A_WHILE = 20  # real seconds
WHILES = 9  # the first message of a slow machine's day waits until the bot has learnt its phrases


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

    def offer(self) -> None:
        """Put the story's button on the page."""
        texts = {name: getattr(self.script, name).model_dump() for name in ("title", "hint")}
        self._show(state="offered", scene=None, **texts)

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
        ending: dict[str, Any] = {"text": self.script.end.model_dump()}
        try:
            for number, scene in enumerate(self.script.scenes, start=1):
                self._play(scene, number)
        except LeftTour:
            self._show(state="offered", scene=None)
            return
        except LookupError as missing:
            ending = {"text": self.script.stopped.model_dump(), "number": number, "missing": str(missing)}
        self._show(state="ended", scene=ending)

    def _play(self, scene: TourScene, number: int) -> None:
        role = self.script.roles[scene.who]
        shown = {
            "number": number,
            "of": len(self.script.scenes),
            "text": scene.text.model_dump(),
            "column": role.column,
            "me": role.account,
            "chat": role.chat or role.account,
            "topic": self._topic_of(role),
        }
        self._show(state="playing", scene=shown)
        self._wait(GLANCE + A_LETTER * len(self._said(scene.text)))
        if scene.press is not None:
            wanted = [self._said(one) for one in (scene.press, scene.otherwise) if one is not None]
            self._press(role, wanted, shown)
        elif scene.until is not None:
            self._run_until(role, self._said(scene.until))
        elif words := scene.write or scene.reply:
            answered = {"reply_to": self._card(role)["message_id"]} if scene.reply else {}
            stage.post(f"{self.root}/sim/send", {**self._place(role), "text": self._said(words), **answered})
        self._settle()

    def _said(self, words: str | InBoth) -> str:
        if isinstance(words, str):
            return self.voice.say(words)
        return str(getattr(words, self.voice.language))

    def _press(self, role: TourRole, wanted: list[str], shown: dict[str, Any]) -> None:
        """Show the newest button with one of these labels, then press it."""
        found = [
            (message, label) for message in self._read(role) for label in labels(message) if label in wanted
        ]
        if not found:
            raise LookupError(wanted[0])
        message, label = found[0]
        point = {"message_id": message["message_id"], "button": label}
        self._show(scene={**shown, **point})
        self._wait(POINTED)
        stage.post(f"{self.root}/sim/press", {**self._place(role), **point})

    def _run_until(self, role: TourRole, words: str) -> None:
        """Let the clock run from one deadline to the next until the place has a message with these words or this button."""
        for _ in range(MOST_JUMPS):
            if any(words in text_of(message) or words in labels(message) for message in self._read(role)):
                return
            follower = stage.get(f"{self.root}/sim/state")["follower"]
            if follower is None or follower["next_due"] is None:
                break
            stage.post(f"{self.root}/sim/clock/advance", {"to": follower["next_due"]})
            self._settle()
            self._wait(A_JUMP)
        raise LookupError(words)

    def _place(self, role: TourRole) -> dict[str, Any]:
        topic = self._topic_of(role)
        return {
            "from": role.account,
            "chat": role.chat or role.account,
            **({"thread": topic} if topic else {}),
        }

    def _topic_of(self, role: TourRole) -> int | None:
        """The topic of the story's ticket: the newest one of the chat when the story first comes there."""
        if role.chat is None:
            return None
        if role.chat not in self._topics:
            chats = stage.get(f"{self.root}/sim/state")["chats"]
            chat = next(one for one in chats if one["id"] == role.chat)
            if not chat["is_forum"]:
                return None
            self._topics[role.chat] = max(topic["message_thread_id"] for topic in chat["topics"])
        return self._topics[role.chat]

    def _read(self, role: TourRole) -> list[dict[str, Any]]:
        """The messages of the place that are there now, newest first."""
        topic = self._topic_of(role)
        query = f"limit=60{f'&thread={topic}' if topic else ''}"
        found = stage.get(f"{self.root}/sim/chats/{role.chat or role.account}/messages?{query}")
        return [message for message in reversed(found) if not message.get("deleted")]

    def _card(self, role: TourRole) -> dict[str, Any]:
        """The newest message of the place that has buttons."""
        return next(one for one in self._read(role) if labels(one))

    def _show(self, **fields: Any) -> None:
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


def text_of(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")


def labels(message: dict[str, Any]) -> list[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]

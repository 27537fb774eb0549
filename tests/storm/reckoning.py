"""The result of each message of a conversation: delivered as written, in order - or its author was notified."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from tests.cast import said

FILES = ("photo", "document", "video", "voice", "audio", "animation", "video_note", "sticker")
WITHOUT_WORDS = ("video_note", "sticker")
CONTENT = (
    *("text", "entities", "caption", "caption_entities", "contact", "location", "venue", "dice", "poll"),
    *FILES,
)
SIGNATURE = re.compile(r"\w+ · (?:заявка|ticket) \d+")
TOLD = (
    "Не доставлено",
    "не дошл",
    "не дошло",
    "не передан",
    "дошло",
    "не даёт передать",
)  # texts of failure notices


@dataclass
class Word:
    """A sent message: as its author sees it now, what it replies to, and whether it was edited."""

    message: dict[str, Any]
    answers: str | None = None
    quotes: bool = False
    corrected: bool = False

    @property
    def id(self) -> int:
        return int(self.message["message_id"])


class Reckoning:
    """One conversation: `words` were written, `there` is what the other side sees, `here` what the author sees."""

    def __init__(
        self,
        name: str,
        words: list[Word],
        there: list[dict[str, Any]],
        here: list[dict[str, Any]],
        found: Counter[str],
    ) -> None:
        self._name, self._words, self._found = name, words, found
        self._copies: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for place, message in enumerate(there):
            self._copies[name_of(message)].append((place, message))
        notices = [one for one in here if "⚠️" in said(one) and any(words in said(one) for words in TOLD)]
        written = {word.id for word in words}
        answered = Counter((one.get("reply_to_message") or {}).get("message_id", 0) for one in notices)
        self._told = {number for number in answered if number in written}
        # A notice about a message in a deleted topic replies to nothing: it counts for one message or album.
        self._loose = sum(count for number, count in answered.items() if number not in written)
        self._excused: set[str] = set()

    def draw(self) -> None:
        last, albums = -1, defaultdict[str, set[str]](set)
        for word in self._words:
            self._found["sent"] += 1
            copies = self._copies.get(name_of(word.message), [])
            if not copies:
                self._must_be_told(word)
                self._found["told"] += 1
                continue
            self._found["arrived"] += 1
            place, first = copies[0]
            assert place > last, f"{self._name}: {name_of(word.message)} is out of order"
            last = place
            self._as_it_was_written(word, [message for _, message in copies])
            self._answers_the_same(word, first)
            if album := word.message.get("media_group_id"):
                albums[album].add(str(first.get("media_group_id")))
        assert all(len(groups) == 1 and "None" not in groups for groups in albums.values()), albums
        self._found["albums whole"] += len(albums)

    def _as_it_was_written(self, word: Word, copies: list[dict[str, Any]]) -> None:
        """Text, markup and file are equal, after the last edit if any."""
        same = any(shown(copy) == shown(word.message) for copy in copies)
        if word.corrected:
            self._found["corrections arrived" if same else "corrections told"] += 1
        if not same:
            assert word.corrected, (word.message, copies)
            self._must_be_told(word)

    def _answers_the_same(self, word: Word, copy: dict[str, Any]) -> None:
        if word.answers is None or not is_a_word(word.answers):
            return
        target = copy.get("reply_to_message")
        if target is None or not is_a_word(name_of(target)):
            self._found["answers to nothing"] += 1
            return
        self._found["answers to the same words"] += 1
        assert name_of(target) == word.answers, (word, copy)
        assert bool(copy.get("quote")) == word.quotes, (word, copy)

    def _must_be_told(self, word: Word) -> None:
        album = word.message.get("media_group_id")
        mates = [one for one in self._words if album and one.message.get("media_group_id") == album] or [word]
        if not any(mate.id in self._told for mate in mates):
            self._excused.add(f"{album or name_of(word.message)} {word.corrected}")
        lost = f"{self._name}: {name_of(word.message)} was lost silently"
        assert len(self._excused) <= self._loose, (lost, self._excused)


def name_of(message: dict[str, Any]) -> str:
    """What is unique and equal on both sides: the mark in the text, or the file, or all of it."""
    message = unsigned(message)
    words = said(message)
    if words.startswith("«м"):
        return words.partition("»")[0]
    content = {name: message[name] for name in CONTENT if name in message}
    for kind in WITHOUT_WORDS:
        if kind in content:
            return str(content[kind]["file_unique_id"])
    return json.dumps(content, sort_keys=True)


def unsigned(message: dict[str, Any]) -> dict[str, Any]:
    """The message without the line that names its author and ticket."""
    for name, marks in (("text", "entities"), ("caption", "caption_entities")):
        line, _, words = str(message.get(name) or "").partition("\n")
        if SIGNATURE.fullmatch(line) and words.startswith("«м"):
            moved = len(line.encode("utf-16-le")) // 2 + 1
            kept = [
                one | {"offset": one["offset"] - moved} for one in message[marks] if one["offset"] >= moved
            ]
            bare = {key: value for key, value in message.items() if key != marks}
            return bare | {name: words} | ({marks: kept} if kept else {})
    return message


def is_a_word(name: str) -> bool:
    """Whether it names a person's message, not a card or a notice."""
    return name.startswith("«м") or not ('"text"' in name or name == "{}")


def shown(message: dict[str, Any]) -> str:
    """The text with its markup, and its file."""
    message = unsigned(message)

    def plain(name: str) -> Any:
        found = message.get(name)
        if name not in FILES or found is None:
            return found
        return (found[-1] if isinstance(found, list) else found)["file_unique_id"]

    return json.dumps({name: plain(name) for name in CONTENT}, sort_keys=True)

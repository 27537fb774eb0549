"""The scenario files that were good, for administrators: which there are, and the question before one of them is put back."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import VersionRef
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.scenarios.library.run_rows import KeptFile
from bot.scenarios.library.versions import kept_files
from bot.telegram import chats, outbox
from bot.telegram.buttons import KeepVersion, RollBack
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line

SHOWN = 8  # characters of a hash that people read and type
CARD = "rollback"


def overview(work: Work, person: Person) -> None:
    """/versions: the last good files, newest first, and which one is played. Raises NotAllowed."""
    authorize(person, "reload", Object())
    voice, zone = speak.voice(person.language), work.config.desk.zone
    lines = []
    for row in kept_files(work.tx):
        present = voice.say("versions.present") if row.hash == work.config.program.hash else ""
        lines.append(f"{row.hash[:SHOWN]} · {voice.when(row.loaded_at, zone, work.now)} {present}".rstrip())
    outbox.line(work, person.key, "versions.list", {"lines": "\n".join(lines)})


def offer(work: Work, person: Person, wanted: str) -> None:
    """/rollback: ask whether the file before the present one - or the one whose hash begins so - should come back."""
    authorize(person, "reload", Object())
    others = [row for row in kept_files(work.tx) if row.hash != work.config.program.hash]
    found = [row for row in others if row.hash.startswith(wanted.lower())]
    if not found:
        line = Line("rollback.unknown", {"hash": wanted[:40]}) if others else Line("rollback.none")
        outbox.line(work, person.key, line.key, line.facts)
        return
    outbox.show(work, person.key, CARD, VersionRef(found[0].hash), anew=f"asked {work.now}")


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """The question, with both answers; nothing when that version is what is played already."""
    row = kept(work.tx, VersionRef.read(about).name)
    if row is None or row.hash == work.config.program.hash:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    facts = {"hash": row.hash[:SHOWN], "when": voice.when(row.loaded_at, work.config.desk.zone, work.now)}
    text = voice.html("rollback.ask", **facts, present=work.config.program.hash[:SHOWN])
    yes = button(voice.say("button.roll_back"), RollBack(row.hash), "danger")
    return Drawing(text, [[yes, button(voice.say("button.never_mind"), KeepVersion(row.hash))]])


def kept(tx: Connection, hash_: str) -> KeptFile | None:
    """The kept file of this hash."""
    return next((row for row in kept_files(tx) if row.hash == hash_), None)


def tell(work: Work, person: Person, line: Line) -> None:
    """What came of it, to the person who asked."""
    outbox.line(work, person.key, line.key, line.facts)


def answered(work: Work, person: Person, hash_: str, line: Line | None) -> None:
    """The question has its answer: it goes, and what came of it is said."""
    outbox.hide(work, person.key, CARD, VersionRef(hash_))
    if line is not None:
        tell(work, person, line)

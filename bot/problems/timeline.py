"""What happened to an outage, in order: for the supervisors meanwhile, and for the note after its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.config.config import Work
from bot.keys import OutageRef, PersonChat
from bot.people import directory
from bot.problems import outages as verbs
from bot.storage import typed
from bot.storage.schema import outage_history
from bot.telegram import chats
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.texts.speak import Voice, brief
from bot.tickets import readers

CARD = "outage_timeline"
MOST = 30  # lines of one card, the latest ones
SHOWN = frozenset({"draft", "declare", "update", "nothing", "untold", "due", "end", "withdraw", "note"})


@dataclass(frozen=True, slots=True)
class OutageEvent:
    """One act in the history of an outage, at UTC seconds."""

    id: int
    outage: int
    at: int
    actor: str
    action: str
    data: Mapping[str, object]


def events(tx: Connection, outage_id: int) -> list[OutageEvent]:
    """Everything that was done, the oldest first."""
    mine = select(outage_history).where(outage_history.c.outage == outage_id).order_by(outage_history.c.id)
    return list(typed.every(OutageEvent, tx.execute(mine)))


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """One line for each act: when, who, what."""
    row = verbs.peek(work.tx, OutageRef.read(about).number)
    if row is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    zone = readers.zone_of(work, chat)
    shown = [one for one in events(work.tx, row.id) if one.action in SHOWN][-MOST:]
    lines = [f"<b>{voice.html('timeline.head', number=row.id)}</b>"]
    lines += [
        voice.html("timeline.line", when=voice.clock(one.at, zone), what=_what(work, one, voice))
        for one in shown
    ]
    return Drawing("\n".join(lines))


def _what(work: Work, event: OutageEvent, voice: Voice) -> str:
    person = PersonChat.among(event.actor)
    who = (
        directory.get(work.tx, person.number).first_name if person is not None else voice.say("timeline.bot")
    )
    words = brief(str(event.data.get("words") or event.data.get("note") or ""))
    return voice.say(f"timeline.{event.action}", who=who, words=words)

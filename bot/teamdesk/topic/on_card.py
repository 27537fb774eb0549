"""Menus and questions on a ticket's card: they open there, take the place of its buttons, and close there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.config.config import Work
from bot.people import directory
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.teamdesk import canned, menus
from bot.telegram import chats
from bot.telegram.buttons import (
    OpenReplies,
)
from bot.telegram.card import TEXT, Drawing, fitted, unmarked
from bot.telegram.desk.buttons import OpenDraft, SendDraft, SendReplyNow
from bot.telegram.keyboard import Keyboard, button, rows
from bot.texts import speak
from bot.texts.speak import Voice, brief, shortened
from bot.tickets import briefing, prompts, readers, search, store
from bot.tickets.clocks import days
from bot.tickets.prompts import Prompt
from bot.tickets.ticket import HELD, OPEN, Ticket

LOOK, DATES, DRAFT_LOOK = "reply_look", "dates_menu", "draft_look"
"""Menus that only a card has. A look and a draft carry a name behind a space."""
LONGEST = 1000  # characters of a draft
_PLAIN: Mapping[str, Callable[[Work, str, str], Drawing | None]] = {
    "assign_menu": menus.assign_menu,
    "transfer_menu": menus.transfer_menu,
    "priority_menu": menus.priority_menu,
    "hush_menu": menus.hush_menu,
    "canned_menu": menus.canned_menu,
}


def laid(work: Work, ticket: Ticket, chat: str, drawing: Drawing) -> Drawing:
    """The card with all that was put on it: its questions and the menu that is open, whose buttons replace its own."""
    standing = prompts.standing(work, chat, ticket.id)
    if not standing:
        return drawing
    voice = speak.voice(chats.language(work.tx, chat))
    shown = [one for row in standing if (one := _drawn(work, row, ticket, voice)) is not None]
    if not shown:
        return drawing
    below = "".join(f"\n\n{one.text}" for one in shown)
    head = fitted(drawing.text, max(1, TEXT - len(unmarked(below))))
    return replace(drawing, text=head + below, keyboard=shown[-1].keyboard)


def _drawn(work: Work, row: Prompt, ticket: Ticket, voice: Voice) -> Drawing | None:
    person = directory.get(work.tx, row.person)
    if row.action != prompts.MENU:
        return Drawing(_question(work, row, person, voice), [[menus.never_mind(ticket, voice)]])
    name, _, named = row.value.partition(" ")
    if name in _PLAIN:
        return _PLAIN[name](work, ticket.about, row.chat)
    match name:
        case "more_menu":
            return Drawing(voice.html("more.what", number=ticket.id), menus.more_keys(ticket, voice, person))
        case "dates_menu":
            return menus.dates(work, ticket, voice)
        case "similar_menu":
            return _similar(work, ticket, voice)
        case "reply_look":
            return _look(work, named, ticket, person, voice)
        case "draft_look":
            return _draft(work, int(named), ticket, voice)
        case _:
            return None


def _question(work: Work, row: Prompt, person: Person, voice: Voice) -> str:
    desk, value = work.config.desk, row.value
    zone = readers.zone_of_person(desk, person)
    facts = {
        "who": person.first_name,
        "number": row.ticket,
        "value": value,
        "day": days.example(zone, work.now),
    }
    if row.action == briefing.ASKED:
        facts["question"] = json.loads(value)[0]
    elif row.action == "transfer":
        facts["value"] = _title(desk, value, voice)
    return str(voice.html(f"prompt.{row.action}", **facts))


def _title(desk: Desk, team: str, voice: Voice) -> str:
    return desk.team(team).title[voice.language] if team in desk.teams else team


def _look(work: Work, name: str, ticket: Ticket, person: Person, voice: Voice) -> Drawing | None:
    """A canned reply as it will be read, before it is sent."""
    written = work.config.desk.file.replies.get(name)
    if written is None or ticket.state not in OPEN:
        return None
    text = canned.worded(work, ticket, person, written)
    send = button(voice.say("button.send"), SendReplyNow(ticket.id, name), "success")
    other = button(voice.say("button.other_reply"), OpenReplies(ticket.id))
    return Drawing(voice.html("canned.look", text=text), [[send, other], [menus.never_mind(ticket, voice)]])


def _similar(work: Work, ticket: Ticket, voice: Voice) -> Drawing | None:
    """Solved tickets in the same words; what helped in each can be sent as an answer."""
    found = search.similar(work.tx, ticket)
    if not found:
        return None
    drafts = [button(voice.say("button.draft", number=one.id), OpenDraft(ticket.id, one.id)) for one in found]
    keys: Keyboard = rows(drafts, 3) if ticket.state in HELD else []
    return Drawing(voice.card("similar", tickets=found), [*keys, [menus.never_mind(ticket, voice)]])


def _draft(work: Work, source: int, ticket: Ticket, voice: Voice) -> Drawing | None:
    """What helped in a solved ticket, as a draft of an answer: to send, or to copy and change."""
    words = draft_of(work, source)
    if words is None or ticket.state not in HELD:
        return None
    send = button(voice.say("button.send"), SendDraft(ticket.id, source), "success")
    text = voice.html("similar.draft", number=source, text=brief(words))
    return Drawing(text, [[send, menus.never_mind(ticket, voice)]])


def draft_of(work: Work, source: int) -> str | None:
    """What helped in a ticket, as one message; None when no one has said."""
    found = store.peek_all(work.tx, [source])
    return shortened(found[0].resolution, LONGEST) if found and found[0].resolution else None

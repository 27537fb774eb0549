"""An engineer's own desk in their private chat: what they hold by the nearest promise, and their share of what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import assert_never

from sqlalchemy import Connection

from bot.config.config import Work
from bot.conversation import spoken
from bot.keys import TicketRef
from bot.people import directory
from bot.people.access import authorize
from bot.people.directory import Person
from bot.teamdesk import topic_links
from bot.teamdesk.cards import QUEUE, dues_of
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing
from bot.telegram.desk.buttons import DeskAnswer, DeskClaim, DeskClose, DeskDone, DeskLater, DeskMoment
from bot.telegram.keyboard import Key, Keyboard, button, link, rows
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import actions, planning, prompts, readers, round_robin, store
from bot.tickets.clocks import days
from bot.tickets.ticket import HELD, UNCLAIMED, Ticket, move

DeskButton = DeskClaim | DeskAnswer | DeskDone | DeskLater | DeskMoment | DeskClose
ACTED_ON = 8  # tickets that have buttons: the nearest in time
OFFERED = 6  # waiting tickets that are offered
LATER = "later_menu"
"""The card that asks when to come back to a ticket."""
FAR = 2**40


def agenda(work: Work, person: Person, held: Sequence[Ticket], voice: Voice) -> Drawing | None:
    """The engineer's part of /my; None for a person who holds nothing and whom nothing waits for."""
    share = share_of(work, person)[:OFFERED] if person.is_engineer else []
    if not held and not share:
        return None
    zone = readers.zone_of_person(work.config.desk, person)
    told = [(ticket, dues_of(work, ticket, voice, zone)) for ticket in held]
    told.sort(key=lambda pair: min((due.at for due in pair[1].named.values()), default=FAR))
    numbers = topic_links.linked(work.tx, [*(ticket for ticket, _ in told[:QUEUE]), *share])
    lines = [(ticket, numbers[ticket.id], None, due) for ticket, due in told[:QUEUE]]
    head = voice.html("mine.agenda")
    text = voice.card("queue", head=head, lines=lines, more=len(told) - len(lines)) if held else ""
    if share:
        waiting = [(ticket, numbers[ticket.id], None, dues_of(work, ticket, voice, zone)) for ticket in share]
        text = (
            f"{text}\n\n{voice.card('queue', head=voice.html('mine.share'), lines=waiting, more=0)}".strip()
        )
    known = topic_links.addresses(work.tx, [ticket for ticket, _ in told[:ACTED_ON]])
    keys = [[*_topic(ticket, known, voice), *_acts(ticket, voice)] for ticket, _ in told[:ACTED_ON]]
    claims = [_claim(ticket, voice) for ticket in share]
    return Drawing(text, [*keys, *rows(claims, 3)])


def keys_of(tx: Connection, ticket: Ticket, person: Person, voice: Voice) -> Keyboard:
    """What a person can do about one ticket in private: their own next acts, else to claim it, and its topic."""
    topic = _topic(ticket, topic_links.addresses(tx, [ticket]), voice)
    if ticket.assignee == person.id and ticket.state in HELD:
        return [[*topic, *_acts(ticket, voice)]]
    is_to_take = ticket.state in UNCLAIMED and ticket.team in person.teams
    keys = [*topic, *([_claim(ticket, voice)] if is_to_take else [])]
    return [keys] if keys else []


def _topic(ticket: Ticket, known: Mapping[int, str], voice: Voice) -> list[Key]:
    return [link(voice.say("desk.topic"), known[ticket.id])] if ticket.id in known else []


def _acts(ticket: Ticket, voice: Voice) -> list[Key]:
    return [
        button(voice.say("desk.answer", number=ticket.id), DeskAnswer(ticket.id)),
        button(voice.say("desk.done"), DeskDone(ticket.id)),
        button(voice.say("desk.later"), DeskLater(ticket.id)),
    ]


def _claim(ticket: Ticket, voice: Voice) -> Key:
    return button(voice.say("board.claim", number=ticket.id), DeskClaim(ticket.id), "success")


def share_of(work: Work, person: Person) -> list[Ticket]:
    """What waits in the person's teams and is theirs to take: the oldest ticket goes to the freest one on shift, and so on.

    Nothing is taken for anybody: it is an offer, the same for everyone who looks at the same moment.
    """
    desk, mine = work.config.desk, []
    for team in sorted(person.teams & set(desk.teams)):
        queue = store.queue_of(work.tx, team)
        held = Counter(ticket.assignee for ticket in queue)
        there = [
            one for one in directory.engineers(work.tx, team) if round_robin.is_there(desk, one, work.now)
        ]
        for ticket in queue:
            if ticket.state not in UNCLAIMED or not there:
                continue
            freest = min(there, key=lambda one: (held[one.id], one.staff_id))
            held[freest.id] += 1
            if freest.id == person.id:
                mine.append(ticket)
    return sorted(mine, key=lambda ticket: ticket.id)


def press(work: Work, pressed: DeskButton, person: Person) -> Line:
    """A button of the own desk. Raises NotAllowed, Impossible or NoSuchTicket; nothing is changed then."""
    ticket = store.get(work.tx, pressed.ticket)
    match pressed:
        case DeskClaim():
            line = actions.claim(work, ticket.id, person)
            actions.refresh_desk(work, person.id)
            return line
        case DeskAnswer():
            authorize(person, "reply", actions.thing(ticket))
            move(ticket, "reply")
            return _ask(work, ticket, person, spoken.ANSWER)
        case DeskDone():
            authorize(person, "resolve", actions.thing(ticket))
            move(ticket, "resolve")
            return _ask(work, ticket, person, spoken.SOLVE)
        case DeskLater():
            authorize(person, "schedule", actions.thing(ticket))
            move(ticket, "schedule")
            outbox.show(work, person.key, LATER, ticket.about, anew="asked")
            return Line("menu.below")
        case DeskMoment():
            line = planning.propose_moment(work, ticket.id, person, pressed.at)
            outbox.hide(work, person.key, LATER, ticket.about)
            return line
        case DeskClose():
            authorize(person, "schedule", actions.thing(ticket))
            outbox.hide(work, person.key, LATER, ticket.about)
            return Line("assign.kept")
        case _:
            assert_never(pressed)


def later(work: Work, about: str, chat: str) -> Drawing | None:
    """When to come back to a ticket, in the engineer's own zone; the employee has to agree."""
    ticket = store.peek(work.tx, TicketRef.read(about).number)
    if ticket.state not in HELD:
        return None
    voice, zone = speak.voice(chats.language(work.tx, chat)), readers.zone_of(work, chat)
    keys = [
        button(voice.when(at, zone, work.now), DeskMoment(ticket.id, at))
        for at in days.offered(zone, work.now)
    ]
    close = button(voice.say("button.never_mind"), DeskClose(ticket.id))
    text = voice.html("desk.when", number=ticket.id, summary=speak.shortened(ticket.summary, 60))
    return Drawing(text, [*rows(keys, 2), [close]])


def _ask(work: Work, ticket: Ticket, person: Person, action: str) -> Line:
    facts = {"number": ticket.id, "summary": speak.shortened(ticket.summary, 60)}
    prompts.put(work, person.key, ticket, person, action, "", Line(f"prompt.{action}", facts))
    return Line("prompt.below")

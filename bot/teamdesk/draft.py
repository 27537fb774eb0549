"""From a solved ticket to a scenario: the draft and its test as YAML, ready to be pasted and corrected by a support lead."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.config.config import Work
from bot.keys import DraftRef, TeamChat
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.policy import Desk
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import store
from bot.tickets.ticket import Ticket

CARD = "draft"
LONGEST = 180  # characters of one text: a phrase has at most 200, and people correct what they paste
MOST_QUESTIONS = 12
_MARKUP = str.maketrans(
    {"<": "‹", ">": "›", "&": "+", "{": "(", "}": ")"}
)  # what a scenario reads as its own


def send(work: Work, person: Person, chat: str, ticket_id: int) -> Line | None:
    """/draft: the file, in the place where it was asked for; None when there is nothing more to say."""
    authorize(person, "find", Object())
    ticket = store.peek(work.tx, ticket_id)
    if not ticket.resolution:
        return Line("draft.unsolved", {"number": ticket.id})
    topic = ticket.about if TeamChat.names(chat) else None
    outbox.show(work, chat, CARD, DraftRef(ticket.id), topic=topic, anew="asked")
    return None


def drawing(work: Work, about: str, chat: str) -> Drawing:
    """The draft as a document."""
    ticket, voice = (
        store.peek(work.tx, DraftRef.read(about).number),
        speak.voice(chats.language(work.tx, chat)),
    )
    file = _folder() / f"ticket-{ticket.id}.yaml"
    file.write_text(text(work.config.desk, ticket, voice), "utf-8")
    return Drawing(voice.html("draft.caption", number=ticket.id), document=file)


def text(desk: Desk, ticket: Ticket, voice: Voice) -> str:
    """The draft: questions as self-help and engineers asked them, then what helped, then the ticket as before."""
    name, asked = f"ticket_{ticket.id}", ticket.transcript[:MOST_QUESTIONS]
    category = desk.categories.get(ticket.category)
    team = category.team if category is not None else ticket.accountable
    yes, no = voice.say("draft.yes"), voice.say("draft.no")
    lines = [f"# {line}" for line in voice.say("draft.how", number=ticket.id).split("\n")]
    lines += [
        "scenarios:",
        f"  {name}:",
        f"    title: {_said(ticket.summary, 60)}",
        f"    category: {ticket.category}",
        f"    human: {{team: {team}}}",
        f"    phrases: [{', '.join(_said(phrase) for phrase in _phrases(ticket))}]",
        "    steps:",
    ]
    for place, (question, _) in enumerate(asked, start=1):
        lines.append(f"      - {{id: q{place}, ask: {_said(question)}, save: a{place}}}")
    helped = voice.say("draft.helped", words=_plain(ticket.resolution or ""))
    lines += [
        f"      - resolved: {_said(helped, 900)}",
        f"        tried: {_said(ticket.resolution or '', 60)}",
        f"        labels: {{yes: {_said(yes)}, no: {_said(no)}}}",
        f"      - ticket: {{category: {ticket.category}, team: {team}, type: {ticket.type}, impact: {ticket.impact}, "
        f"urgency: {ticket.urgency}, summary: {_said(ticket.summary)}}}",
        "tests:",
        *_test(voice.say("draft.test_solved", number=ticket.id), name, asked, yes, "solved"),
        *_test(
            voice.say("draft.test_ticket", number=ticket.id),
            name,
            asked,
            no,
            f"{{ticket: {{category: {ticket.category}, team: {team}}}}}",
        ),
    ]
    return "\n".join(lines) + "\n"


def _test(title: str, name: str, asked: Sequence[tuple[str, str]], press: str, ends: str) -> list[str]:
    answers = [f"      - {{type: {_said(answer)}}}" for _, answer in asked]
    head = [f"  - name: {_said(title)}", f"    scenario: {name}", "    steps:"]
    return [*head, *answers, f"      - {{press: {_said(press)}}}", f"    ends: {ends}"]


def _phrases(ticket: Ticket) -> list[str]:
    """How this person said it; the first lines only, for phrases teach the search."""
    said = [ticket.words.strip().split("\n")[0], ticket.summary]
    return list(dict.fromkeys(_plain(phrase)[:LONGEST] for phrase in said if len(phrase.strip()) > 1))


def _plain(words: str) -> str:
    return " ".join(words.translate(_MARKUP).split())


def _said(words: str, most: int = LONGEST) -> str:
    """The words in double quotes, as YAML and JSON both read them."""
    return json.dumps(_plain(words)[:most] or "-", ensure_ascii=False)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="firstline-drafts-"))

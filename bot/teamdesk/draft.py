"""From a solved ticket to a scenario: the draft with its test, and the article it shows, for a support lead to correct."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import DraftRef, TeamChat
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.scenarios.language.scaffolds import article, inline
from bot.sla.policy import Desk
from bot.storage import kv
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing
from bot.texts import speak
from bot.texts.speak import Line, Voice
from bot.tickets import prompts, store
from bot.tickets.actions import NoWords
from bot.tickets.ticket import Ticket

CARD, ARTICLE = "draft", "draft_article"
ASKED = "draft"  # the question for a title
LONGEST = 180  # characters of one text: a phrase has at most 200, and people correct what they paste
MOST_QUESTIONS = 12
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_MARKDOWN = str.maketrans(dict.fromkeys("*_`[]#|~", " ") | {"\\": "\\\\"})  # what an article reads as its own
_ITEM = re.compile(r"^(\d*)([-+.)])(?=\s|$)")  # and, at the beginning, as a list
_MARKUP = str.maketrans(
    {"<": "‹", ">": "›", "&": "+", "{": "(", "}": ")"}
)  # what a scenario reads as its own


def send(work: Work, person: Person, chat: str, ticket_id: int) -> Line | None:
    """/draft: the file, in the place where it was asked for; None when there is nothing more to say."""
    authorize(person, "find", Object())
    ticket = store.peek(work.tx, ticket_id)
    if not ticket.resolution:
        return Line("draft.unsolved", {"number": ticket.id})
    _show(work, chat, ticket)
    if TeamChat.names(chat):
        prompts.put(work, chat, ticket, person, ASKED, "", Line("draft.ask_title", {"number": ticket.id}))
    return None


def titled(work: Work, person: Person, chat: str, ticket_id: int, words: str) -> Line:
    """The answer to the question for a title: "Russian = English", or one of them. The files come again with it."""
    authorize(person, "find", Object())
    ticket = store.peek(work.tx, ticket_id)
    parts = [part for part in map(_plain, words.replace("\n", "=").split("=")) if part][:2]
    titles = {("ru" if _CYRILLIC.search(part) else "en"): part[:60] for part in parts}
    if not titles:
        raise NoWords
    kv.put(work.tx, DraftRef(ticket.id), json.dumps(titles, ensure_ascii=False))
    _show(work, chat, ticket)
    return Line("draft.titled", {"titles": " = ".join(titles.values())})


def titles_of(tx: Connection, ticket: Ticket, voice: Voice) -> dict[str, str]:
    """What the scenario of a ticket is to be called, by language; the ticket's own words before anyone was asked."""
    kept = kv.get(tx, DraftRef(ticket.id))
    return json.loads(kept) if kept else {voice.language: _plain(ticket.summary)[:60]}


def _show(work: Work, chat: str, ticket: Ticket) -> None:
    topic = ticket.about if TeamChat.names(chat) else None
    for card in (CARD, ARTICLE):
        outbox.show(work, chat, card, DraftRef(ticket.id), topic=topic, anew="asked")


def article_drawing(work: Work, about: str, chat: str) -> Drawing:
    """The draft of the article as a document."""
    ticket = store.peek(work.tx, DraftRef.read(about).number)
    voice = speak.voice(chats.language(work.tx, chat))
    file = _folder() / f"{article_id(ticket)}.md"
    file.write_text(article_text(ticket, titles_of(work.tx, ticket, voice), work.now), "utf-8")
    return Drawing(voice.html("draft.article_caption", number=ticket.id), document=file)


def article_id(ticket: Ticket) -> str:
    return f"ticket-{ticket.id}"


def article_text(ticket: Ticket, titles: Mapping[str, str], now: int) -> str:
    """The article: what helped as its first step, remarks about the others. `now` is in UTC seconds."""
    helped = " ".join(_plain(ticket.resolution or "").translate(_MARKDOWN).split())
    today = datetime.fromtimestamp(now, UTC).date()
    first = _ITEM.sub(r"\1\\\2", helped)
    return article(article_id(ticket), titles, f"ticket_{ticket.id}", today, first=first)


def drawing(work: Work, about: str, chat: str) -> Drawing:
    """The draft as a document."""
    ticket, voice = (
        store.peek(work.tx, DraftRef.read(about).number),
        speak.voice(chats.language(work.tx, chat)),
    )
    file = _folder() / f"ticket-{ticket.id}.yaml"
    titles = titles_of(work.tx, ticket, voice)
    file.write_text(text(work.config.desk, ticket, voice, titles), "utf-8")
    return Drawing(voice.html("draft.caption", number=ticket.id), document=file)


def text(desk: Desk, ticket: Ticket, voice: Voice, titles: Mapping[str, str]) -> str:
    """The draft: questions as self-help and engineers asked them, the article on what helped, then the ticket as before."""
    name, asked = f"ticket_{ticket.id}", ticket.transcript[:MOST_QUESTIONS]
    category = desk.categories.get(ticket.category)
    team = category.team if category is not None else ticket.accountable
    yes, no = voice.say("draft.yes"), voice.say("draft.no")
    lines = [f"# {line}" for line in voice.say("draft.how", number=ticket.id).split("\n")]
    lines += [
        "scenarios:",
        f"  {name}:",
        f"    title: {inline(titles)}",
        f"    category: {ticket.category}",
        f"    human: {{team: {team}}}",
        f"    phrases: [{', '.join(_said(phrase) for phrase in _phrases(ticket))}]",
        "    steps:",
    ]
    for place, (question, _) in enumerate(asked, start=1):
        lines.append(f"      - {{id: q{place}, ask: {_said(question)}, save: a{place}}}")
    lines += [
        f"      - article: {article_id(ticket)}",
        f"      - resolved: {_said(voice.say('new.helped'))}",
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

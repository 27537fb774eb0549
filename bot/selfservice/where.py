"""The card below a turn that may belong to several places: the question where, then what was done with it."""

from __future__ import annotations

from bot.config.config import Config, Work
from bot.keys import BackRef, PersonChat, TicketRef, WordsRef
from bot.people.directory import Person
from bot.problems import children
from bot.selfservice import utterances
from bot.selfservice.utterances import RECEIPT, SEVERAL, Utterance
from bot.telegram import chats, outbox, posts
from bot.telegram.buttons import NoneOfThese, NotThere, StartScenario, ToHuman, ToTicket
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Key, Keyboard, button
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import store
from bot.tickets.ticket import Ticket

CARD = "where"
MOST = 8  # tickets to choose from
LABEL = 60  # characters
TWO = 2


def ask(work: Work, person: Person, utterance: int, message: int) -> None:
    """Ask where the turn belongs, as an answer to its message; or draw the question again for a turn that goes on."""
    outbox.show(work, person.key, CARD, WordsRef(utterance), anew=f"answers {message}")


def settled(work: Work, person: Person, utterance: int) -> None:
    """The turn has found its place: the question, if there was one, says so and loses its buttons."""
    if posts.find(work.tx, person.key, CARD, WordsRef(utterance)) is not None:
        outbox.show(work, person.key, CARD, WordsRef(utterance))


def card(work: Work, about: str, chat: str) -> Drawing | None:
    kept = utterances.find(work.tx, WordsRef.read(about).number)
    if kept is None or PersonChat.read(chat).number != kept.person:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    if kept.asked == SEVERAL:
        return _several(work.config, kept, voice)
    if kept.chosen is None:
        return _question(work, kept, voice)
    ticket = TicketRef.among(kept.chosen)
    if ticket is None:
        title = _title(work.config, kept.chosen, voice)
        return Drawing(voice.html("where.new", title=title)) if title else None
    elsewhere = [[button(voice.say("button.not_there"), NotThere(kept.id))]] if kept.asked == RECEIPT else []
    return Drawing(voice.html("where.ticket", number=ticket.number), elsewhere)


def _question(work: Work, kept: Utterance, voice: Voice) -> Drawing:
    tickets = (*children.own_of(work.tx, kept.person), *store.merged_into_open(work.tx, kept.person))
    new, other = (
        _new(work.config, kept, voice),
        button(voice.say("button.another_problem"), NoneOfThese(kept.id)),
    )
    if (back := BackRef.among(kept.asked)) is not None:
        again = button(voice.say("button.again", number=back.number), ToTicket(kept.id, back.number))
        return Drawing(voice.html("where.back"), [[again], *new, [other]])
    choices = [[_to(kept, ticket, voice)] for ticket in tickets[:MOST]]
    return Drawing(voice.html("which.ticket"), [*choices, *new, [other]])


def _several(config: Config, kept: Utterance, voice: Voice) -> Drawing:
    """Several problems: which comes first; then what was begun, with those that wait."""
    titles = {scenario: _title(config, scenario, voice) for scenario, _ in kept.candidates}
    waiting = [[button(title, StartScenario(one, kept.id))] for one, title in titles.items() if title]
    if kept.chosen is None:
        every = [button(voice.say("button.all_to_human"), ToHuman(kept.id))]
        head = "where.two" if len(waiting) == TWO else "where.several"
        return Drawing(voice.html(head), [*waiting, every])
    ticket = TicketRef.among(kept.chosen)
    if ticket is not None:
        return Drawing(voice.html("where.ticket", number=ticket.number))
    title = _title(config, kept.chosen, voice)
    return Drawing(voice.html("where.begun" if waiting else "where.new", title=title), waiting)


def _to(kept: Utterance, ticket: Ticket, voice: Voice) -> Key:
    label = voice.say("button.to_ticket", number=ticket.id, title=ticket.title)
    return button(speak.shortened(label, LABEL), ToTicket(kept.id, ticket.id))


def _new(config: Config, kept: Utterance, voice: Voice) -> Keyboard:
    """A new problem, named by what the words are most likely about."""
    likely = kept.candidates[0][0] if kept.decision != "none" and kept.candidates else ""
    title = _title(config, likely, voice)
    if not title:
        return []
    return [[button(voice.say("button.new_problem", title=title), StartScenario(likely, kept.id))]]


def _title(config: Config, scenario: str, voice: Voice) -> str:
    known = any(item.id == scenario for item in config.program.menu)
    return config.program.title(scenario, voice.language) if known else ""

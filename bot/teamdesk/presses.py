"""What the teams' and the supervisors' chats ask for: the press of a button, a word in a topic, an answer to our question."""

from __future__ import annotations

from typing import assert_never

from sqlalchemy import Connection

from bot.config.config import Work
from bot.conversation import exchange, recall, twins
from bot.conversation.receipts import DELIVERED, KEPT_INSIDE, react
from bot.keys import SUPERVISORS, TeamChat, TicketRef
from bot.people.access import NotAllowed, allows, authorize
from bot.people.directory import Person
from bot.problems import children, declaring, extents
from bot.problems.buttons import TakeApart
from bot.teamdesk import draft, mass_incident, twin_topics, workarounds
from bot.telegram import outbox, posts
from bot.telegram.buttons import (
    AcceptExtent,
    AskEmployee,
    CallAssignee,
    Claim,
    DeclareOutage,
    OfferWorkaround,
    Recall,
    Resolve,
    SetCause,
    ShowSimilar,
    ShowWhy,
    TakeControl,
)
from bot.telegram.desk.buttons import SayLevelOne, ShowWhyWhole
from bot.telegram.incoming import SERVICE, Incoming
from bot.texts.speak import Line
from bot.tickets import (
    actions,
    briefing,
    control,
    handover,
    planning,
    prompts,
    resolution,
    search,
    store,
)
from bot.tickets.prompts import Prompt
from bot.tickets.ticket import Ticket, move

SIMILAR = "similar_menu"
"""The menu of solved tickets in the same words."""
ASKED = "ask"
"""The action of the question for the question to the employee."""
SHOWN = frozenset(
    {
        "transfer.done",
        "transfer.noted",
        "transfer.first",
        "return.done",
        "release.done",
        "workaround.done",
        "hush.done",
    }
)
"""Answers that repeat what the cards show."""

CardButton = (
    Claim
    | AskEmployee
    | Resolve
    | OfferWorkaround
    | SetCause
    | SayLevelOne
    | Recall
    | ShowSimilar
    | ShowWhy
    | ShowWhyWhole
    | TakeControl
    | CallAssignee
    | DeclareOutage
    | AcceptExtent
    | TakeApart
)


def press(work: Work, pressed: CardButton, person: Person, chat: str | None) -> Line:
    """A button of a ticket's card or alert. Raises NotAllowed, Impossible or NoSuchTicket; nothing is changed then."""
    ticket = here(work.tx, pressed.ticket, chat)
    match pressed:
        case Claim():
            return actions.claim(work, ticket.id, person)
        case AskEmployee():
            return _prompt(work, ticket, person, chat or "")
        case Resolve():
            return actions.resolve(work, ticket.id, person, "")
        case OfferWorkaround():
            return workarounds.ask(work, ticket, person, chat or "")
        case SetCause():
            return resolution.set_cause(work, pressed, person)
        case SayLevelOne():
            return resolution.set_level_one(work, pressed, person)
        case Recall():
            return recall.press(work, pressed, person)
        case ShowSimilar():
            authorize(person, "note", actions.thing(ticket))
            return show_similar(work, ticket, person, chat or "")
        case ShowWhy():
            return show_why(work, ticket, person, chat or "")
        case ShowWhyWhole():
            return show_why(work, ticket, person, chat or "", card="why_whole")
        case TakeControl():
            return control.take_control(work, ticket.id, person)
        case AcceptExtent():
            return extents.accept(work, ticket.id, person)
        case TakeApart():
            return children.take_apart(work, ticket, person)
        case CallAssignee():
            return control.call_assignee(work, ticket.id, person)
        case DeclareOutage():
            return mass_incident.press(work, ticket, person, chat)
        case _:
            assert_never(pressed)


def press_on(
    work: Work, pressed: CardButton, person: Person, chat: str | None, message_id: int | None
) -> Line:
    """The same, on this message. An unknown copy of a card goes with it."""
    line = press(work, pressed, person, chat)
    if chat is not None and message_id is not None:
        twins.pressed(work, chat, pressed, message_id)
    return line


def show_similar(work: Work, ticket: Ticket, person: Person, place: str) -> Line:
    """Solved tickets in the same words: on the card, or said in the topic."""
    if not search.similar(work.tx, ticket):
        return Line("similar.none", alert=True)
    if prompts.stand(work, place, ticket, person, prompts.MENU, SIMILAR):
        return Line("menu.on_card")
    chat = actions.team_chat(work.tx, ticket)
    outbox.show(work, chat, "similar", ticket.about, topic=ticket.about, anew="asked")
    return Line("menu.below")


def show_why(work: Work, ticket: Ticket, person: Person, chat: str, *, card: str = "why") -> Line:
    """The arithmetic behind the deadlines, in the place where it was asked for: in brief, or the whole in its place."""
    authorize(person, "note", actions.thing(ticket))
    other = "why" if card == "why_whole" else "why_whole"
    if posts.find(work.tx, chat, other, ticket.about) is not None:
        outbox.hide(work, chat, other, ticket.about)
    outbox.show(work, chat, card, ticket.about, topic=ticket.about, anew="asked")
    return Line("menu.below")


def here(tx: Connection, ticket_id: int, chat: str | None) -> Ticket:
    """The ticket, if this chat is one in which it is shown; a button carried elsewhere does nothing (T8)."""
    ticket = store.get(tx, ticket_id)
    if chat not in (actions.team_chat(tx, ticket), TeamChat(ticket.accountable), SUPERVISORS):
        raise NotAllowed("press", "unknown.chat")
    return ticket


def wrote(work: Work, person: Person, chat: str | None, message: Incoming) -> None:
    """A word in a team's chat. What belongs to no ticket is the team's own talk, unless it answers the bot: its writer
    believes then that someone will read it."""
    if chat is None or message.kind == SERVICE:
        return
    twin_topics.claim(work, chat, message)
    message = twins.known(work, chat, person, message)
    if chat == SUPERVISORS and message.reply_to and declaring.answered(work, person, message, chat):
        return
    asked = prompts.answered(work, chat, person, message.reply_to) or _next_words(work, chat, person, message)
    if asked is not None:
        _acknowledge(work, asked, chat, message, _answer(work, asked, person, message))
        return
    if chat == SUPERVISORS:
        return  # their own talk, unless it answers a question of the bot
    solved = _asked_what_helped(work, chat, person, message)
    if solved is not None:
        resolution.helped(work, solved, person, message.text)
        react(work, chat, message.message_id, KEPT_INSIDE)
        return
    ticket_id = exchange.ticket_of_topic(work.tx, chat, message.place, message.thread, message.reply_to)
    if ticket_id is not None:
        exchange.from_team(work, person, chat, ticket_id, message)
    elif message.answers_us:
        dedupe = f"nowhere:{message.place}:{message.album}" if message.album else None
        thread, answers = message.thread, message.message_id
        outbox.line(
            work, chat, "answer.nowhere", {"who": person.name}, dedupe=dedupe, thread=thread, answers=answers
        )


def _next_words(work: Work, chat: str, person: Person, message: Incoming) -> Prompt | None:
    """What the card asked this person for, when they go on writing in the topic."""
    if message.reply_to is not None or message.thread is None:
        return None
    ticket_id = exchange.ticket_of_topic(work.tx, chat, message.place, message.thread, None)
    return prompts.answered_on_card(work, chat, person, ticket_id) if ticket_id is not None else None


def _acknowledge(work: Work, asked: Prompt, chat: str, message: Incoming, answer: Line | None) -> None:
    """A sign is enough where the cards show what was done."""
    if asked.message is None:
        prompts.redraw(work, chat, store.peek(work.tx, asked.ticket))
    if answer is None:
        return
    if answer.key in SHOWN and asked.message is None:
        react(work, chat, message.message_id, DELIVERED)
        return
    outbox.line(work, chat, answer.key, answer.facts, thread=message.thread, answers=message.message_id)


def _asked_what_helped(work: Work, chat: str, person: Person, message: Incoming) -> int | None:
    """The ticket whose question "what helped?" is answered by this message."""
    post = posts.about_message(work.tx, chat, message.reply_to) if message.reply_to is not None else None
    if post is None or post.card not in (resolution.CARD, prompts.TEAM_CARD):
        return None
    ticket = store.peek(work.tx, TicketRef.read(post.about).number)
    if post.card == resolution.CARD:
        return ticket.id
    is_asked = resolution.asks(work, ticket) and not ticket.resolution and bool(message.text.strip())
    return ticket.id if is_asked and allows(person, "resolve", actions.thing(ticket)) else None


def refusal(line: Line) -> Line | None:
    """Of a verb that tells the topic itself what was done, only what was not done is left to say."""
    return line if line.alert else None


def _answer(work: Work, asked: Prompt, person: Person, message: Incoming) -> Line | None:
    """The words that a button of the bot asked for."""
    ticket_id, value, words = asked.ticket, asked.value, message.text
    match asked.action:
        case "ask":
            exchange.put_question(work, person, asked.chat, ticket_id, message)
            return None
        case briefing.ASKED:
            return handover.told(work, ticket_id, person, asked.chat, value, words)
        case "transfer":
            return handover.transfer(work, ticket_id, person, value, words)
        case "return":
            return handover.give_back(work, ticket_id, person, words)
        case "hush":
            return control.hush(work, ticket_id, person, int(value), words)
        case "prioritize":
            return refusal(planning.prioritize(work, ticket_id, person, value, words))
        case "schedule":
            return planning.propose_day(work, ticket_id, person, words)
        case draft.ASKED:
            return draft.titled(work, person, asked.chat, ticket_id, words)
        case workarounds.ASKED:
            return workarounds.give(work, ticket_id, person, words)
        case _:
            raise NotAllowed(asked.action, "access.unknown")


def _prompt(work: Work, ticket: Ticket, person: Person, chat: str) -> Line:
    authorize(person, "ask", actions.thing(ticket))
    move(ticket, "ask")
    if prompts.stand(work, chat, ticket, person, ASKED, ""):
        return Line("prompt.on_card")
    outbox.show(
        work,
        actions.team_chat(work.tx, ticket),
        exchange.PROMPT,
        ticket.about,
        topic=ticket.about,
        anew="asked",
    )
    return Line("ask.ready")

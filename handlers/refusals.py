"""A refusal is an answer, not a failure: one sentence about the button that was pressed, or about what was typed."""

from __future__ import annotations

from typing import cast, get_args

import structlog
from aiogram import Router
from aiogram.filters import BaseFilter, ExceptionTypeFilter
from aiogram.types import ErrorEvent, Message
from sqlalchemy import Connection

from bot.config.config import Work
from bot.keys import RawChat
from bot.people.access import NotAllowed
from bot.telegram import outbox
from bot.texts.speak import Line
from bot.tickets import store
from bot.tickets.actions import NoWords
from bot.tickets.invocation import Misplaced, Misused
from bot.tickets.quotas import TooMany
from bot.tickets.store import NoSuchTicket, Outrun
from bot.tickets.ticket import IN_WORK, Impossible, State
from handlers.visit import Visit

Refusal = NotAllowed | Impossible | Outrun | NoSuchTicket | NoWords | TooMany | Misused | Misplaced
REFUSALS: tuple[type[Refusal], ...] = get_args(Refusal)
# Words that answer a question of the bot which is settled by now: the state of the ticket would not explain the refusal.
log = structlog.get_logger()
SETTLED = {"approve": "decided", "deny": "decided", "rate": "rate"}


class WasPressed(BaseFilter):
    """A door refused a button."""

    async def __call__(self, event: ErrorEvent) -> bool:
        return event.update.callback_query is not None


class WasWritten(BaseFilter):
    """A door refused a command or words; hands on the message."""

    async def __call__(self, event: ErrorEvent) -> bool | dict[str, Message]:
        message = event.update.message or event.update.edited_message
        return {"message": message} if message is not None else False


async def tell_presser(event: ErrorEvent, visit: Visit) -> None:
    """The unit of the door is undone; the presser reads why."""
    visit.answer = pressed(cast(Refusal, event.exception))
    log.info("door.refused", reason=visit.answer.key, update_id=visit.update_id)


async def tell_writer(event: ErrorEvent, message: Message, visit: Visit) -> None:
    """The same, below the message."""
    line = await visit.do(_say_below, cast(Refusal, event.exception), message, visit.chat)
    log.info("door.refused", reason=line.key, update_id=visit.update_id)


def register(router: Router) -> None:
    """What becomes of the errors that are refusals; all others go to the worker."""
    router.error.register(tell_presser, ExceptionTypeFilter(*REFUSALS), WasPressed())
    router.error.register(tell_writer, ExceptionTypeFilter(*REFUSALS), WasWritten())


def pressed(error: Refusal) -> Line:
    """To the one who pressed a button; most of these buttons are older than what the ticket has become."""
    match error:
        case NotAllowed():
            return Line(error.reason, alert=True)
        case Impossible():
            return Line(f"impossible.{error.state}", alert=True)
        case TooMany():
            return Line(error.reason, {"most": error.most}, alert=True)
        case NoWords():
            return Line("no.words", alert=True)
        case Outrun():
            return Line("outrun", alert=True)
        case NoSuchTicket() | Misused() | Misplaced():
            return Line("unknown.button", alert=True)


def typed(work: Work, error: Refusal) -> Line:
    """To the one who typed a command, or words that we asked for."""
    match error:
        case NotAllowed():
            return Line(error.reason)
        case Impossible():
            return _impossible(work.tx, error)
        case TooMany():
            return Line(error.reason, {"most": error.most})
        case NoWords():
            return Line("no.words")
        case Outrun():
            return Line("refused.outrun")
        case NoSuchTicket():
            return Line("ticket.unknown", {"number": str(error.number)[:20]})
        case Misused():
            return Line(f"how.{error.name}", error.facts)
        case Misplaced():
            return Line("where.topic", {"name": error.name})


def _say_below(work: Work, error: Refusal, message: Message, chat: str | None) -> Line:
    line = typed(work, error)
    thread = message.message_thread_id if message.is_topic_message else None
    key = chat or RawChat(message.chat.id)
    is_command = (message.text or "").startswith("/")  # nothing of theirs was lost: only they have to know
    alone = message.from_user.id if is_command and message.from_user else None
    outbox.line(work, key, line.key, line.facts, answers=message.message_id, thread=thread, only_for=alone)
    return line


def _impossible(tx: Connection, error: Impossible) -> Line:
    facts: dict[str, object] = {"number": error.ticket}
    if error.state is State.MERGED:
        facts["into"] = next(number for number, kind in store.linked(tx, error.ticket) if kind == "duplicate")
    settled = SETTLED.get(error.action) if error.state in IN_WORK else None
    return Line(f"refused.{settled or error.state}", facts)

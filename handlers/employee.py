"""Doors of the private chat: the menu, a step's buttons, a ticket's buttons, and whatever a person writes."""

from __future__ import annotations

from typing import get_args

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.accounts import consent, forgetting
from bot.selfservice import alarm, intake, kb_browse, language, learning, own_ticket, profile, resuming, turns
from bot.selfservice.alarm import AlarmButton
from bot.selfservice.intake import MenuButton
from bot.selfservice.kb_browse import ArticleButton
from bot.selfservice.learning import ConsentButton
from bot.selfservice.profile import ProfileButton
from bot.selfservice.resuming import RunButton
from bot.telegram.buttons import AgreeToNotice, NotSecret, SpeakLanguage
from bot.tickets import approval
from handlers.filters import AtHome, Begins, Pressed, Private
from handlers.reading import incoming
from handlers.visit import Visit


async def told(_query: CallbackQuery, visit: Visit, press: ProfileButton) -> None:
    """A button of the profile."""
    visit.answer = await visit.do(profile.press, visit.person, press)


async def taught(_query: CallbackQuery, visit: Visit, press: ConsentButton) -> None:
    """Yes or no to learning from the person's own words."""
    await visit.do(learning.press, visit.person, press)


async def agreed(_query: CallbackQuery, visit: Visit, press: AgreeToNotice) -> None:
    """Yes to the notice about personal data."""
    visit.answer = await visit.do(consent.press, visit.person, press)


async def forgot(_query: CallbackQuery, visit: Visit, press: forgetting.ForgetButton) -> None:
    """Whether the person's words are to be erased."""
    visit.answer = await visit.do(forgetting.press, visit.person, press)


async def chose(_query: CallbackQuery, visit: Visit, press: MenuButton) -> None:
    """A button of the menu or of an offer: a scenario, "to an engineer", "none of these", the person's tickets."""
    visit.answer = await visit.do(intake.choose, visit.person, press)


async def alarmed(_query: CallbackQuery, visit: Visit, press: AlarmButton) -> None:
    """A button of the card about danger."""
    visit.answer = await visit.do(alarm.press, visit.person, press)


async def spoke(_query: CallbackQuery, visit: Visit, press: SpeakLanguage) -> None:
    """The language that a message was written in."""
    visit.answer = await visit.do(language.press, visit.person, press)


async def revealed(query: CallbackQuery, visit: Visit, press: NotSecret) -> None:
    """The button below a message of which something was hidden. Telegram sends that message with the press."""
    said = query.message.reply_to_message if isinstance(query.message, Message) else None
    words = (said.text or said.caption or "") if said is not None else ""
    visit.answer = await visit.do(intake.not_a_secret, visit.person, press, words)


async def resumed(_query: CallbackQuery, visit: Visit, press: RunButton) -> None:
    """A button of "you stopped at ...": go on, begin again, close."""
    visit.answer = await visit.do_and_follow(resuming.press, visit.person, press)


async def stepped(query: CallbackQuery, visit: Visit) -> None:
    """A button of a scenario's step."""
    visit.answer = await visit.do_and_follow(intake.press, visit.person, query.data or "")


async def pressed(_query: CallbackQuery, visit: Visit, press: own_ticket.OwnTicketButton) -> None:
    """A button of the person's own ticket."""
    visit.answer = await visit.do(own_ticket.press, press, visit.person, visit.chat)


async def consented(_query: CallbackQuery, visit: Visit, press: approval.ApprovalButton) -> None:
    """A button of the card that asks for consent."""
    visit.answer = await visit.do(approval.press, press, visit.person, visit.chat)


async def leafed(_query: CallbackQuery, visit: Visit, press: ArticleButton) -> None:
    """A button of the knowledge base, in the private chat or beside a ticket."""
    visit.answer = await visit.do(kb_browse.press, visit.person, visit.chat, press)


async def wrote(message: Message, visit: Visit) -> None:
    """Anything else a person sends: a step's answer, a word for a ticket, or a new problem."""
    await visit.do_and_follow(turns.take, visit.person, incoming(message))


def build() -> Router:
    router = Router(name="employee")
    router.callback_query.register(taught, AtHome(), Pressed(*get_args(ConsentButton)))
    router.callback_query.register(agreed, AtHome(), Pressed(AgreeToNotice))
    router.callback_query.register(forgot, AtHome(), Pressed(*get_args(forgetting.ForgetButton)))
    router.callback_query.register(chose, AtHome(), Pressed(*get_args(MenuButton)))
    router.callback_query.register(alarmed, AtHome(), Pressed(*get_args(AlarmButton)))
    router.callback_query.register(spoke, AtHome(), Pressed(SpeakLanguage))
    router.callback_query.register(revealed, AtHome(), Pressed(NotSecret))
    router.callback_query.register(resumed, AtHome(), Pressed(*get_args(RunButton)))
    router.callback_query.register(stepped, AtHome(), Begins("r|"))
    router.callback_query.register(pressed, Pressed(*get_args(own_ticket.OwnTicketButton)))
    router.callback_query.register(consented, Pressed(*get_args(approval.ApprovalButton)))
    router.callback_query.register(told, AtHome(), Pressed(*get_args(ProfileButton)))
    router.callback_query.register(leafed, Pressed(*get_args(ArticleButton)))
    router.message.register(wrote, Private())
    return router

"""Presses in tests: a button is passed to the verb of its door."""

from __future__ import annotations

from typing import Any, get_args

from bot.config.config import Work
from bot.people.directory import Person
from bot.selfservice import own_ticket
from bot.teamdesk import guides, menu_presses, presses
from bot.telegram.buttons import Button
from bot.texts.speak import Line
from bot.tickets import approval

TEAMS = (
    *get_args(presses.CardButton),
    *get_args(menu_presses.Opening),
    *get_args(menu_presses.Choice),
    *get_args(menu_presses.Former),
)
"""The buttons of the teams' and the supervisors' chats."""
OWN = get_args(own_ticket.OwnTicketButton)
CONSENT = get_args(approval.ApprovalButton)
GUIDES = get_args(guides.GuideButton)

_VERBS: tuple[tuple[Any, Any], ...] = (
    (presses.CardButton, presses.press),
    (menu_presses.Opening, menu_presses.open_menu),
    (menu_presses.Choice, menu_presses.choose),
    (menu_presses.Former, menu_presses.show_present),
    (own_ticket.OwnTicketButton, own_ticket.press),
    (approval.ApprovalButton, approval.press),
    (guides.GuideButton, guides.press),
)


def press(work: Work, pressed: Button, person: Person, chat: str | None) -> Line:
    """What the presser reads. Raises what the verb raises."""
    verb = next(verb for kinds, verb in _VERBS if isinstance(pressed, kinds))
    line: Line = verb(work, pressed, person, chat)
    return line

"""What is typed in the private chat about oneself: /start, /my, /profile, /learning."""

from __future__ import annotations

from bot.accounts import forgetting
from bot.config.config import Work
from bot.selfservice import intake, learning, profile
from bot.tickets.invocation import Invocation


def start(work: Work, asked: Invocation) -> None:
    """/start: the menu, at the end of the chat."""
    intake.menu(work, asked.person)


def my_tickets(work: Work, asked: Invocation) -> None:
    """/my: the person's open tickets."""
    intake.my_tickets(work, asked.person)


def show_profile(work: Work, asked: Invocation) -> None:
    """/profile: what we know of the person."""
    profile.unfold(work, asked.person)


def forget(work: Work, asked: Invocation) -> None:
    """/forget: erase what the person wrote, after one question."""
    forgetting.ask(work, asked.person)


def ask_to_learn(work: Work, asked: Invocation) -> None:
    """/learning: whether the person's words may teach the bot."""
    learning.ask(work, asked.person)

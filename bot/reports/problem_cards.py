"""The card of a problem: its incidents, the hours and the money that they have taken, what is known, what comes next."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import ProblemRef
from bot.people import directory
from bot.problems import causes, known
from bot.problems.buttons import HowToClose, MoveProblem, TakeProblem
from bot.reports import period
from bot.reports.showing import money_in_words
from bot.telegram import chats
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.tickets import readers

LISTED = 20  # tickets of one card


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """For supervisors."""
    row = causes.find(work.tx, ProblemRef.read(about).number)
    if row is None:
        return None
    voice, desk = speak.voice(chats.language(work.tx, chat)), work.config.desk
    zone = readers.zone_of(work, chat)
    owner = directory.get(work.tx, row.owner).name if row.owner is not None else "-"
    lines = [
        f"<b>{voice.html('problem.head', number=row.id, title=row.title)}</b>",
        voice.html("problem.state", state=voice.say(f"problem.state.{row.state}"), owner=owner),
    ]
    tickets = causes.tickets_of(work.tx, row.id)
    if tickets:
        seconds, money = period.spent_on(work.tx, desk, tickets, work.now)
        listed = ", ".join(map(str, tickets[:LISTED])) + (" …" if len(tickets) > LISTED else "")
        lines.append(voice.html("problem.tickets", n=len(tickets), listed=listed))
        lines.append(
            voice.html(
                "problem.cost", hours=voice.number(seconds / 3600), money=money_in_words(voice, desk, money)
            )
        )
    for one in known.of_problem(work.tx, row.id):
        where = one.scenario + (f"#{one.step}" if one.step else "") + (f"@{one.site}" if one.site else "")
        key = "problem.known_error" if one.expires_at > work.now else "problem.known_error_over"
        until = voice.when(one.expires_at, zone, work.now)
        lines.append(
            voice.html(key, where=where, symptoms=one.symptoms, workaround=one.workaround, until=until)
        )
    if row.proof:
        lines.append(voice.html("problem.proof", proof=row.proof))
    keyboard: Keyboard = []
    if row.is_open:
        coming = row.next_state
        following = (
            [button(voice.say(f"button.problem.{coming}"), MoveProblem(row.id, coming))] if coming else []
        )
        keyboard = [
            [button(voice.say("button.take_problem"), TakeProblem(row.id)), *following],
            [button(voice.say("button.close_problem"), HowToClose(row.id))],
        ]
    return Drawing("\n".join(map(str, lines)), keyboard)

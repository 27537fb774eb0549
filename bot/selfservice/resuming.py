"""A scenario that a person has left: offered once after a pause and below the menu; resumed, restarted or closed."""

from __future__ import annotations

from typing import assert_never

from bot.config.config import Work
from bot.keys import RunRef
from bot.people import directory
from bot.people.directory import Person
from bot.scenarios.library import run
from bot.scenarios.library.run import CurrentRun
from bot.scenarios.play.events import Cancel, Restart
from bot.selfservice.effects import Reply, carry_out, set_aside, who
from bot.telegram import chats, outbox
from bot.telegram.buttons import CloseRun, RestartRun, ResumeRun
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line

RunButton = ResumeRun | RestartRun | CloseRun


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """The offer; nothing once the run has ended."""
    run_id, voice = RunRef.read(about).number, speak.voice(chats.language(work.tx, chat))
    standing = run.standing(work.tx, run_id)
    if standing is None or not standing.open:
        return None
    text = voice.html("resume.offer", title=standing.view.title, n=standing.view.step_no)
    ways = (
        ("button.go_on", ResumeRun(run_id)),
        ("button.anew", RestartRun(run_id)),
        ("button.drop", CloseRun(run_id)),
    )
    return Drawing(text, [[button(voice.say(label), way) for label, way in ways]])


def press(work: Work, person: Person, pressed: RunButton) -> Reply:
    """A button of the offer, or "continue" below a scenario that was left for another one."""
    run_id, before = pressed.run, run.current(work.tx, person.id)
    match pressed:
        case ResumeRun():
            stood = run.resume(work, work.config.program, run_id, person.id, who(person))
        case RestartRun():
            stood = run.take(work, work.config.program, run_id, person.id, None, Restart(), who(person))
        case CloseRun():
            stood = run.take(work, work.config.program, run_id, person.id, None, Cancel(), who(person))
        case _:
            assert_never(pressed)
    if stood.turn is None:
        return Reply(Line("stale", alert=True))
    outbox.hide(work, person.key, "resume", RunRef(run_id))
    set_aside(work, person, before, run_id)
    return carry_out(work, person, stood, anew=f"pressed {work.now}")


def tell_silence(work: Work, standing: CurrentRun, what: str) -> None:
    """A person stopped answering in a scenario: one reminder with its buttons, or a message that it is closed."""
    person = directory.get(work.tx, standing.person_id)
    about = RunRef(standing.run_id)
    if what == "remind":
        outbox.show(work, person.key, "resume", about, anew="remind")
        return
    outbox.hide(work, person.key, "resume", about)
    outbox.show(work, person.key, "run", about)
    outbox.line(work, person.key, "run.expired", {"title": standing.view.title})

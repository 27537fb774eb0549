"""Where a person stopped in a scenario: offered once after silence and below the menu; gone on with, begun anew or closed."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.config.config import House
from bot.people import directory
from bot.people.directory import Person
from bot.scenarios.library import run
from bot.scenarios.library.run import Standing
from bot.scenarios.play.events import Cancel, Restart
from bot.selfservice.effects import Reply, carry_out, set_aside, who
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing, button
from bot.texts import speak
from bot.texts.speak import Line

CHOICES = ("goon", "anew", "drop")


def card(tx: Connection, about: str, chat: str, _now: int) -> Drawing | None:
    """The offer; nothing once the run has ended."""
    run_id, voice = int(about.partition(":")[2]), speak.voice(chats.language(tx, chat))
    standing = run.standing(tx, run_id)
    if standing is None or not standing.open:
        return None
    text = voice.html("resume.offer", title=standing.view.title, n=standing.view.step_no)
    labels = zip(CHOICES, ("button.go_on", "button.anew", "button.drop"), strict=True)
    return Drawing(text, [[button(voice.say(label), f"m|{what}|{run_id}") for what, label in labels]])


def press(tx: Connection, house: House, person: Person, action: str, run_id: int, now: int) -> Reply:
    """A button of the offer, or "go on" below a scenario that was left for another one."""
    before = run.current(tx, person.id)
    if action == "goon":
        stood = run.resume(tx, house.program, run_id, person.id, who(person), now)
    else:
        event = Restart() if action == "anew" else Cancel()
        stood = run.take(tx, house.program, run_id, person.id, None, event, who(person), now)
    if stood.turn is None:
        return Reply(Line("stale", alert=True))
    outbox.hide(tx, person.key, "resume", f"run:{run_id}", now)
    set_aside(tx, person, before, run_id, now)
    return carry_out(tx, house, person, stood, now, anew=f"{action} {now}")


def tell_silence(tx: Connection, standing: Standing, what: str, now: int) -> None:
    """A person fell silent in the middle of a scenario: one reminder with its ways on, or word that it is closed."""
    person = directory.get(tx, standing.person_id)
    about = f"run:{standing.run_id}"
    if what == "remind":
        outbox.show(tx, person.key, "resume", about, now, anew="remind")
        return
    outbox.hide(tx, person.key, "resume", about, now)
    outbox.show(tx, person.key, "run", about, now)
    outbox.line(tx, person.key, "run.expired", {"title": standing.view.title}, now)

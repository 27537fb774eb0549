"""Plays a scenario in the terminal: the same engine, a keyboard instead of Telegram."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.scenarios.language.program import Program
from bot.scenarios.play import engine
from bot.scenarios.play.enter import stripped
from bot.scenarios.play.events import (
    Back,
    Cancel,
    Checked,
    Event,
    Human,
    OpenTicket,
    Player,
    Press,
    Remember,
    Restart,
    RunCheck,
    Sent,
    Skip,
    Transition,
    Typed,
)
from bot.texts import speak

Read = Callable[[str], str]
Write = Callable[[str], None]

_COMMANDS: dict[str, Event] = {
    "<": Back(),
    "/back": Back(),
    "/restart": Restart(),
    "/cancel": Cancel(),
    "/human": Human(),
    "/skip": Skip(),
}


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where it is played. `article` is the text of an article as people read it, in Telegram HTML."""

    read: Read
    write: Write
    article: Callable[[str], str] = lambda name: name


def play(program: Program, scenario: str, language: str, terminal: Terminal) -> None:
    """Play until the scenario or the input ends. Numbers press buttons, other words are typed."""
    read, write = terminal.read, terminal.write
    voice = speak.voice(language)
    person = Player("1", "Anna", language=language)
    write(voice.say("play.how"))
    turn = engine.begin(program, scenario, person, language)
    while True:
        _draw(turn, voice, terminal)
        if turn.state.done:
            return
        turn = engine.advance(program, turn.state, _heard(turn, voice, read, write), person)


def _draw(turn: Transition, voice: speak.Voice, terminal: Terminal) -> None:
    view, write = turn.view, terminal.write
    write("")
    write(f"── {voice.say('scenario.step', title=view.title, n=view.step_no)} [{view.step}]")
    parts = [stripped(part) for part in view.parts]
    if view.article:  # before the question, as in Telegram
        words = f"📄 {view.article}\n{stripped(terminal.article(view.article))}".replace("\n", "\n   ")
        parts.insert(max(0, len(parts) - 1), f"   {words}")
    for part in parts:
        write(part)
    for media in view.media:
        write(f"   🖼 {media}")
    for number, (_, label) in enumerate(view.options, 1):
        write(f"   {number}. [{label}]")
    if view.hint:
        write(f"   ({view.hint})")
    for effect in turn.effects:
        _tell(effect, voice, write)


def _tell(effect: object, voice: speak.Voice, write: Write) -> None:
    if isinstance(effect, OpenTicket):
        facts = [effect.category, effect.team, effect.type, effect.impact, effect.urgency]
        write(f"   🎫 {effect.summary}")
        write(f"      {' · '.join(facts)}")
        write("      " + effect.body.replace("\n", "\n      "))
    elif isinstance(effect, Remember):
        write(voice.say("play.remember", field=effect.field, value=effect.value))


def _heard(turn: Transition, voice: speak.Voice, read: Read, write: Write) -> Event:
    check = next((effect for effect in turn.effects if isinstance(effect, RunCheck)), None)
    if check is not None:
        args = ", ".join(f"{name}={value}" for name, value in check.args.items())
        words = read(voice.say("play.check", name=check.name, args=args)).strip()
        outcome = words.split(" ", 1)
        first, rest = (outcome[0], outcome[1] if len(outcome) > 1 else "")
        return Checked("fail" if first == "fail" else "error" if first == "error" else "ok", rest)
    words = read("> ").strip()
    if words in _COMMANDS:
        return _COMMANDS[words]
    if words.startswith("/photo"):
        return Sent("photo", words.removeprefix("/photo").strip() or "photo.jpg")
    options = turn.view.options
    if words.isdigit() and 1 <= int(words) <= len(options):
        return Press(options[int(words) - 1][0])
    return Typed(words)

"""What people call things here: words that ended well are weighed in the router; administrators see them and remove them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.knowledge import masking
from bot.knowledge.company import phrasebook, sayings
from bot.knowledge.company.sayings import Begun, NewSaying
from bot.knowledge.company.weighing import CompanyWord
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.scenarios.library import run
from bot.selfservice.utterances import SEVERAL, Utterance
from bot.texts.speak import Line
from bot.tickets import store
from bot.tickets.invocation import Invocation
from bot.tickets.ticket import State
from bot.timers import timers
from bot.timers.timers import Timer

TIMER = "sayings"
LATER = 6 * 3600  # seconds between two looks how sayings ended
LISTED = 60
ENDED_WELL = ("confirmed", "silence")
ENDED_BADLY = ("cancelled", "expired", "left", "end")


def begun(work: Work, person: Person, kept: Utterance, scenario: str) -> None:
    """Remember the words with which a person who agreed began a scenario, until it is known how that ended."""
    if kept.asked == SEVERAL:
        return  # which words belong to which problem is a guess
    text = work.config.router.route(masking.mask(work.tx, kept.words)).repaired
    team = person.department or person.manager or ""
    said = NewSaying(kept.id, person.id, team, scenario, text)
    sayings.begin(work, said, kept.at)
    _look(work, 0, (work.now // LATER + 1) * LATER)


def ring(work: Work, rows: Sequence[Timer]) -> None:
    """Rows of kind "sayings": look how the next ones ended, 200 in a unit.

    Good: it was solved, or its ticket was solved by the team of the scenario. While a ticket is in work, nothing is known.
    """
    for row in rows:
        if not timers.settle(work, row.id, "fired"):
            continue
        found = sayings.waiting(work.tx, int(row.key))
        ended = {one.id: _ended_well(work, one) for one in found}
        good = [number for number, well in ended.items() if well]
        sayings.settle(work.tx, good, [number for number, well in ended.items() if well is False])
        if found:
            _look(work, found[-1].id, work.now)
        elif sayings.waiting(work.tx, 0):
            _look(work, 0, work.now + LATER)


def _look(work: Work, after: int, at: int) -> None:
    timers.arm(work.tx, TIMER, "desk", str(after), at, cycle=at)


def _ended_well(work: Work, saying: Begun) -> bool | None:
    """None: not yet."""
    begun_then = run.begun_with(work.tx, saying.person, saying.scenario, saying.at)
    if begun_then is None or begun_then.status in ENDED_BADLY:
        return False
    if begun_then.status == "solved":
        return True
    ticket = store.by_run(work.tx, begun_then.run_id)
    if ticket is None:
        return False if begun_then.status in ("ticket", "human") else None
    if ticket.state is not State.CLOSED:
        return None
    stayed = ticket.category in work.config.desk.categories and (
        work.config.desk.category(ticket.category).team == ticket.team
    )
    return stayed and ticket.outcome in ENDED_WELL


def listed(work: Work, asked: Invocation) -> Line:
    """/words: what was learnt, the weightiest first. Raises NotAllowed."""
    authorize(asked.person, "teach", Object())
    words = sorted(work.config.router.company.words, key=lambda one: (-one.weight, one.said))
    if not words:
        return Line("words.none")
    rows = "\n".join(_row(work, asked.person, word) for word in words[:LISTED])
    return Line("words.list", {"count": len(words), "rows": rows})


def _row(work: Work, person: Person, word: CompanyWord) -> str:
    title = work.config.program.title(word.scenario, person.language)
    return f"{word.said} → {title} ({word.weight:g}; {word.people})"


def remove(work: Work, asked: Invocation) -> Line:
    """/unlearn зевс: a word or an added phrase is no longer used, and not learnt again. Raises NotAllowed or Misused."""
    authorize(asked.person, "teach", Object())
    if not asked.words:
        raise asked.misused()
    is_phrase = phrasebook.remove(work, asked.words)
    if not is_phrase:
        sayings.remove(work, asked.words, asked.person.id)
    return Line("words.removed", {"word": asked.words})

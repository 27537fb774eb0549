"""Known errors: what is not solved yet and how to work meanwhile, shown in the scenario step where people meet it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from bot.config.config import Work
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import causes, places
from bot.problems.causes import CLOSED, KNOWN_ERROR, ORDER
from bot.problems.wording import without_workaround
from bot.storage import typed
from bot.storage.schema import known_errors, problems
from bot.storage.upsert import insert
from bot.texts.speak import Line

DAY = 86_400
MOST_DAYS = 90  # that one is shown without being written again
# Built once: building a statement costs more than running it, and this runs at every step that is shown.
_AT_STEP = (
    select(known_errors)
    .join(problems, problems.c.id == known_errors.c.problem)
    .where(
        (known_errors.c.scenario == bindparam("at_scenario"))
        & ((known_errors.c.step == "") | (known_errors.c.step == bindparam("at_step")))
        & (known_errors.c.expires_at > bindparam("at"))
        & (problems.c.state != CLOSED)
    )
    .order_by(known_errors.c.id)
)


@dataclass(frozen=True, slots=True)
class KnownError:
    """`step` "" is every step, `site` "" everywhere; times are UTC seconds."""

    id: int
    problem: int
    scenario: str
    step: str
    site: str
    symptoms: str
    workaround: str
    expires_at: int
    author: int
    at: int


def publish(work: Work, number: int, words: str, person: Person) -> Line | None:
    """/known 3 printer#queue@Moscow 14 Symptoms. Workaround: ... It is shown for so many days, with a site only to people of
    that site. None when words are missing. Raises NotAllowed."""
    authorize(person, "outage", Object())
    where, _, rest = words.partition(" ")
    days, _, text = rest.strip().partition(" ")
    where, _, named = where.partition("@")
    scenario, _, step = where.partition("#")
    row = causes.find(work.tx, number)
    if row is None or not row.is_open:
        return Line("problem.none", {"number": number})
    known = work.config.program.scenarios.get(scenario)
    if known is None or (step and step not in known.nodes):
        return Line("known.no_step", {"name": where[:40]})
    site = _site(work.tx, named)
    if site is None:
        return Line("known.no_site", {"name": named[:40]})
    symptoms, workaround = without_workaround(text)
    if not days.isdecimal() or not 0 < int(days) <= MOST_DAYS or not symptoms or not workaround:
        return None
    values = {
        "problem": number,
        "scenario": scenario,
        "step": step,
        "site": site,
        "symptoms": symptoms[:500],
        "workaround": workaround[:500],
        "expires_at": work.now + int(days) * DAY,
        "author": person.id,
        "at": work.now,
    }
    work.tx.execute(insert(work.tx, known_errors).values(**values))
    if ORDER.index(row.state) < ORDER.index(KNOWN_ERROR):
        work.tx.execute(update(problems).where(problems.c.id == number).values(state=KNOWN_ERROR))
    causes.show(work, number, person.key)
    return Line(
        "known.published",
        {"scenario": work.config.program.title(scenario, person.language), "days": int(days)},
    )


def _site(tx: Connection, named: str) -> str | None:
    """The site of that name, for which "_" may stand for a space; "" for no name, None when no one works there."""
    wanted = places.site(named.replace("_", " "))
    return wanted if not wanted or wanted in map(places.site, directory.offices(tx)) else None


def at_step(work: Work, scenario: str, step: str, person_id: int) -> Sequence[KnownError]:
    """What is known of this step, at this person's place, and has not expired; of open problems only."""
    rows = typed.every(
        KnownError, work.tx.execute(_AT_STEP, {"at_scenario": scenario, "at_step": step, "at": work.now})
    )
    if not any(one.site for one in rows):
        return rows
    place = places.site(directory.get(work.tx, person_id).office)
    return [one for one in rows if one.site in ("", place)]


def of_problem(tx: Connection, number: int) -> Sequence[KnownError]:
    mine = select(known_errors).where(known_errors.c.problem == number).order_by(known_errors.c.id)
    return typed.every(KnownError, tx.execute(mine))

"""What is open before a conversation, made by the product's own verbs: people, tickets, questions, runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.config.config import Config, Work
from bot.conversation import exchange
from bot.keys import RunRef
from bot.knowledge import readings
from bot.people import directory
from bot.people.directory import Person
from bot.scenarios.library import run
from bot.selfservice.effects import who
from bot.storage.schema import people
from bot.storage.schema import tickets as ticket_rows
from bot.telegram import outbox
from bot.telegram.incoming import Incoming
from bot.tickets import actions, planning, store
from bot.tickets.actions import Draft
from bot.tickets.ticket import Ticket
from tests.cast import IGOR, OLEG, SVETA
from tests.units import work

MINUTE = 60
NUMBERED = re.compile(r"(заявк[аеуи] |icket |^)(\d)$")
FIRST = 6000  # the account of the first employee
ENGINEERS = {"Олег": OLEG, "Oleg": OLEG, "Светлана": SVETA, "Svetlana": SVETA, "Игорь": IGOR, "Igor": IGOR}
NAMES = {"ru": "Анна Сергеева", "en": "Emma Clark"}
DESK = ["engineer:helpdesk", "engineer:network", "engineer:admins"]
# The buttons that lead to a step from the beginning of its scenario.
PATHS = {
    "printer/panel": ["Не печатает"],
    "printer": ["Не печатает", "«Готов», ошибок нет"],
    "profile/floor": ["Картридж, расходники", "=для PRN-3-02", "В офисе"],
    "profile/room": ["Переадресация", "Не помогло", "Пропустить", "В офисе", "=4"],
}


@dataclass
class Scene:
    """One conversation's person and what its numbers mean."""

    entry: Mapping[str, Any]
    account: int
    person: int = 0
    tickets: dict[int, int] = field(default_factory=dict)
    opens: str | None = None  # the scenario whose step waits

    def named(self, text: str) -> str:
        """The words with the numbers that the tickets have here."""

        def real(found: re.Match[str]) -> str:
            return f"{found[1]}{self.tickets.get(int(found[2]), found[2])}"

        return NUMBERED.sub(real, text)


def enlist_engineers(tx: Connection) -> None:
    """Oleg, Svetlana and Igor work in every team."""
    theirs = people.c.telegram_id.in_((OLEG, SVETA, IGOR))
    tx.execute(update(people).where(theirs).values(roles=DESK))


def stand(tx: Connection, scene: Scene, house: Config, now: int) -> None:
    """Make everything that is open by the entry; steps begin, and are reached by presses later."""
    entry, standing = scene.entry, scene.entry.get("standing", {})
    knows = entry.get("knows", {})
    person = _person(tx, scene.account, NAMES[entry["language"]], entry["language"], knows)
    scene.person = person.id
    ordered = sorted(standing.get("tickets", []), key=lambda one: one["n"])
    for one in ordered:
        _ticket(tx, scene, one, house, now, person)
    for one in ordered:
        if one["state"] == "merged":
            planning.merge(
                work(tx, now, house),
                scene.tickets[one["n"]],
                scene.tickets[one["merged_into"]],
                _who(tx, "Олег"),
            )
    for one in standing.get("waiting", []):
        at = now - MINUTE * one["minutes_ago"]
        match one["kind"]:
            case "engineer_question":
                ticket, engineer = scene.tickets[one["of"]], _who(tx, one.get("by"))
                actions.ask(work(tx, at, house), ticket, engineer, one["asks"], at)
                _say(work(tx, at, house), store.get(tx, ticket), engineer, one["asks"], exchange.QUESTION)
            case "step" | "profile":
                scene.opens = one.get("scenario") or one["of"].partition("/")[0]
                stood = run.begin(
                    work(tx, at, house), house.program, person.id, who(person), scene.opens, None
                )
                outbox.show(work(tx, at, house), person.key, "run", RunRef(stood.run_id), anew="begun")
            case "after_article":
                readings.begin(work(tx, at, house), one["of"], person.id, person.key)
            case "approval":
                _for_consent(tx, scene, person, work(tx, at, house))


def _person(tx: Connection, account: int, name: str, language: str, knows: Mapping[str, Any]) -> Person:
    profile = {key: knows[key] for key in ("floor", "room", "device") if key in knows}
    row = {"staff_id": f"C-{account}", "name": name, "language": language, "telegram_id": account}
    more = {"roles": [], "profile": profile, "office": knows.get("office", ""), "department": "продажи"}
    tx.execute(insert(people).values(**row, **more))
    found = directory.known(tx, account)
    assert found is not None
    return found


def _who(tx: Connection, name: str | None) -> Person:
    found = directory.known(tx, ENGINEERS[name or "Олег"])
    assert found is not None
    return found


def _ticket(
    tx: Connection, scene: Scene, one: Mapping[str, Any], house: Config, now: int, person: Person
) -> None:
    at = now - MINUTE * one["minutes_ago"]
    opened = work(tx, at - 30 * MINUTE, house)
    requester = (
        person if one.get("of") != "other" else _person(tx, scene.account + 500, "Пётр Другой", "ru", {})
    )
    category = house.desk.category("other" if one["category"] == "none" else one["category"])
    words = " ".join(str(one[key]) for key in ("title", "device", "place") if one.get(key))
    draft = Draft(
        category=category.id, team=category.team, type=category.type, summary=one["title"][:100], words=words
    )
    ticket = actions.open_ticket(opened, requester, draft)
    if ticket.state.value == "approval":  # its consent is given already
        tx.execute(update(ticket_rows).where(ticket_rows.c.id == ticket.id).values(state="new"))
    scene.tickets[one["n"]] = ticket.id
    engineer = _who(tx, next(iter(one.get("names", ())), None))
    if one.get("names") or one["state"] in ("solved", "closed"):
        actions.claim(opened, ticket.id, engineer)
    ticket = store.get(tx, ticket.id)
    asked = any(w["kind"] == "engineer_question" and w["of"] == one["n"] for w in _waiting(scene))
    if one["last_writer"] == "engineer" and not asked:
        _say(
            work(tx, at, house), ticket, engineer, "смотрю" if person.language == "ru" else "looking into it"
        )
    if one["state"] in ("solved", "closed"):
        actions.resolve(work(tx, at, house), ticket.id, engineer, "")
    if one["state"] == "closed":
        actions.confirm(work(tx, at, house), ticket.id, requester)


def _waiting(scene: Scene) -> list[dict[str, Any]]:
    return list(scene.entry.get("standing", {}).get("waiting", []))


_written = iter(range(900_000, 1_000_000))


def _say(unit: Work, ticket: Ticket, engineer: Person, text: str, role: str = exchange.QUESTION) -> None:
    """An engineer's words: signed, and so sent as a text of their own."""
    team = actions.team_chat(unit.tx, ticket)
    message = Incoming(next(_written), text, "text", None, None, None, unit.now, place=-1)
    exchange.carry(unit, ticket, team, engineer, message, role=role)


def _for_consent(tx: Connection, scene: Scene, manager: Person, unit: Work) -> None:
    other = _person(tx, scene.account + 500, "Анна Сергеева", "ru", {})
    tx.execute(update(people).where(people.c.id == other.id).values(manager=manager.staff_id))
    category = unit.config.desk.category("equipment")
    draft = Draft(
        category=category.id, team=category.team, type=category.type, summary="монитор", words="монитор"
    )
    scene.tickets[1] = actions.open_ticket(unit, directory.get(tx, other.id), draft).id

"""A random working week of a company: tickets, and everything that people do to them, with every timer at its own moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, func, select

from bot.app.registries import ringers
from bot.config.config import Config
from bot.conversation import exchange
from bot.keys import PersonChat
from bot.people import directory
from bot.people.access import NotAllowed
from bot.storage.schema import history, outbox, tickets
from bot.teamdesk import cards, workarounds
from bot.tickets import absence, actions, approval, closing, control, handover, planning, store
from bot.tickets.ticket import HELD, IN_WORK, UNCLAIMED, Impossible, State, Ticket
from bot.timers import timers
from tests.tickets.company import ANNA, BORIS, CAST, CHATS, MARINA, NINA, OLEG, PETR, SVETA, at
from tests.undone import company
from tests.units import work

FIRST, LAST = at("2026-11-23 08:30"), at("2026-11-27 23:59")
TICKETS, ACTS = 64, 560
PASSED_ON, AWAY, CANCELLED, MERGED, CAME_BACK = (
    0.4,
    0.6,
    0.05,
    0.15,
    0.08,
)  # shares of the turns at which that may happen
MATTERS = (("printing", "helpdesk"), ("network", "network"), ("email", "admins"), ("access", "admins"))
PRIORITIES = ("P1", "P2", "P3", "P4")
TEAMS = ("helpdesk", "network", "admins")
FAR = "Asia/Vladivostok"  # where Boris reads
STAFF = (OLEG, SVETA, NINA, PETR)


@dataclass(frozen=True, slots=True)
class Glance:
    """An employee's card as it was drawn after so many lines of history."""

    ticket: int
    at: int
    line: int
    zone: str
    text: str


@dataclass(slots=True)
class Week:
    """One week on one database; `done` counts what succeeded."""

    tx: Connection
    config: Config
    random: Random
    now: int = FIRST
    glances: list[Glance] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    def play(self) -> None:
        company(self.tx, CAST, CHATS)
        self.tx.execute(directory.people.update().where(directory.people.c.id == NINA).values(roles=_NINA))
        self.tx.execute(directory.people.update().where(directory.people.c.id == BORIS).values(zone=FAR))
        self.tx.execute(directory.people.update().where(directory.people.c.id == ANNA).values(roles=["vip"]))
        moments = sorted(self.random.randint(FIRST, LAST) for _ in range(TICKETS + ACTS))
        opening = set(self.random.sample(range(TICKETS + ACTS - 60), TICKETS))
        for number, moment in enumerate(moments):
            self._until(moment)
            if number in opening:
                self._open()
            else:
                self._act()
        self._until(LAST)

    def _until(self, moment: int) -> None:
        while (due := timers.next_due(self.tx)) is not None and due <= moment:
            self.now = max(self.now, due)
            self._deliver()
            timers.ring(work(self.tx, self.now, self.config), ringers())
        self.now = moment

    def _deliver(self) -> None:
        """Everything that was to be said has been said."""
        self.tx.execute(outbox.update().where(outbox.c.state == "pending").values(state="sent"))

    def _open(self) -> None:
        category, team = self.random.choice(MATTERS)
        impact, urgency = self.random.choice(
            [("one", "degraded"), ("one", "can_wait"), ("site", "degraded"), ("company", "blocked")]
        )
        draft = actions.Draft(
            category=category, team=team, summary="Не работает", impact=impact, urgency=urgency
        )
        person = directory.get(self.tx, self.random.choice([ANNA, BORIS]))
        ticket = actions.open_ticket(work(self.tx, self.now, self.config), person, draft)
        self._did("open", ticket.id)

    def _act(self) -> None:
        closed = list(self.tx.scalars(_CLOSED)) if self.random.random() < CAME_BACK else []
        numbers = closed or list(store.every_open(self.tx))
        if not numbers:
            return
        ticket = store.peek(self.tx, self.random.choice(numbers))
        name, verb = self.random.choice(self._choices(ticket))
        unit = work(self.tx, self.now, self.config)
        try:
            with self.tx.begin_nested():
                verb(unit)
        except (Impossible, NotAllowed):
            return
        self._did(name, ticket.id)

    def _choices(self, ticket: Ticket) -> list[tuple[str, Callable[[Any], Any]]]:
        requester = directory.get(self.tx, ticket.requester)
        engineer = directory.get(self.tx, ticket.assignee or self.random.choice(STAFF))
        chief = directory.get(self.tx, MARINA)
        number = ticket.id
        found: list[tuple[str, Callable[[Any], Any]]] = []

        def may(name: str, verb: Callable[..., Any], *more: Any) -> None:
            found.append((name, partial(_call, verb, more)))

        if ticket.state is State.CLOSED:
            may("reopen", closing.came_back, number, requester)
            return found
        if ticket.state is State.APPROVAL:
            may("approve", approval.approve, ticket, directory.get(self.tx, BORIS))
            return found
        if ticket.state in UNCLAIMED:
            may("claim", actions.claim, number, engineer)
            may("claim", actions.claim, number, engineer)
            may("assign", control.assign, number, chief, self.random.choice(STAFF))
        if ticket.state in HELD:
            day = f"+{self.random.randint(1, 2)}"
            may("reply", exchange.replied, ticket, engineer, self.now)
            may("ask", actions.ask, number, engineer, "Какой номер?", self.now)
            may("propose", planning.propose_day, number, engineer, day)
            may("resolve", actions.resolve, number, engineer, "готово")
            may("resolve", actions.resolve, number, engineer, "готово")
            may("ask", actions.ask, number, engineer, "Какой номер?", self.now)
            may("workaround", workarounds.give, number, engineer, "Печатайте на втором этаже")
            may("release", absence.release, ticket, engineer, "")
            if self.random.random() < AWAY:
                may("away", absence.end_shift, engineer, "")
        if ticket.state in IN_WORK:
            priority = self.random.choice(PRIORITIES)
            may("prioritize", planning.prioritize, number, chief, priority, "так надо")
            may("back", absence.begin_shift, directory.get(self.tx, self.random.choice(STAFF)))
            may("control", control.take_control, number, chief)
            if self.random.random() < MERGED:
                others = [one for one in store.every_open(self.tx) if one != number]
                may("merge", planning.merge, number, self.random.choice([*others, number]), chief)
            if self.random.random() < PASSED_ON:
                may("transfer", handover.transfer, number, chief, self.random.choice(TEAMS), "ваше")
                may("return", handover.give_back, number, engineer, "не наше")
        if planning.proposed(self.tx, ticket) is not None and ticket.state in HELD - {State.SCHEDULED}:
            found = []
            may("agree", planning.agree, number, requester)
        if ticket.state is State.WAITING:
            found = found[:2]
            may("answer", actions.answered, ticket, self.now)
        if ticket.state is State.RESOLVED:
            may("confirm", actions.confirm, number, requester)
            may("reject", closing.reject, number, requester)
        if self.random.random() < CANCELLED:
            may("cancel", actions.cancel, number, requester)
        return found

    def _did(self, name: str, number: int) -> None:
        self.done[name] = self.done.get(name, 0) + 1
        ticket = store.peek(self.tx, number)
        if ticket.state not in IN_WORK:
            return
        unit = work(self.tx, self.now, self.config)
        drawing = cards.ticket_card(unit, ticket.about, PersonChat(ticket.requester))
        zone = FAR if ticket.requester == BORIS else "Europe/Moscow"
        line = self.tx.scalar(select(func.max(history.c.id)))
        if drawing is not None and line is not None:
            self.glances.append(Glance(number, self.now, line, zone, drawing.text))


_CLOSED = select(tickets.c.id).where(tickets.c.state == State.CLOSED.value).order_by(tickets.c.id)
_NINA = ["engineer:network", "engineer:admins"]


def _call(verb: Callable[..., Any], more: tuple[Any, ...], unit: Any) -> Any:
    return verb(unit, *more)

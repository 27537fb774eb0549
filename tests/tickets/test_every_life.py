"""Random lives of a ticket: its state equals the model's, and its history replays to the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, Engine, select

from bot.conversation import exchange
from bot.people.access import NotAllowed
from bot.people.directory import get
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage.schema import history
from bot.telegram.buttons import Approve
from bot.tickets import absence, actions, approval, closing, control, handover, planning, store, ticket_timers
from bot.tickets.clocks import operations
from bot.tickets.ticket import ENDED, HELD, MOVES, UNCLAIMED, Impossible, State, moved
from bot.timers import timers
from tests.databases import in_memory
from tests.tickets.company import (
    ANNA,
    BORIS,
    CAST,
    CHATS,
    MARINA,
    MONDAY,
    NINA,
    OLEG,
    SVETA,
    message,
    opened,
    replayed,
    ring_until,
)
from tests.undone import company
from tests.units import work

PEOPLE = st.sampled_from([ANNA, OLEG, SVETA, NINA, MARINA])
HOURS = st.integers(0, 60)


@cache
def desk() -> Desk:
    """The shipped desk, in which access needs the approval of Boris, and of Marina when he does not answer."""
    text = (Path(__file__).parents[2] / "desk.yaml").read_text("utf-8")
    plain = "    team: admins\n    solve_by: eng-account\n"
    asks = "    type: request\n    approval: {by: [S-2, S-6], remind: 2h, deputy: 1bd}\n"
    text = text.replace(plain, plain + asks)
    found, _ = load_desk("desk.yaml", text)
    assert found is not None
    assert found.file.categories["access"].approval is not None
    return found


@cache
def engine() -> Engine:
    """One database in memory for all lives: none of them is committed."""
    return in_memory()


class Life(RuleBasedStateMachine):
    """Anyone tries anything at any time; refusals are fine, a wrong state is not."""

    @initialize(needs_consent=st.booleans())
    def open(self, needs_consent: bool) -> None:
        self.tx: Connection = engine().connect()
        company(self.tx, CAST, CHATS)
        self.now, self.words = MONDAY, 100
        self.other = opened(self.tx, desk()).id
        draft = {"category": "access", "team": "admins"} if needs_consent else {}
        self.ticket = opened(self.tx, desk(), **draft).id
        self.model = State.APPROVAL if needs_consent else State.NEW

    def teardown(self) -> None:
        if hasattr(self, "tx"):
            self.tx.close()

    def try_to(self, action: str, verb: Callable[..., Any], *args: Any) -> None:
        """Do it; a refusal must have changed nothing, a success must be a move of the model."""
        before, refused = store.peek(self.tx, self.ticket), True
        try:
            with self.tx.begin_nested():
                verb(work(self.tx, self.now, desk()), *args)
                refused = False
        except Impossible:
            assert MOVES[action].get(self.model) is None or action in ("transfer", "return")
        except NotAllowed:
            pass
        if refused:
            assert store.peek(self.tx, self.ticket) == before

    @rule(person=PEOPLE)
    def claim(self, person: int) -> None:
        self.try_to("claim", actions.claim, self.ticket, get(self.tx, person))

    @rule(person=PEOPLE)
    def ask(self, person: int) -> None:
        self.try_to("ask", actions.ask, self.ticket, get(self.tx, person), "Какой номер?", self.now)

    @rule(person=PEOPLE)
    def resolve(self, person: int) -> None:
        self.try_to("resolve", actions.resolve, self.ticket, get(self.tx, person), "готово")

    @rule(person=PEOPLE)
    def confirm(self, person: int) -> None:
        self.try_to("confirm", actions.confirm, self.ticket, get(self.tx, person))

    @rule(person=PEOPLE)
    def reject(self, person: int) -> None:
        self.try_to("reject", closing.reject, self.ticket, get(self.tx, person))

    @rule(person=st.sampled_from([ANNA, OLEG]))
    def cancel(self, person: int) -> None:
        if self.words % 5 == 0:  # otherwise few lives would last
            self.try_to("cancel", actions.cancel, self.ticket, get(self.tx, person))

    @rule(person=PEOPLE, team=st.sampled_from(["network", "helpdesk", "admins"]))
    def transfer(self, person: int, team: str) -> None:
        self.try_to(
            "transfer",
            handover.transfer,
            self.ticket,
            get(self.tx, person),
            team,
            "вот что",
        )

    @rule(person=PEOPLE)
    def give_back(self, person: int) -> None:
        action = "return" if store.peek(self.tx, self.ticket).is_away else "release"
        self.try_to(action, handover.give_back, self.ticket, get(self.tx, person), "не наше")

    @rule(person=st.sampled_from([OLEG, SVETA, NINA]))
    def shift(self, person: int) -> None:
        absence.end_shift(work(self.tx, self.now, desk()), get(self.tx, person), "")
        absence.begin_shift(work(self.tx, self.now), get(self.tx, person))

    @rule(person=PEOPLE, days=st.integers(1, 5))
    def propose(self, person: int, days: int) -> None:
        words = f"+{days}"
        self.try_to("schedule", planning.propose_day, self.ticket, get(self.tx, person), words)

    @rule(person=st.sampled_from([ANNA, OLEG]))
    def agree(self, person: int) -> None:
        self.try_to("schedule", planning.agree, self.ticket, get(self.tx, person))

    @rule(person=PEOPLE, to=st.sampled_from([OLEG, SVETA, NINA]))
    def assign(self, person: int, to: int) -> None:
        self.try_to("assign", control.assign, self.ticket, get(self.tx, person), to)

    @rule(person=PEOPLE, priority=st.sampled_from(["P1", "P3"]))
    def prioritize(self, person: int, priority: str) -> None:
        self.try_to(
            "prioritize",
            planning.prioritize,
            self.ticket,
            get(self.tx, person),
            priority,
            "так надо",
        )

    @rule()
    def write(self) -> None:
        self.words += 1
        if store.peek(self.tx, self.ticket).is_open:
            words = message(self.words, at=self.now)
            exchange.from_employee(work(self.tx, self.now, desk()), get(self.tx, ANNA), self.ticket, words)

    @rule(person=st.sampled_from([OLEG, SVETA, NINA]))
    def reply(self, person: int) -> None:
        ticket = store.get(self.tx, self.ticket)
        self.try_to("reply", exchange.replied, ticket, get(self.tx, person), self.now)

    @rule(person=st.sampled_from([BORIS, MARINA, OLEG]))
    def approve(self, person: int) -> None:
        pressed = Approve(self.ticket)
        self.try_to("approve", approval.press, pressed, get(self.tx, person), f"person:{person}")

    @rule(person=st.sampled_from([BORIS, OLEG]))
    def deny(self, person: int) -> None:
        if self.words % 3 == 0:
            words = (self.ticket, get(self.tx, person), "deny", "не положено")
            self.try_to("deny", approval.answered, *words)

    @rule(person=PEOPLE)
    def merge(self, person: int) -> None:
        if self.words % 5 == 1:  # otherwise few lives would last
            self.try_to("merge", planning.merge, self.ticket, self.other, get(self.tx, person))

    @rule()
    def came_back(self) -> None:
        self.try_to("reopen", closing.came_back, self.ticket, get(self.tx, ANNA))

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        self.now += hours * 3600
        ring_until(self.tx, desk(), self.now)

    @invariant()
    def it_stands_where_its_history_leads(self) -> None:
        if not hasattr(self, "ticket"):
            return
        ticket = store.peek(self.tx, self.ticket)
        self.model = ticket.state
        assert replayed(self.tx, self.ticket) is ticket.state
        assert (ticket.assignee is None) >= (ticket.state in UNCLAIMED)
        assert (ticket.closed_at is not None) == (ticket.state in ENDED)
        if ticket.state in HELD | {State.RESOLVED}:
            assert ticket.assignee is not None

    @invariant()
    def its_clock_runs_exactly_while_somebody_works_on_it(self) -> None:
        if not hasattr(self, "ticket"):
            return
        ticket = store.peek(self.tx, self.ticket)
        if ticket.state is State.APPROVAL or ticket.outcome == "denied":
            return  # the SLA begins with the approval
        clock = operations.view(self.tx, self.ticket).get("resolution")
        found = clock.state if clock is not None else "stopped"
        if ticket.state in UNCLAIMED or ticket.state in (State.CLAIMED, State.IN_PROGRESS):
            assert found == "running", ticket.state
        elif ticket.state is State.SCHEDULED:
            assert found == "paused"
        elif ticket.state in ENDED | {State.RESOLVED}:
            assert found in ("stopped", "cancelled")

    @invariant()
    def every_change_names_who_did_it(self) -> None:
        if hasattr(self, "ticket"):
            actors = set(self.tx.scalars(select(history.c.actor).where(history.c.ticket == self.ticket)))
            assert all(actor in ("bot", "timer") or actor.startswith("person:") for actor in actors)

    @invariant()
    def an_ended_ticket_waits_for_nothing(self) -> None:
        if hasattr(self, "ticket") and store.peek(self.tx, self.ticket).state in ENDED:
            ref = f"ticket:{self.ticket}"
            armed = (timers.timers.c.kind == ticket_timers.TIMER) & (timers.timers.c.ref == ref)
            states = set(self.tx.scalars(select(timers.timers.c.state).where(armed)))
            assert "armed" not in states


Life.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestEveryLife = Life.TestCase


def test_every_state_can_be_reached_and_only_ends_are_final() -> None:
    reached = {State.NEW, State.APPROVAL}
    while True:
        further = {
            moved(state, action) for state in reached for action, moves in MOVES.items() if state in moves
        }
        if further <= reached:
            break
        reached |= further
    assert reached == set(State)
    for state in set(State) - ENDED:
        assert [action for action, moves in MOVES.items() if moves.get(state, state) is not state]

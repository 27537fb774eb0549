"""The end of an outage: it is over, or was declared by mistake; each affected person says whether it works for them."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import SUPERVISORS, OutageRef
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.problems import children, rounds, talking
from bot.problems import outages as rows
from bot.problems.outages import BROKEN, OPEN, OVER, TIMER, WITHDRAWN, WORKS, Outage
from bot.sla.names import Section
from bot.sla.policy import OTHER
from bot.telegram import outbox
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, closing, round_robin, store
from bot.tickets.actions import Draft
from bot.tickets.clocks import operations
from bot.tickets.ticket import State, move
from bot.timers.timers import disarm


def end(work: Work, outage_id: int, person: Person) -> Line:
    """It is over: linked tickets are solved, all affected people read it once and are asked whether it works. Raises
    NotAllowed."""
    row = _close(work, outage_id, person, "end", OVER)
    if row is None:
        return Line("stale", alert=True)
    children.solve(work, row, person)
    _ended(work, row, person)
    rounds.expect_note(work, row.id)
    return Line("outage.ended")


def withdraw(work: Work, outage_id: int, person: Person) -> Line:
    """It was declared by mistake: affected people read that once, and their tickets go their own way. Raises
    NotAllowed."""
    row = _close(work, outage_id, person, "withdraw", WITHDRAWN)
    if row is None:
        return Line("stale", alert=True)
    children.release(work, outage_id, person)
    children.drop_parent(work, row, person)
    _ended(work, row, person)
    return Line("outage.withdrawn_short")


def _ended(work: Work, row: Outage, person: Person) -> None:
    disarm(work.tx, TIMER, OutageRef(row.id), reason="over")
    outbox.hide(work, person.key, "outage_over", OutageRef(row.id))
    for chat in {talking.chat_of(work.tx, person), _of_author(work, row), SUPERVISORS}:
        outbox.show(work, chat, "outage", OutageRef(row.id))


def _close(work: Work, outage_id: int, person: Person, act: str, state: str) -> Outage | None:
    """An open outage ends in this state, and all affected people read it once; None when it is open no more. Raises
    NotAllowed."""
    authorize(person, "outage", Object())
    row = rows.find(work.tx, outage_id)
    if row is None or row.state != OPEN:
        return None
    facts = {"hit": rows.hit(work.tx, outage_id)}
    rows.change(work, outage_id, person, act, facts, state=state, ended_at=work.now, asked="")
    rounds.tell_people(work, outage_id)
    return row


def _of_author(work: Work, row: Outage) -> str:
    return talking.chat_of(work.tx, directory.get(work.tx, row.author))


def judge(work: Work, outage_id: int, person: Person, verdict: str) -> Line:
    """After the end, once: it works for this person, or it does not. Then their own ticket is open again, or a new one
    where they have none. Raises NotAllowed."""
    authorize(person, "open", Object())
    row, said = rows.find(work.tx, outage_id), rows.of(work.tx, outage_id, person.id)
    ended = row is not None and (row.state == OVER or (row.state == WITHDRAWN and verdict == BROKEN))
    if row is None or not ended or said is None or said.joined_at is None:
        return Line("stale", alert=True)
    if said.verdict:
        return Line("already.passed", alert=True)
    rows.say(work.tx, outage_id, person, verdict=verdict)
    outbox.show(work, person.key, "outage_news", OutageRef(outage_id))
    for chat in {_of_author(work, row), SUPERVISORS}:
        outbox.show(work, chat, "outage", OutageRef(outage_id))
    own = [one for one in children.linked(work.tx, outage_id) if one.requester == person.id]
    waiting = [one for one in own if one.state is State.RESOLVED]
    for ticket in waiting:
        if verdict == WORKS:
            actions.confirm(work, ticket.id, person)
        else:
            closing.reject(work, ticket.id, person)
            _queue(work, ticket.id)
    if verdict == WORKS:
        return Line("outage.glad")
    if waiting:
        return Line("outage.open_again", {"number": waiting[0].id})
    _open(work, row, person)
    return Line("outage.ticket")


def _queue(work: Work, ticket_id: int) -> None:
    """No one had taken it when the outage ended: it waits for an engineer again."""
    ticket = store.get(work.tx, ticket_id)
    if ticket.assignee is not None:
        return
    ticket = store.change(work.tx, ticket, state=move(ticket, "requeue").value)
    operations.put_back(work, ticket.id, work.now)
    store.record(work, ticket.id, "bot", "requeue")
    actions.tell(work, ticket)
    round_robin.offer(work, ticket)


def _open(work: Work, row: Outage, person: Person) -> None:
    is_known = work.config.desk.has(Section.CATEGORIES, row.category)
    category = work.config.desk.category(row.category if is_known else OTHER)
    desk, own = speak.voice(work.config.program.defaults.language), speak.voice(person.language)
    draft = Draft(
        category=category.id,
        team=category.team,
        summary=desk.say("outage.still", words=row.words)[:200],
        summary_own=own.say("outage.still", words=row.words)[:200],
    )
    actions.open_ticket(work, person, draft)

"""What can be done to a ticket. A verb is one transaction: read, check, decide, write, record, tell - in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection

from bot.config.config import Work
from bot.errors import FirstlineError
from bot.keys import EVERY_TEAM, SUPERVISORS, BoardRef, PersonChat, TeamChat, TopicRef
from bot.knowledge import masking
from bot.observe import events
from bot.people import directory
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.sla.names import Section
from bot.sla.policy import OTHER, Desk
from bot.storage.db import signal
from bot.telegram import chats, outbox, posts
from bot.texts.speak import Line
from bot.tickets import backlog_digest, consent, round_robin, search, store, ticket_timers
from bot.tickets.clocks import operations, revised_eta
from bot.tickets.ticket import HELD, State, Ticket, move

SENDING = {  # kind of a file that a person sent -> (method, parameter) that sends it again by its id
    "photo": ("sendPhoto", "photo"),
    "document": ("sendDocument", "document"),
    "video": ("sendVideo", "video"),
    "voice": ("sendVoice", "voice"),
    "audio": ("sendAudio", "audio"),
}

OWN_DESK = "my_tickets"
BOARD_PACE = 20  # seconds between two edits of a board: three a minute of the eighteen that a group takes
NAME_PACE = 60  # seconds
NEAR = 5  # places in a queue that a card tells exactly
NAMES = ("category", "team", "impact", "urgency")  # what a draft has from desk.yaml
log = structlog.get_logger()


class NoWords(FirstlineError):
    """This needs words: a reason, or what the next one must know."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a ticket is opened with: a scenario's findings, or a person's own words."""

    category: str
    team: str
    summary: str
    type: str = "incident"
    impact: str = "one"
    urgency: str = "degraded"
    body: str = ""
    transcript: Sequence[tuple[str, str]] = ()
    tried: Sequence[str] = ()
    words: str = ""
    files: Sequence[tuple[str, str]] = ()
    run: int | None = None
    author: int | None = None
    summary_own: str | None = None
    tried_own: Sequence[str] = ()
    mass_hint: bool = False
    ended: str = ""
    """How its scenario ended: "ticket" as it is written, "human", "loop"; empty without one."""


def thing(ticket: Ticket) -> Object:
    """The ticket as far as authority goes."""
    return Object(ticket.team, ticket.requester, ticket.assignee, ticket.accountable)


def open_ticket(work: Work, requester: Person, draft: Draft) -> Ticket:
    """Open a ticket, start its clocks, show it to both sides. A scenario run opens one ticket, whatever is retried."""
    authorize(requester, "open", Object())
    if draft.run is not None and (already := store.by_run(work.tx, draft.run)) is not None:
        return already
    draft = _in_names_of_today(work.config.desk, draft)
    approvers = consent.approvers(work, draft.category, requester.id)
    asker = operations.asker_of(requester)
    priority = work.config.desk.priority(
        draft.impact, draft.urgency, type=draft.type, category=draft.category, asker=asker
    )
    ticket = store.create(
        work.tx,
        {
            "requester": requester.id,
            "run": draft.run,
            "type": draft.type,
            "category": draft.category,
            "summary": masking.hide(draft.summary),
            "body": masking.hide(draft.body),
            "transcript": [[question, masking.hide(answer)] for question, answer in draft.transcript],
            "tried": list(draft.tried),
            "words": masking.hide(draft.words),
            "impact": draft.impact,
            "urgency": draft.urgency,
            "priority": priority,
            "team": draft.team,
            "owner_team": draft.team,
            "author": draft.author,
            "mass_hint": int(draft.mass_hint),
            "summary_own": masking.hide(draft.summary_own) if draft.summary_own is not None else None,
            "tried_own": list(draft.tried_own),
            "state": (State.APPROVAL if approvers else State.NEW).value,
            "opened_at": work.now,
        },
    )
    actor = PersonChat(draft.author or requester.id)
    facts = {"priority": priority, "team": draft.team, "state": ticket.state.value}
    facts |= {"ended": draft.ended} if draft.ended else {}
    store.record(work, ticket.id, actor, "open", facts)
    signal(work.tx, events.SIGNAL, events.opened(ticket.id, priority))
    search.learn(work.tx, ticket)
    if approvers:
        consent.ask(work, ticket, approvers[0])
    else:
        operations.open_all(work, ticket, work.now)
    tell(work, ticket)
    backlog_digest.foresee(work, ticket, team_chat(work.tx, ticket))
    round_robin.offer(work, ticket)
    for kind, file_id in draft.files:
        if kind in SENDING:
            method, parameter = SENDING[kind]
            outbox.call(work, team_chat(work.tx, ticket), method, {parameter: file_id}, topic=ticket.about)
    return ticket


def _in_names_of_today(desk: Desk, draft: Draft) -> Draft:
    """What has gone from desk.yaml since the draft was begun is not written down: an open ticket carries names in use."""
    category = desk.category(draft.category) if desk.has(Section.CATEGORIES, draft.category) else None
    team = desk.team(draft.team) if desk.has(Section.TEAMS, draft.team) else None
    known = replace(
        draft,
        category=OTHER if category is None else category.id,
        team=(category or desk.category(OTHER)).team if team is None else team.id,
        impact=desk.measure(Section.IMPACT, draft.impact),
        urgency=desk.measure(Section.URGENCY, draft.urgency),
    )
    if known != draft:
        gone = {name: meant for name in NAMES if (meant := getattr(draft, name)) != getattr(known, name)}
        log.warning("ticket.names_replaced", run=draft.run, **gone)
    return known


def claim(work: Work, ticket_id: int, engineer: Person) -> Line:
    """Take the ticket. The first press wins; a later press reads who was quicker."""
    ticket = store.get(work.tx, ticket_id)
    authorize(engineer, "claim", thing(ticket))
    if ticket.assignee is not None and ticket.state in HELD:
        return _already_claimed(work, ticket, engineer)
    state = move(ticket, "claim")
    ticket = store.change(work.tx, ticket, state=state.value, assignee=engineer.id, claimed_at=work.now)
    operations.claimed(work, ticket.id, work.now)
    store.record(work, ticket.id, engineer.key, "claim")
    tell(work, ticket)
    move_up(work, ticket.team)
    return Line("claim.won", {"number": ticket.id})


def ask(work: Work, ticket_id: int, engineer: Person, question: str, at: int) -> Ticket:
    """Ask the employee a question and wait for the answer: the only way an engineer stops the resolution clock.

    `at` is when the engineer wrote the question (UTC seconds): it counts as a human public reply of that moment.
    """
    ticket = store.get(work.tx, ticket_id)
    authorize(engineer, "ask", thing(ticket))
    # A day that the employee has agreed to comes back with their answer.
    agreed = ticket.wake_at if ticket.state in (State.SCHEDULED, State.WAITING) else None
    values = {"question": question, "wake_at": agreed, "promise": revised_eta.given(work.tx, ticket)}
    ticket = store.change(work.tx, ticket, state=move(ticket, "ask").value, **values)
    operations.replied(work, ticket.id, at)
    operations.paused(work, ticket.id, "waiting_user", at)
    store.record(work.at(at), ticket.id, engineer.key, "ask", {"question": question})
    ticket_timers.wait_for_answer(work, ticket, at)
    tell(work.at(at), ticket, anew="question")
    return ticket


def answered(work: Work, ticket: Ticket, at: int) -> Ticket:
    """The employee wrote while we waited for them: the clock runs again from their message on."""
    state, before, day = move(ticket, "answer"), ticket.promise, ticket.wake_at
    operations.resumed(work, ticket.id, at)
    if day is not None and day > work.now:
        ticket = store.change(work.tx, ticket, state=state.value, question=None)
        store.record(work.at(at), ticket.id, PersonChat(ticket.requester), "answer")
        return postponed(work.at(at), ticket, day, PersonChat(ticket.requester))
    moved = revised_eta.why(before, revised_eta.given(work.tx, ticket), "why.waited")
    ticket = store.change(work.tx, ticket, state=state.value, question=None, wake_at=None, **moved)
    store.record(work.at(at), ticket.id, PersonChat(ticket.requester), "answer")
    ticket_timers.call_off(work.tx, ticket)
    tell(work.at(at), ticket, anew="promise" if moved else None)
    return ticket


def postponed(work: Work, ticket: Ticket, day: int, actor: str) -> Ticket:
    """The employee agreed to a day (UTC seconds): the clocks that may stand still do, until then."""
    values = {"question": None, "wake_at": day, "promise": revised_eta.given(work.tx, ticket)}
    ticket = store.change(work.tx, ticket, state=move(ticket, "schedule").value, **values)
    operations.paused(work, ticket.id, "user_scheduled", work.now)
    store.record(work, ticket.id, actor, "schedule", {"at": day})
    ticket_timers.wake(work.tx, ticket, day)
    tell(work, ticket)
    return ticket


def resolve(work: Work, ticket_id: int, engineer: Person, words: str) -> Line:
    """The engineer says it is done. The employee is asked whether it is."""
    ticket = store.get(work.tx, ticket_id)
    authorize(engineer, "resolve", thing(ticket))
    state = move(ticket, "resolve")
    values = {"resolved_at": work.now, "resolution": words or None, "question": None, "wake_at": None}
    values |= {"promise": revised_eta.given(work.tx, ticket), "why": None}
    ticket = store.change(
        work.tx, ticket, state=state.value, assignee=ticket.assignee or engineer.id, **values
    )
    operations.resolved(work, ticket.id, work.now)
    store.record(work, ticket.id, engineer.key, "resolve", {"words": words})
    search.learn(work.tx, ticket)
    ticket_timers.close_by_itself(work, ticket, work.now)
    tell(work, ticket, anew="resolved")
    is_there = chats.reachable(work.tx, PersonChat(ticket.requester))
    who = directory.get(work.tx, ticket.requester).name
    return Line("resolve.done" if is_there else "resolve.done_unasked", {"number": ticket.id, "who": who})


def confirm(work: Work, ticket_id: int, employee: Person) -> Line:
    """The employee says that it works: the only thing that counts as solved."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "confirm", thing(ticket))
    values = {"closed_at": work.now, "outcome": "confirmed", "wake_at": None}
    ticket = store.change(work.tx, ticket, state=move(ticket, "confirm").value, **values)
    store.record(work, ticket.id, employee.key, "confirm")
    ticket_timers.call_off(work.tx, ticket)
    tell(work, ticket)
    leave_topic(work, ticket)
    return Line("confirm.done")


def cancel(work: Work, ticket_id: int, employee: Person) -> Line:
    """The employee does not need it any more."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "cancel", thing(ticket))
    values = {"closed_at": work.now, "outcome": "cancelled", "wake_at": None}
    ticket = store.change(work.tx, ticket, state=move(ticket, "cancel").value, **values)
    operations.cancelled(work, ticket.id, work.now)
    ticket_timers.call_off(work.tx, ticket)
    store.record(work, ticket.id, employee.key, "cancel")
    tell(work, ticket)
    move_up(work, ticket.team)
    close_topic(work, ticket)
    return Line("cancel.done", {"number": ticket.id})


def rate(work: Work, ticket_id: int, employee: Person, stars: int) -> Line:
    """One tap after the end: from one to five stars."""
    ticket = store.get(work.tx, ticket_id)
    authorize(employee, "rate", thing(ticket))
    move(ticket, "rate")
    ticket = store.change(work.tx, ticket, stars=max(1, min(5, stars)))
    store.record(work, ticket.id, employee.key, "rate", {"stars": ticket.stars})
    tell(work, ticket)
    return Line("rate.done")


def team_chat(tx: Connection, ticket: Ticket) -> str:
    """Where the work on a ticket is talked about: its team's chat, or the accountable team's where that one has none."""
    own = TeamChat(ticket.team)
    return TeamChat(ticket.accountable) if ticket.is_away and chats.find(tx, own) is None else own


def tell(work: Work, ticket: Ticket, *, anew: str | None = None) -> None:
    """All sides see the ticket as it is now: who works, who answers for it, who asked, who asked the same.

    `anew` moves the employee's card to the end of their chat, so that they notice.
    """
    chat = team_chat(work.tx, ticket)
    if ticket.state is not State.APPROVAL:
        outbox.show(work, chat, "team_card", ticket.about, topic=ticket.about)
    name_topic(work, ticket)
    touch(work, ticket)
    if ticket.is_away:
        outbox.show(work, TeamChat(ticket.accountable), "team_card", ticket.about, topic=ticket.about)
    outbox.show(work, PersonChat(ticket.requester), "ticket_card", ticket.about, anew=anew)
    for duplicate in store.merged_into(work.tx, ticket.id):
        ended = anew if anew == "resolved" else None
        outbox.show(work, PersonChat(duplicate.requester), "ticket_card", duplicate.about, anew=ended)


def touch(work: Work, ticket: Ticket) -> None:
    """The lists that name the ticket change with it."""
    touch_boards(work, ticket)
    if ticket.assignee is not None:
        refresh_desk(work, ticket.assignee)


def refresh_desk(work: Work, engineer: int) -> None:
    """The engineer's own list changes with their tickets, if it is in their private chat."""
    chat = PersonChat(engineer)
    if posts.find(work.tx, chat, OWN_DESK, chat) is not None:
        outbox.show(work, chat, OWN_DESK, chat, priority=outbox.NEWS)


def touch_boards(work: Work, ticket: Ticket) -> None:
    """The boards that show this ticket change with it: each at most once in BOARD_PACE seconds, whatever happens."""
    slot = (work.now // BOARD_PACE + 1) * BOARD_PACE
    teams = dict.fromkeys((ticket.team, ticket.accountable))
    boards = ((SUPERVISORS, BoardRef(EVERY_TEAM)), *((TeamChat(team), BoardRef(team)) for team in teams))
    for chat, about in boards:
        if posts.find(work.tx, chat, posts.BOARD, about) is not None:
            outbox.show(work, chat, posts.BOARD, about, priority=outbox.LIVE, not_before=slot)


def name_topic(work: Work, ticket: Ticket) -> None:
    """The name of its topic says how the ticket is. Each change leaves a service message for a moment: what passes within
    NAME_PACE is not named."""
    chat, about = team_chat(work.tx, ticket), ticket.about
    if posts.find(work.tx, chat, posts.TOPIC, about) is not None:
        later = work.now + NAME_PACE
        outbox.show(work, chat, posts.TOPIC_NAME, about, topic=about, priority=outbox.ORDER, not_before=later)


def move_up(work: Work, team: str) -> None:
    """Someone left a team's queue: those behind see on their cards that they have come nearer."""
    for waiting in store.waiting(work.tx, team, NEAR):
        outbox.show(work, PersonChat(waiting.requester), "ticket_card", waiting.about)


def say_in_topic(work: Work, ticket: Ticket, line: Line, *, priority: int = outbox.TALK) -> None:
    """Say a line to the team, in the ticket's topic. The words are drawn at delivery, in the team's language."""
    if ticket.is_open:
        open_topic(work, ticket)
    outbox.line(work, team_chat(work.tx, ticket), line.key, line.facts, topic=ticket.about, priority=priority)


def close_topic(work: Work, ticket: Ticket) -> None:
    """Tidy the team's chat: the topic of a finished ticket is closed after its last card."""
    chat = team_chat(work.tx, ticket)
    posts.shut_topic(work.tx, chat, ticket.about, shut=True)
    outbox.call(
        work,
        chat,
        "closeForumTopic",
        {},
        topic=ticket.about,
        about=TopicRef(ticket.id),
    )


def leave_topic(work: Work, ticket: Ticket) -> None:
    """The ticket is closed. The question "what helped?" can be answered only in an open topic: it closes with the answer,
    or some days later without one."""
    if ticket.resolution:
        close_topic(work, ticket)
    else:
        ticket_timers.shut_later(work, ticket)


def open_topic(work: Work, ticket: Ticket) -> None:
    """Reopen the ticket's topic if it is closed. The bot may write into it all the same, but engineers may not."""
    chat = team_chat(work.tx, ticket)
    if posts.shut_topic(work.tx, chat, ticket.about, shut=False):
        outbox.call(work, chat, "reopenForumTopic", {}, topic=ticket.about, about=TopicRef(ticket.id))


def _already_claimed(work: Work, ticket: Ticket, engineer: Person) -> Line:
    assert ticket.assignee is not None
    if ticket.assignee == engineer.id:
        return Line("claim.yours", {"number": ticket.id})
    winner = directory.get(work.tx, ticket.assignee)
    seconds = max(1, work.now - (ticket.claimed_at or work.now))
    return Line("claim.lost", {"who": winner.first_name, "seconds": seconds}, alert=True)
